import type { Say } from '@/lib/domain/text/say'
import { OPERATIONS } from '@/lib/operations'
import type { AnyOperation } from '@/lib/operations/define'
import { describeInput, isRecord, type Json } from './leniency'
import { parametersOf } from './router'
import { argumentOf } from './tool-names'

const BY_NAME = new Map(OPERATIONS.map((operation) => [operation.name, operation]))

const find = (name: string): AnyOperation => {
  const operation = BY_NAME.get(name)
  if (!operation) throw new Error(`a text says the call ${name}, which does not exist`)
  return operation
}

/** What a caller has to fill in. */
const BLANK = '…'

type Route = { method: string; path: string; parameters: string[] }

const routeOf = ({ name, routes: [route] }: AnyOperation): Route => {
  if (route === undefined) throw new Error(`${name} has no route`)
  const [method = '', path = ''] = route.split(' ')
  return { method, path, parameters: parametersOf(path) }
}

const without = (input: Readonly<Record<string, unknown>>, names: readonly string[]): [string, unknown][] =>
  Object.entries(input).filter(([name, value]) => !names.includes(name) && value !== null && value !== undefined)

const hasQuery = (method: string): boolean => method === 'GET' || method === 'DELETE'

/** As a tool call over MCP. */
export const sayTool: Say = (name, input) =>
  `${find(name).name} ${JSON.stringify(Object.fromEntries(without(input, []).map(([field, value]) => [argumentOf(field), value])))}`

/** As a request of the API. */
export const sayRequest: Say = (name, input) => {
  const { method, path, parameters } = routeOf(find(name))
  const address = path.replace(/:(\w+)/g, (_, parameter: string) => encodeURIComponent(String(input[parameter] ?? BLANK)))
  const rest = without(input, parameters)
  const query = new URLSearchParams(rest.map(([field, value]) => [field, String(value)]))
  if (hasQuery(method)) return `${method} /api${address}${rest.length > 0 ? `?${query}` : ''}`
  return `${method} /api${address} ${JSON.stringify(Object.fromEntries(rest))}`
}

/** As a command of the command line. The words are those that its script takes as words; everything else is a flag. */
export const sayCommand: Say = (name, input) => {
  const operation = find(name)
  const names = wordsOf(operation)
  const last = names.findLastIndex((field) => (input[field] ?? null) !== null)
  const words = names
    .slice(0, Math.max(last + 1, routeOf(operation).parameters.length + (operation.words ?? []).length))
    .map((field) => inShell(input[field] ?? BLANK))
  const flags = without(input, names).flatMap(([field, value]) => flagOf(field, value))
  const mustEndFlags = words.some((word) => word.startsWith('-'))
  return ['cairn', commandOf(operation), ...(mustEndFlags ? [...flags, '--', ...words] : [...words, ...flags])].join(' ')
}

/** The fields that are words: those of the path, those that the operation names and, wherever they stand, the milestone that a call is about and the checkpoint in it. */
const wordsOf = (operation: AnyOperation): string[] => {
  const { method, ...route } = routeOf(operation)
  const parameters = [...route.parameters, ...(operation.words ?? [])]
  const { properties, required } = objectIn(describeInput(operation.input))
  if (!Array.isArray(required) || !required.includes('milestone_id')) return parameters
  const order = hasQuery(method) && 'order' in objectIn(properties) ? ['order'] : []
  return [...new Set([...parameters, 'milestone_id', ...order])]
}

const objectIn = (value: unknown): Json => (isRecord(value) ? value : {})

const flagOf = (field: string, value: unknown): string => {
  const flag = `--${field.replaceAll('_', '-')}`
  if (value === true) return flag
  const word = inShell(value)
  return value === false || word.startsWith('-') ? `${flag}=${word}` : `${flag} ${word}`
}

/** The name of an operation on the command line. */
export const commandOf = ({ name, command }: AnyOperation): string => command ?? name.replaceAll('_', '-')

/** A value as one word of a shell. What does not fit on a line has to be filled in. */
const inShell = (value: unknown): string => {
  const isPlainList = Array.isArray(value) && value.every((item) => /^[^,\s[{]+$/.test(String(item)))
  const text = typeof value === 'object' && !isPlainList ? JSON.stringify(value) : String(value)
  if (/\p{Cc}|[\u2028\u2029]/u.test(text)) return BLANK
  return /^[\w:./,…-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
