import { isRecord, type Json } from '../leniency'

/** A field of a call, an answer or an object, as a row of a table. */
export type Field = {
  /** With the fields and lists that it is in, as in `checkpoints[].title`. */
  path: string
  depth: number
  /** In words; names of objects are pieces of their own. */
  type: readonly string[]
  required: boolean
  /** The default as JSON, or null if there is none. */
  fallback: string | null
  description: string
  bounds: string
}

/** The fields of an object and, below each, those of the objects in it that have no name of their own. */
export const fieldsOf = (schema: unknown, within = '', depth = 0): Field[] => {
  const { properties, required } = isRecord(schema) ? schema : {}
  const needed = Array.isArray(required) ? required : []
  return Object.entries(isRecord(properties) ? properties : {}).flatMap(([name, given]) =>
    fieldOf(isRecord(given) ? given : {}, within + name, depth, needed.includes(name)),
  )
}

/** The row of one field, and the rows below it. */
export const fieldOf = (schema: Json, path: string, depth: number, required: boolean): Field[] => {
  const { inner, step } = innerOf(schema)
  const fallback = 'default' in schema ? JSON.stringify(schema.default) : null
  const row: Field = {
    path,
    depth,
    type: typeOf(schema),
    required: required && fallback === null,
    fallback: fallback === '""' || fallback === '[]' ? null : fallback,
    description: typeof schema.description === 'string' ? schema.description : '',
    bounds: boundsOf(schema),
  }
  return [row, ...fieldsOf(inner, `${path}${step}.`, depth + 1)]
}

const alternativesOf = ({ anyOf }: Json): Json[] => (Array.isArray(anyOf) ? anyOf.filter(isRecord) : [])

/** The object inside a field that has no name of its own, and the step that leads into it. */
const innerOf = (schema: Json): { inner: Json; step: string } => {
  if (isRecord(schema.properties)) return { inner: schema, step: '' }
  if (isRecord(schema.items)) {
    const { inner, step } = innerOf(schema.items)
    return { inner, step: `[]${step}` }
  }
  if (isRecord(schema.additionalProperties)) {
    const { inner, step } = innerOf(schema.additionalProperties)
    return { inner, step: `.*${step}` }
  }
  return (
    alternativesOf(schema)
      .map(innerOf)
      .find(({ inner }) => isRecord(inner.properties)) ?? { inner: {}, step: '' }
  )
}

const NAMES: Record<string, readonly [one: string, many: string]> = {
  string: ['text', 'texts'],
  integer: ['whole number', 'whole numbers'],
  boolean: ['true or false', 'true or false'],
  object: ['object', 'objects'],
  null: ['null', 'null'],
}

/** Alternatives as one says them: "one, another or a third". */
const typeOf = (schema: Json): string[] => {
  const alternatives = [...new Map(kindsOf(schema, 0).map((pieces) => [pieces.join(''), pieces])).values()]
  return alternatives.flatMap((pieces, at) => (at === 0 ? pieces : [at === alternatives.length - 1 ? ' or ' : ', ', ...pieces]))
}

const kindsOf = (schema: Json, many: 0 | 1): string[][] => {
  if (typeof schema.$ref === 'string') return [[schema.$ref.split('/').at(-1) ?? '']]
  if ('const' in schema) return [[JSON.stringify(schema.const)]]
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => [String(value)])
  if (Array.isArray(schema.anyOf)) return alternativesOf(schema).flatMap((one) => kindsOf(one, many))
  if (schema.type === 'array') return listOf(kindsOf(isRecord(schema.items) ? schema.items : {}, 1), 'list of ')
  if (schema.type === 'object' && isRecord(schema.additionalProperties)) return listOf(kindsOf(schema.additionalProperties, 0), 'name → ')
  if (schema.format === 'uri') return [['address']]
  return [schema.type].flat().map((type) => [NAMES[String(type)]?.[many] ?? 'anything'])
}

const listOf = ([first = [], ...others]: string[][], words: string): string[][] => [[words, ...first], ...others]

const counted = (value: unknown): string | null =>
  typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value.toLocaleString('en') : null

const boundsOf = (schema: Json): string => {
  const [least, most] = [counted(schema.minimum), counted(schema.maximum)]
  const range =
    least !== null && most !== null
      ? `${least} to ${most}`
      : (least !== null && `at least ${least}`) || (most !== null && `at most ${most}`)
  const length = counted(schema.maxLength)
  const entries = counted(schema.maxItems)
  const own = [range, length !== null && `up to ${length} characters`, entries !== null && `up to ${entries} entries`]
  return (
    own.filter((bound) => bound !== false).join(', ') ||
    (alternativesOf(schema)
      .map(boundsOf)
      .find((bound) => bound !== '') ??
      '')
  )
}
