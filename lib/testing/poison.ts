import * as fc from 'fast-check'
import * as z from 'zod'
import type { AnyOperation } from '@/lib/operations/define'
import type { Input } from './samples'

// These inputs are nearly right. They are made from a valid input and the operation's JSON schema.

type Json = Record<string, unknown>
export type Attack = { about: string; input: Input; negative: boolean; method?: string; type?: string; raw?: string }

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const TEXTS = [
  '',
  ' ',
  '0',
  '-1',
  'null',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'x\udfff',
  '\u202e',
  '__proto__',
  '../..',
  "'; drop table events; --",
  '%00',
  '💥',
]
const LONG = ['x'.repeat(201), 'x'.repeat(8_193), 'x'.repeat(100_000)]
const NUMBERS = [0, -1, 1, 1.5, 501, -0, 2 ** 31, 2 ** 53, 2 ** 53 + 2, 1e300, -(2 ** 63)]
const OTHERS = [null, true, false, [], {}, [[]], [null], { __proto__: null }, { toString: 1 }, JSON.parse('{"__proto__":{"admin":true}}')]

const deep = (depth: number): unknown => {
  let value: unknown = []
  for (let at = 0; at < depth; at++) value = [value]
  return value
}

const kinds = (schema: unknown): unknown[] => {
  if (!isRecord(schema)) return []
  const options = Array.isArray(schema.anyOf) ? schema.anyOf.flatMap(kinds) : []
  return [schema.type, ...options].flat().filter((kind) => kind !== undefined)
}

const kindOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'number'
  return typeof value
}

/** Whether a value must be refused, because the schema does not name its type or because its text cannot be stored. */
const isNegative = (schema: unknown, value: unknown): boolean => {
  if (typeof value === 'string' && (value.includes('\u0000') || !value.isWellFormed())) return true
  return !kinds(schema).includes(kindOf(value))
}

/** The same for a query parameter, which is always text. A lone surrogate in a URL arrives as U+FFFD, which is valid. */
const isNegativeText = (schema: unknown, text: string): boolean =>
  kinds(schema).includes('string') ? text.includes('\u0000') : !/^-?\d+$/.test(text)

export const propertiesOf = ({ input }: AnyOperation): { properties: Json; required: string[] } => {
  const schema: Json = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any', reused: 'inline' })
  return {
    properties: isRecord(schema.properties) ? schema.properties : {},
    required: Array.isArray(schema.required) ? schema.required : [],
  }
}

/** Attacks that change one thing in a sample. The fields `inPath` are in the path, and with `asText` the other fields are query parameters. */
export const attacks = (operation: AnyOperation, sample: Input, inPath: readonly string[], asText: boolean): fc.Arbitrary<Attack> => {
  const { properties, required } = propertiesOf(operation)
  const given = Object.keys(properties).filter((name) => !inPath.includes(name))
  const values = asText
    ? [...TEXTS, ...LONG, '1.5', '1e3', '0x10', 'true', '9007199254740993']
    : [...TEXTS, ...LONG, ...NUMBERS, ...OTHERS, deep(3_000)]
  const wrongField = (name: string) =>
    fc.constantFrom<unknown>(...values).map((value) => {
      const negative = asText ? isNegativeText(properties[name], String(value)) : isNegative(properties[name], value)
      return { about: `${name}=${JSON.stringify(value)?.slice(0, 60)}`, input: { ...sample, [name]: value }, negative }
    })
  /** Attacks with a wrong field in the first row of a list of objects. */
  const wrongRow = (name: string) => {
    const list = properties[name]
    const items = isRecord(list) && isRecord(list.items) ? list.items : {}
    const inner = isRecord(items.properties) ? items.properties : {}
    const rows = sample[name]
    const [row] = Array.isArray(rows) ? rows : []
    return Object.keys(inner).map((field) =>
      fc.constantFrom<unknown>(...values).map((value) => ({
        about: `${name}.0.${field}=${JSON.stringify(value)?.slice(0, 60)}`,
        input: { ...sample, [name]: [{ ...row, [field]: value }] },
        negative: isNegative(inner[field], value),
      })),
    )
  }
  const wrongPath = (name: string) =>
    fc
      .constantFrom(...TEXTS.filter((value) => value.isWellFormed() && !/^([. ]*|[a-z0-9-]+)$/.test(value)), ...LONG.slice(0, 1))
      .map((value) => ({
        about: `${name} in the path is ${JSON.stringify(value).slice(0, 60)}`,
        input: { ...sample, [name]: value },
        negative: true,
      }))
  const unknownField = fc.constantFrom('__proto__', 'constructor', 'hasOwnProperty', 'id', 'ID', ' ', 'x'.repeat(300)).map((name) => {
    const input = { ...sample }
    Object.defineProperty(input, name, { value: 'x', enumerable: true, configurable: true, writable: true })
    return { about: `the unknown field ${name.slice(0, 20)}`, input, negative: true }
  })
  const missing = (name: string) => {
    const { [name]: _gone, ...input } = sample
    return fc.constant({ about: `without ${name}`, input, negative: true })
  }
  const method = fc
    .constantFrom('PUT', 'OPTIONS', 'HEAD', 'PROPFIND')
    .map((method) => ({ about: method, input: sample, negative: true, method }))
  const type = fc
    .constantFrom('text/plain', 'application/xml', 'application/json-patch+json', '')
    .map((type) => ({ about: `as ${type}`, input: sample, negative: true, type }))
  const nested = `${'{"a":'.repeat(30_000)}1${'}'.repeat(30_000)}`
  const raw = fc
    .constantFrom('{', '[]', '"x"', '{"a":1e999}', '{"a":9007199254740993}', '{"__proto__":{"x":1}}', nested, '\ufeff{', '{"a":"\\ud800"}')
    .map((raw) => ({
      about: `the body ${raw.slice(0, 40)}`,
      input: sample,
      negative: true,
      raw,
    }))
  const needed = required.filter((name) => !inPath.includes(name))
  return fc.oneof(
    { arbitrary: method, weight: 1 },
    { arbitrary: unknownField, weight: 2 },
    ...given.map((name) => ({ arbitrary: wrongField(name), weight: 4 })),
    ...given.flatMap(wrongRow).map((arbitrary) => ({ arbitrary, weight: 2 })),
    ...inPath.map((name) => ({ arbitrary: wrongPath(name), weight: 3 })),
    ...needed.map((name) => ({ arbitrary: missing(name), weight: 1 })),
    ...(asText
      ? []
      : [
          { arbitrary: type, weight: 1 },
          { arbitrary: raw, weight: 3 },
        ]),
  )
}
