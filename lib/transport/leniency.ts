import * as z from 'zod'

// A query string and a form hold only text. These functions tell which types an operation takes.

export type Json = Record<string, unknown>

const described = new WeakMap<z.ZodType, unknown>()

export const describeInput = (schema: z.ZodType): unknown => {
  const known = described.get(schema) ?? z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' })
  described.set(schema, known)
  return known
}

export const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The part of a JSON schema at a path, such as `checkpoints.0.depends_on`. */
export const schemaAt = (schema: unknown, path: readonly string[]): Json => {
  const [step, ...rest] = path
  const here = isRecord(schema) ? schema : {}
  if (step === undefined) return here
  const next = isRecord(here.properties) && !/^\d+$/.test(step) ? here.properties[step] : here.items
  return schemaAt(next, rest)
}

/** What a schema accepts: itself, or each of its alternatives. */
const alternativesOf = (schema: Json): Json[] => [
  schema,
  ...(Array.isArray(schema.anyOf) ? schema.anyOf.flatMap((option) => (isRecord(option) ? alternativesOf(option) : [])) : []),
]

/** The JSON types that a schema accepts. */
export const kindsOf = (schema: Json): unknown[] => alternativesOf(schema).flatMap(({ type }) => type ?? [])

export const isAddress = (schema: Json): boolean => alternativesOf(schema).some(({ format }) => format === 'uri')

/** Turns the texts of a query into an operation's input. Only a whole number in digits becomes a number, and only where the operation takes an integer. */
export const fromQuery = (schema: z.ZodType, query: Record<string, string>): Json => {
  const input = describeInput(schema)
  const read = (name: string, text: string) =>
    /^-?\d+$/.test(text) && kindsOf(schemaAt(input, [name])).includes('integer') ? Number(text) : text
  return Object.fromEntries(Object.entries(query).map(([name, text]) => [name, read(name, text)]))
}
