import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { OPERATIONS } from '@/lib/operations'
import { createAgentProfile } from '@/lib/operations/agents'
import { createKey } from '@/lib/operations/keys'
import { LIMITS } from '../limits'
import { PersonName } from './person'
import { Description, Reason, Remark, SessionId, Title } from './text'

const ONE_LINE = { Title, SessionId }
const LINES = { Description, Remark, Reason }
const FILLED = { Title, SessionId, Reason }

const messages = (schema: z.ZodType, value: string): string[] => schema.safeParse(value).error?.issues.map(({ message }) => message) ?? []
const named = (schemas: Record<string, z.ZodType>) => Object.entries(schemas)

const INVISIBLE = [
  ...['\u0020', '\u00a0', '\u00ad', '\u034f', '\u061c', '\u115f', '\u1160', '\u17b4', '\u180b', '\u180e', '\u1680', '\u2003'],
  ...['\u200b', '\u200d', '\u200e', '\u200f', '\u202e', '\u2060', '\u2066', '\u2069', '\u2800', '\u3000', '\u3164', '\ufe0f'],
  ...['\ufeff', '\uffa0', '\ufff9', '\u{1d159}', '\u{1d173}', '\u{e0001}', '\u{e0041}'],
]
const CONTROLS = [...Array(32).keys(), ...Array.from({ length: 33 }, (_, at) => 0x7f + at)].map((code) => String.fromCharCode(code))
const KEPT_IN_LINES = ['\t', '\n', '\r']

const visible = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((text) => text.length <= LIMITS.title - 4 && !/[\p{Cc}\u2028\u2029]/u.test(text) && /[\p{L}\p{N}]/u.test(text))

describe.each(named(FILLED))('[T1] %s', (_name, schema) => {
  it('is empty if it shows nothing', () => {
    for (const text of ['', ...INVISIBLE]) expect(messages(schema, text), JSON.stringify(text)).toEqual(['is empty'])
  })

  it('is empty, whatever mix of invisible characters it is made of', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...INVISIBLE), { maxLength: 50 }), (characters) => {
        expect(messages(schema, characters.join(''))).toEqual(['is empty'])
      }),
    )
  })
})

describe.each(named({ ...ONE_LINE, ...LINES }))('[T1] [T2] %s', (_name, schema) => {
  it('is kept as it was written', () => {
    fc.assert(
      fc.property(visible, fc.constantFrom('', ...INVISIBLE), (text, character) => {
        for (const written of [text, `${character}${text}${character}`]) expect(schema.parse(written)).toBe(written)
      }),
    )
  })

  it('has no lone surrogate', () => {
    for (const text of ['a\ud800', '\udfff']) expect(messages(schema, text)).toEqual(['contains a lone surrogate'])
  })
})

describe.each(named(ONE_LINE))('[T1] %s', (_name, schema) => {
  it('has no line end, no tab and no control character, and the refusal says which', () => {
    for (const control of CONTROLS) expect(messages(schema, `a${control}b`), JSON.stringify(control)).toHaveLength(1)
    expect(messages(schema, 'a\nb')).toEqual(['contains a line end (U+000A)'])
    expect(messages(schema, 'a\r\nb')).toEqual(['contains a line end (U+000D)'])
    expect(messages(schema, 'a\u0085')).toEqual(['contains a line end (U+0085)'])
    expect(messages(schema, 'a\u2028')).toEqual(['contains a line end (U+2028)'])
    expect(messages(schema, '\u2029a')).toEqual(['contains a line end (U+2029)'])
    expect(messages(schema, 'a\tb')).toEqual(['contains a tab (U+0009)'])
    expect(messages(schema, '\u0000')).toEqual(['contains a control character (U+0000)'])
    expect(messages(schema, 'a\u001b[2J')).toEqual(['contains a control character (U+001B)'])
    expect(messages(schema, 'a\u009bb')).toEqual(['contains a control character (U+009B)'])
  })
})

describe.each(named(LINES))('[T2] %s', (_name, schema) => {
  it('keeps line ends and tabs, and has no other control character', () => {
    for (const control of CONTROLS) {
      const refused = KEPT_IN_LINES.includes(control) ? 0 : 1
      expect(messages(schema, `a${control}b`), JSON.stringify(control)).toHaveLength(refused)
    }
    expect(messages(schema, 'a\u001b[2J')).toEqual(['contains a control character (U+001B)'])
    expect(schema.parse('a\r\n\tb\u2028c\n')).toBe('a\r\n\tb\u2028c\n')
  })
})

/** The schemas of all fields with their names, inside lists and optional fields too. */
const fieldsOf = (schema: unknown): [name: string, schema: unknown][] => {
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape).flatMap(([name, field]) => [[name, bare(field)] as [string, unknown], ...fieldsOf(bare(field))])
  return schema instanceof z.ZodArray ? fieldsOf(bare(schema.element)) : []
}

const bare = (schema: unknown): unknown =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable ? bare(schema.unwrap()) : schema

it('[T1] [T2] every text that an operation takes is one of these', () => {
  const texts: Record<string, unknown> = { title: Title, name: Title, description: Description, note: Remark, reason: Reason }
  const operations = [...OPERATIONS, createAgentProfile, createKey]
  const found = operations.flatMap(({ name: operation, input }) => fieldsOf(input).map(([name, field]) => ({ operation, name, field })))
  const known = found.filter(({ name }) => Object.hasOwn(texts, name))
  // The name of a person is a title and more: it hides nothing of how it reads.
  expect(
    known.filter(({ name, field }) => field !== texts[name] && field !== PersonName).map(({ operation, name }) => `${operation}: ${name}`),
  ).toEqual([])
  expect(new Set(known.map(({ name }) => name))).toEqual(new Set(Object.keys(texts)))
})

it('[T2] a description and a note may show nothing', () => {
  for (const schema of [Description, Remark]) for (const text of ['', '\n', '\u200b']) expect(schema.parse(text)).toBe(text)
})
