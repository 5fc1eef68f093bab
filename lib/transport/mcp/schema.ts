import type * as z from 'zod'
import { describeInput, isRecord, type Json } from '../leniency'
import { argumentOf } from '../tool-names'

/** What a description adds nothing to: the name of such a field says it. */
const SAID_BY_NAME =
  /^(id of (the|a) (agent profile|\w+)|URL of the [\w ]+; null removes it|most entries to return, up to \d+|next_cursor of the previous page)$/

/** Of what the first words of a description are, the name of its field or tool says. */
const SAID_AFTER = / of the (group|checkpoint|milestone)(?=$| that you know;)/

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
    properties: Object.fromEntries(
      Object.entries(properties).flatMap(([name, field]) => (isOutdated(field) ? [] : [[argumentOf(name), brief(field)]])),
    ),
    required: required.map((name) => argumentOf(String(name))),
  }
}

/** An argument that does nothing is accepted, but no model is told of it. */
const isOutdated = (field: unknown): boolean => isRecord(field) && field.deprecated === true

const brief = (schema: unknown): Json => {
  if (!isRecord(schema)) return {}
  const { description, enum: values, items } = schema
  const [type] = typesOf(schema)
  const { properties, required } = objectOf(schema)
  return {
    ...(type !== undefined && { type }),
    ...(values !== undefined && { enum: values }),
    ...(typeof description === 'string' && !SAID_BY_NAME.test(description) && { description: description.replace(SAID_AFTER, '') }),
    ...(isRecord(items) && { items: eachOf(items) }),
    ...(type === 'object' && { properties, ...(required.length > 0 && { required }) }),
  }
}

/** The entries of a list. Where they may have one of several types, as dependencies do, a model needs to know all of them. */
const eachOf = (items: Json): Json => {
  const types = typesOf(items)
  return types.length > 1 ? { anyOf: types.map((type) => ({ type })) } : brief(items)
}

/**
 * The types of a field. Only the first is told: the APIs of some models refuse all tools of a client if `type` is a list in one of them. Whoever sends
 * another one that the field takes, such as an id for a number, is understood.
 */
const typesOf = ({ type, anyOf }: Json): unknown[] => {
  const options = Array.isArray(anyOf) ? anyOf.flatMap((option) => (isRecord(option) ? typesOf(option) : [])) : []
  return [...new Set([type, ...options].flat())].filter((one) => one !== undefined && one !== 'null')
}
