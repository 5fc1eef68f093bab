import * as z from 'zod'

// What an operation's input looks like, for the transports in which everything is text: a query, a form.

export type Json = Record<string, unknown>

const described = new WeakMap<z.ZodType, unknown>()

export const describeInput = (schema: z.ZodType): unknown => {
  const known = described.get(schema) ?? z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' })
  described.set(schema, known)
  return known
}

export const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a schema says of the place at a path, such as `checkpoints.0.depends_on`. */
export const schemaAt = (schema: unknown, path: readonly string[]): Json => {
  const [step, ...rest] = path
  const here = isRecord(schema) ? schema : {}
  if (step === undefined) return here
  const next = isRecord(here.properties) && !/^\d+$/.test(step) ? here.properties[step] : here.items
  return schemaAt(next, rest)
}

/** The types that a place takes. */
export const kindsOf = (schema: Json): unknown[] =>
  [schema.type, ...(Array.isArray(schema.anyOf) ? schema.anyOf.flatMap((option) => (isRecord(option) ? kindsOf(option) : [])) : [])].flat()

/** A query's texts as what the operation takes there: digits where it takes a whole number, and nothing else that JavaScript takes for one. */
export const fromQuery = (schema: z.ZodType, query: Record<string, string>): Json => {
  const input = describeInput(schema)
  const read = (name: string, text: string) =>
    /^\d+$/.test(text) && kindsOf(schemaAt(input, [name])).includes('integer') ? Number(text) : text
  return Object.fromEntries(Object.entries(query).map(([name, text]) => [name, read(name, text)]))
}
