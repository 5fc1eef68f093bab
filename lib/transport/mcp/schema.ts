import type * as z from 'zod'
import { describeInput, isRecord, type Json } from '../leniency'
import { argumentOf } from '../tool-names'

/** What a description adds nothing to: the name of such a field says it. */
const SAID_BY_NAME = /^(id of (the|a) \w+|URL of the [\w ]+; null removes it)$/

/**
 * The schema of a tool's arguments, written as briefly as a model can understand it. Bounds, formats and null branches are left out: whoever breaks one is
 * told so by the refusal.
 */
export const describeArguments = (input: z.ZodType): { type: 'object'; [keyword: string]: unknown } => {
  const { properties, required } = objectOf(describeInput(input))
  return { type: 'object', properties, ...(required.length > 0 && { required }) }
}

const objectOf = (schema: unknown): { properties: Json; required: string[] } => {
  const properties = isRecord(schema) && isRecord(schema.properties) ? schema.properties : {}
  const required = isRecord(schema) && Array.isArray(schema.required) ? schema.required : []
  return {
    properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [argumentOf(name), brief(field)])),
    required: required.map((name) => argumentOf(String(name))),
  }
}

const brief = (schema: unknown): Json => {
  if (!isRecord(schema)) return {}
  const { description, enum: values, items } = schema
  const types = typesOf(schema)
  const [type] = types
  const { properties, required } = objectOf(schema)
  return {
    ...(types.length > 0 && { type: types.length === 1 ? type : types }),
    ...(values !== undefined && { enum: values }),
    ...(typeof description === 'string' && !SAID_BY_NAME.test(description) && { description }),
    ...(items !== undefined && { items: brief(items) }),
    ...(type === 'object' && { properties, ...(required.length > 0 && { required }) }),
  }
}

const typesOf = ({ type, anyOf }: Json): unknown[] => {
  const options = Array.isArray(anyOf) ? anyOf.flatMap((option) => (isRecord(option) ? typesOf(option) : [])) : []
  return [...new Set([type, ...options].flat())].filter((one) => one !== undefined && one !== 'null')
}
