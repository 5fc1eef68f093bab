import { DomainError } from '@/lib/domain/errors'
import { enumerated } from '@/lib/domain/words'
import { OPERATIONS } from '@/lib/operations'
import type { AnyOperation } from '@/lib/operations/define'

type Pattern = { method: string; segments: string[]; operation: AnyOperation }

const patterns: Pattern[] = OPERATIONS.flatMap((operation) =>
  operation.routes.map((route) => {
    const [method = '', path = ''] = route.split(' ')
    return { method, segments: path.slice(1).split('/'), operation }
  }),
)

/** The names of the parameters in the path of a route, in order. */
export const parametersOf = (path: string): string[] => [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)

export type Matched = { operation: AnyOperation; params: Record<string, string> }

/** Finds the operation for a method and a path below /api, or null if there is none. @throws malformed */
export const findMatch = (method: string, path: string): Matched | null => {
  const segments = segmentsOf(path)
  const pattern = patterns.find((candidate) => candidate.method === method && fits(candidate, segments))
  return pattern ? { operation: pattern.operation, params: paramsOf(pattern, segments) } : null
}

/** Finds the operation for a method and a path below /api. @throws malformed, not_found, method_not_allowed */
export const match = (method: string, path: string): Matched => {
  const found = findMatch(method, path)
  if (found) return found
  const segments = segmentsOf(path)
  const fitting = patterns.filter((pattern) => fits(pattern, segments))
  if (fitting.length === 0)
    throw new DomainError('not_found', `There is nothing at ${method} /api${path}. GET /api/openapi.json lists all calls.`)
  const allowed = [...new Set(fitting.map((candidate) => candidate.method))].sort()
  throw new DomainError('method_not_allowed', `This address accepts ${enumerated(allowed)} only.`, { allowed })
}

const segmentsOf = (path: string): string[] =>
  path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decode)

const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new DomainError('malformed', 'The path has invalid percent-encoding.')
  }
}

const fits = ({ segments: wanted }: Pattern, segments: readonly string[]): boolean =>
  wanted.length === segments.length && wanted.every((segment, at) => segment.startsWith(':') || segment === segments[at])

const paramsOf = ({ segments: wanted }: Pattern, segments: readonly string[]): Record<string, string> =>
  Object.fromEntries(wanted.flatMap((segment, at) => (segment.startsWith(':') ? [[segment.slice(1), segments[at] ?? '']] : [])))
