import type { Say } from '@/lib/domain/text/say'
import { OPERATIONS } from '@/lib/operations'
import type { AnyOperation } from '@/lib/operations/define'
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
  return { method, path, parameters: [...path.matchAll(/:(\w+)/g)].map(([, parameter = '']) => parameter) }
}

const without = (input: Readonly<Record<string, unknown>>, names: readonly string[]): [string, unknown][] =>
  Object.entries(input).filter(([name, value]) => !names.includes(name) && value !== null && value !== undefined)

/** As a tool call over MCP. */
export const sayTool: Say = (name, input) =>
  `${find(name).name} ${JSON.stringify(Object.fromEntries(without(input, []).map(([field, value]) => [argumentOf(field), value])))}`

/** As a request of the API. */
export const sayRequest: Say = (name, input) => {
  const { method, path, parameters } = routeOf(find(name))
  const address = path.replace(/:(\w+)/g, (_, parameter: string) => encodeURIComponent(String(input[parameter] ?? BLANK)))
  const rest = without(input, parameters)
  const hasQuery = method === 'GET' || method === 'DELETE'
  const query = new URLSearchParams(rest.map(([field, value]) => [field, String(value)]))
  if (hasQuery) return `${method} /api${address}${rest.length > 0 ? `?${query}` : ''}`
  return `${method} /api${address} ${JSON.stringify(Object.fromEntries(rest))}`
}

/** As a command of the command line. */
export const sayCommand: Say = (name, input) => {
  const operation = find(name)
  const { parameters } = routeOf(operation)
  const flags = without(input, parameters).map(([field, value]) => `--${field.replaceAll('_', '-')} ${inShell(String(value))}`)
  return ['cairn', commandOf(operation), ...parameters.map((parameter) => inShell(String(input[parameter] ?? BLANK))), ...flags].join(' ')
}

/** The name of an operation on the command line. */
export const commandOf = ({ name, command }: AnyOperation): string => command ?? name.replaceAll('_', '-')

const inShell = (word: string): string => (/^[\w:./…-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)
