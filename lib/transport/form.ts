import * as z from 'zod'

type Json = Record<string, unknown>

const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a schema says of the place at a path, such as `checkpoints.0.depends_on`. */
const schemaAt = (schema: unknown, path: readonly string[]): Json => {
  const [step, ...rest] = path
  const here = isRecord(schema) ? schema : {}
  if (step === undefined) return here
  const next = isRecord(here.properties) && !/^\d+$/.test(step) ? here.properties[step] : here.items
  return schemaAt(next, rest)
}

const kinds = (schema: Json): unknown[] =>
  [schema.type, ...(Array.isArray(schema.anyOf) ? schema.anyOf.flatMap((option) => (isRecord(option) ? kinds(option) : [])) : [])].flat()

/** A field's text as what the operation takes there: a number, a yes, a list of references, or nothing. */
const readValue = (schema: Json, texts: readonly string[]): unknown => {
  const [text = ''] = texts
  const types = kinds(schema)
  if (types.includes('array'))
    return texts
      .flatMap((part) => part.split(/[\s,]+/))
      .filter((part) => part !== '')
      .map((part) => (/^\d{1,6}$/.test(part) ? Number(part) : part))
  if (types.includes('boolean')) return text === 'on' || text === 'true'
  if (text === '' && types.includes('null')) return null
  if (types.includes('integer') && !types.includes('string'))
    return text === '' ? undefined : /^-?\d{1,15}$/.test(text) ? Number(text) : text
  return text.replaceAll('\r\n', '\n')
}

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

/** Objects whose keys are all numbers become lists; rows that nobody filled in are left out. */
const listed = (value: unknown): unknown => {
  if (!isRecord(value)) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, listed(inner)] as const)
  if (entries.length === 0 || !entries.every(([key]) => /^\d+$/.test(key))) return Object.fromEntries(entries)
  return entries
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, row]) => row)
    .filter((row) => !isBlank(row))
}

const isBlank = (row: unknown): boolean =>
  isRecord(row) &&
  Object.values(row).every((value) => value === '' || value === null || value === false || (Array.isArray(value) && value.length === 0))

/** A form whose fields are named by input path, `checkpoints.0.title`, as the operation's input. */
export const inputFromForm = (schema: z.ZodType, form: FormData): unknown => {
  const described = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' })
  const input: Json = {}
  // Next puts fields of its own into a form that works before JavaScript.
  for (const name of new Set(form.keys())) {
    if (name.startsWith('$')) continue
    const path = name.split('.')
    const texts = form.getAll(name).flatMap((value) => (typeof value === 'string' ? value : []))
    if (path.some((step) => step === '__proto__')) continue
    put(input, path, readValue(schemaAt(described, path), texts))
  }
  return listed(input)
}
