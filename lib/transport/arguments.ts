import type * as z from 'zod'
import { invalid } from '@/lib/domain/errors'
import { describeInput, isRecord, type Json, kindsOf } from './leniency'
import { argumentOf, fieldOf } from './tool-names'

// A model often writes the arguments of a tool slightly wrong. These functions read what can mean only one thing. What remains wrong is refused by the operation.

/** Turns the arguments of a tool into an operation's input. @throws invalid for an argument that is given under two names */
export const fromArguments = (schema: z.ZodType, given: Json): Json => readObject(describeInput(schema), given)

const readObject = (schema: unknown, given: Json): Json => {
  const properties = isRecord(schema) && isRecord(schema.properties) ? schema.properties : {}
  const required = isRecord(schema) && Array.isArray(schema.required) ? schema.required : []
  const read = new Map<string, unknown>()
  for (const [name, value] of Object.entries(given)) {
    const field = fieldNamed(name, properties)
    if (read.has(field)) throw invalid(argumentOf(field), 'is given twice, under two names')
    const inner = Object.hasOwn(properties, field) ? properties[field] : undefined
    // Null is how many models leave an argument out.
    if (value === null && isRecord(inner) && !required.includes(field) && !kindsOf(inner).includes('null')) continue
    read.set(field, isRecord(inner) ? readValue(inner, value) : value)
  }
  return Object.fromEntries(read)
}

/** The field that an argument means: under its own name, under that of the operation's input, or in camel case. */
const fieldNamed = (name: string, properties: Json): string => {
  const candidates = [name, fieldOf(name), snakeCase(name), fieldOf(snakeCase(name))]
  return candidates.find((candidate) => Object.hasOwn(properties, candidate)) ?? name
}

const snakeCase = (name: string): string => name.replace(/[a-z\d][A-Z]/g, ([last, first]) => `${last}_${first}`).toLowerCase()

const readValue = (schema: Json, value: unknown): unknown => {
  const kinds = kindsOf(schema)
  if (Array.isArray(value)) return kinds.includes('array') ? value.map((entry) => readEntry(schema, entry)) : joined(schema, value)
  if (isRecord(value)) return kinds.includes('object') ? readObject(schema, value) : value
  if (typeof value === 'string' && !kinds.includes('string')) return readText(schema, kinds, value)
  return typeof value === 'number' && isOnlyList(kinds) ? [value] : value
}

const readEntry = ({ items }: Json, entry: unknown): unknown => (isRecord(items) ? readValue(items, entry) : entry)

/** A list where the operation takes a text that joins one, as the ranking of a ballot is written. */
const joined = (schema: Json, list: readonly unknown[]): unknown => {
  const by = schema['x-joined-by']
  return typeof by === 'string' && list.every((entry) => typeof entry === 'string' && !entry.includes(by)) ? list.join(by) : list
}

const isOnlyList = (kinds: readonly unknown[]): boolean =>
  kinds.includes('array') && !kinds.includes('integer') && !kinds.includes('number')

/** Reads a text where the operation takes none. */
const readText = (schema: Json, kinds: readonly unknown[], text: string): unknown => {
  const isNumber = kinds.includes('integer') || kinds.includes('number')
  if (isNumber && /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text)
  if (kinds.includes('boolean') && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true'
  const parsed = /^\s*[[{]/.test(text) ? parse(text) : undefined
  if (Array.isArray(parsed) ? kinds.includes('array') : isRecord(parsed) && kinds.includes('object')) return readValue(schema, parsed)
  return isOnlyList(kinds) && text !== '' ? [readEntry(schema, parsed ?? text)] : text
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
