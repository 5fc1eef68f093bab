import * as z from 'zod'
import { DomainError, type FieldProblem } from '@/lib/domain/errors'

/** Marks an issue of a schema as one about a URL, which is refused with the code invalid_url. */
export const URL_ISSUE = { url: true } as const

/** Whether one of the fields of the call itself is not known, so that its sender needs the names of those that are. */
const takesOther = (issues: readonly z.core.$ZodIssue[]): boolean =>
  issues.some(({ code, path }) => code === 'unrecognized_keys' && path.length === 0)

const namesIn = (schema: z.ZodType): string[] => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : [])

/** @throws invalid or invalid_url, with the path and the message of each field, and with the names of all fields if one is not known */
export const parseInput = <T>(schema: z.ZodType<T>, input: unknown): T => {
  const result = schema.safeParse(input, { reportInput: true })
  if (result.success) return result.data
  const fields = result.error.issues.filter(isWorthTelling).flatMap(fieldProblems)
  const urls = result.error.issues.every((issue) => issue.code === 'custom' && issue.params?.url === true)
  const [first] = fields
  const message = first ? `${first.path || 'The input'} ${first.message}` : 'The input is invalid'
  const details = { fields, ...(takesOther(result.error.issues) ? { takes: namesIn(schema) } : {}) }
  throw new DomainError(
    urls ? 'invalid_url' : 'invalid',
    `${message}${fields.length > 1 ? ` (and ${fields.length - 1} more)` : ''}.`,
    details,
  )
}

/** A number that is beyond all whole numbers also breaks its own bound, if it has one. That one says more. */
const isWorthTelling = (issue: z.core.$ZodIssue, _at: number, issues: readonly z.core.$ZodIssue[]): boolean =>
  !isBeyondIntegers(issue) || issues.every((other) => other === issue || other.path.join('.') !== issue.path.join('.'))

const isBeyondIntegers = (issue: z.core.$ZodIssue): boolean =>
  (issue.code === 'too_big' && issue.maximum === Number.MAX_SAFE_INTEGER) ||
  (issue.code === 'too_small' && issue.minimum === Number.MIN_SAFE_INTEGER)

const fieldProblems = (issue: z.core.$ZodIssue): FieldProblem[] => {
  const path = issue.path.join('.')
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: path ? `${path}.${key}` : key, message: 'is not a field of this call' }))
  return [{ path, message: sentence(issue) }]
}

const sentence = (issue: z.core.$ZodIssue): string => {
  if ((issue.code === 'invalid_type' || issue.code === 'invalid_union') && issue.input === undefined) return 'is missing'
  if (issue.code === 'invalid_type') return `is not ${typeName(issue.expected)}`
  if (issue.code === 'too_big' && issue.origin === 'array') return `has more than ${issue.maximum} entries`
  if (issue.code === 'too_big' && issue.message.startsWith('Too big')) return `exceeds ${issue.maximum.toLocaleString('en')}`
  if (issue.code === 'too_small' && issue.message.startsWith('Too small')) return `is less than ${issue.minimum.toLocaleString('en')}`
  if (issue.code === 'invalid_value') {
    const values = issue.values.join(', ')
    return issue.input === undefined ? `is missing: it is one of ${values}` : `is not one of ${values}`
  }
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input') return 'has a type or form that is not accepted here'
  return issue.message.replace(/^Invalid/, 'is an invalid')
}

const typeName = (type: string): string => {
  if (type === 'int') return 'a whole number'
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`
}
