import * as z from 'zod'
import { withWords } from './field-words'
import { isRecord, type Json } from './leniency'

/** The schemas that several answers share, by name. */
const shared: Json = {}

/** The JSON schema of an input or output. Shared objects are moved to `shared` and referred to. */
export const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline', target: 'draft-2020-12' })
  const { $schema: _, $defs, ...json } = lifted(made)
  Object.assign(shared, $defs)
  return json
}

const lifted = (schema: object): Json => JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'))

/** The shared schemas of all that was described so far, in the words of their objects. */
export const sharedSchemas = (): Json =>
  Object.fromEntries(Object.entries(shared).map(([name, schema]) => [name, isRecord(schema) ? withWords(schema, name) : schema]))
