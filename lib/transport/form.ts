import type * as z from 'zod'
import { type Sent, wasField } from '@/lib/domain/form-fields'
import { completedAddress } from '@/lib/domain/web-address'
import { describeInput, isAddress, isRecord, type Json, kindsOf, schemaAt } from './leniency'

/** The longest path of a form field, in steps. No operation has a field with a longer path. */
const DEEPEST = 6

/**
 * Turns the texts of a field into the type that the operation takes: a list of texts or of references, a boolean, null, a number, an address or text.
 * An empty field that can be none of these is left out.
 */
const readValue = (schema: Json, texts: readonly string[]): unknown => {
  const [text = ''] = texts
  const types = kindsOf(schema)
  if (types.includes('array') && isListOfTexts(schema))
    return texts.flatMap((part) => part.split('\n')).filter((line) => line.trim() !== '')
  if (types.includes('array'))
    return texts
      .flatMap((part) => part.split(/[\s,]+/))
      .filter((part) => part !== '')
      .map((part) => (/^(0|[1-9]\d{0,5})$/.test(part) ? Number(part) : part))
  if (types.includes('boolean')) return text === 'on' || text === 'true'
  if (text === '' && types.includes('null')) return null
  if (types.includes('integer') && !types.includes('string'))
    return text === '' ? undefined : /^-?\d{1,15}$/.test(text) ? Number(text) : text
  if (text === '' && typeof schema.pattern === 'string' && !new RegExp(schema.pattern).test(text)) return undefined
  return isAddress(schema) ? completedAddress(text) : text
}

/** Whether the entries are texts that people write, which may have blanks and commas in them: there is one on each line. */
const isListOfTexts = ({ items }: Json): boolean => isRecord(items) && items.type === 'string' && typeof items.maxLength === 'number'

const put = (target: Json, path: readonly string[], value: unknown): void => {
  const [step = '', ...rest] = path
  if (rest.length === 0) {
    if (value !== undefined) target[step] = value
    return
  }
  const inner = isRecord(target[step]) ? target[step] : {}
  target[step] = inner
  put(inner, rest, value)
}

/**
 * Turns objects whose keys are all numbers into lists. Empty rows are left out, and the references by number in the other rows are adapted. An empty
 * row to which another one refers is kept: it was meant to be something, and is refused as what it is.
 */
const listed = (value: unknown): unknown => {
  if (!isRecord(value)) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, listed(inner)] as const)
  if (entries.length === 0 || !entries.every(([key]) => /^\d+$/.test(key))) return Object.fromEntries(entries)
  const rows = entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, row]) => row)
  const meant = new Set(rows.flatMap((row) => (isRecord(row) && Array.isArray(row.depends_on) ? row.depends_on : [])))
  const kept = rows.filter((row, index) => !isBlank(row) || meant.has(index + 1))
  return kept.length === rows.length ? rows : kept.map((row) => renumbered(row, rows, kept))
}

/** Adapts the references of a row to the rows that are kept. */
const renumbered = (row: unknown, shown: readonly unknown[], kept: readonly unknown[]): unknown => {
  if (!isRecord(row) || !Array.isArray(row.depends_on)) return row
  const now = (reference: unknown) =>
    typeof reference === 'number' && shown[reference - 1] !== undefined ? kept.indexOf(shown[reference - 1]) + 1 : reference
  return { ...row, depends_on: row.depends_on.map(now) }
}

const isBlank = (row: unknown): boolean =>
  isRecord(row) &&
  Object.values(row).every((value) => value === '' || value === null || value === false || (Array.isArray(value) && value.length === 0))

/** Makes the input of an operation from a form whose fields are named by their input path, such as `checkpoints.0.title`. */
export const inputFromForm = (schema: z.ZodType, form: FormData): unknown => {
  const described = describeInput(schema)
  const input: Json = {}
  /** Whether the field has a value, which then is in the input. */
  const enter = (name: string, texts: readonly string[]): boolean => {
    const path = name.split('.')
    if (path.length > DEEPEST || path.includes('__proto__')) return false
    const value = readValue(schemaAt(described, path), texts)
    put(input, path, value)
    return value !== undefined
  }
  const names = [...new Set(form.keys())]
  const changed = names.filter((name) => !name.startsWith('$') && !isAsItWas(form, name))
  const entered = new Set(changed.filter((name) => enter(name, textsOf(form, name))))
  for (const name of names) {
    const [, whole = '', belonging = ''] = WITH.exec(name) ?? []
    if (entered.has(whole)) enter(belonging, textsOf(form, name))
  }
  return joined(described, listed(input))
}

/** A text that is given in parts, `vote.0` and `vote.1`, is these joined by commas. */
const joined = (described: unknown, input: unknown): unknown => {
  if (!isRecord(input)) return input
  const isText = (name: string) => schemaAt(described, [name]).type === 'string'
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [name, Array.isArray(value) && isText(name) ? value.join(',') : value]),
  )
}

const WITH = /^\$with\.([a-z_]+)\.([a-z_]+)$/

const textsOf = (form: FormData, name: string): string[] =>
  form.getAll(name).flatMap((value) => (typeof value === 'string' ? value.replaceAll('\r\n', '\n') : []))

const isAsItWas = (form: FormData, name: string): boolean =>
  form.has(wasField(name)) && JSON.stringify(textsOf(form, name)) === JSON.stringify(textsOf(form, wasField(name)))

/** All that a form has in it, except what Next adds. */
export const sentIn = (form: FormData): Sent =>
  Object.fromEntries([...new Set(form.keys())].filter((name) => !/^\$(ACTION|key)/.test(name)).map((name) => [name, textsOf(form, name)]))
