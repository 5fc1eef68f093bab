import { type CallToolResult, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server'
import type { Refusal } from '@/lib/domain/answer'
import type { FieldProblem } from '@/lib/domain/errors'
import { quote } from '@/lib/domain/text/quote'
import { refusalText } from '@/lib/domain/text/refusal'
import type { Operation } from '@/lib/operations/define'
import { fromArguments } from '../arguments'
import { readIdempotencyKey } from '../idempotency'
import { describeInput, isRecord, type Json, kindsOf, schemaAt } from '../leniency'
import { sayTool } from '../say'
import { argumentOf } from '../tool-names'
import { type Exchange, refusalOf, run } from './exchange'
import { findTool } from './tools'

/** Calls a tool. A refusal is an answer that a model can read, and only an unknown tool is an error of the protocol. @throws ProtocolError */
export const callTool = async (exchange: Exchange, name: string, given: Json, signal: AbortSignal): Promise<CallToolResult> => {
  const operation = findTool(name)
  if (!operation)
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no tool ${quote(name, 60)}. tools/list names all tools.`)
  let input: Json = {}
  try {
    input = fromArguments(operation.input, given)
    const key = operation.kind === 'mutation' ? exchange.request.headers.get('idempotency-key') : null
    const idempotency_key = readIdempotencyKey('Idempotency-Key', key)
    const { data } = await run(exchange, operation, { input, idempotency_key, say: sayTool, signal })
    return { content: [{ type: 'text', text: data }] }
  } catch (error) {
    const refusal = named(refusalOf(exchange, error))
    const text = refusalText(refusal, input, sayTool)
    return { content: [{ type: 'text', text: [text, ...correctForm(operation, refusal)].join('\n') }], isError: true }
  }
}

const fieldsIn = ({ error, details }: Refusal): FieldProblem[] =>
  error === 'invalid' && Array.isArray(details.fields) ? details.fields : []

/** The refusal of a field, under the name that it has as an argument. */
const named = (refusal: Refusal): Refusal => {
  const [{ path } = { path: '' }] = fieldsIn(refusal)
  if (path === '' || !refusal.message.startsWith(`${path} `)) return refusal
  return { ...refusal, message: `${argumentOf(path)}${refusal.message.slice(path.length)}` }
}

/** What the first wrong argument has to be. */
const correctForm = ({ input }: Operation, refusal: Refusal): string[] => {
  const [first] = fieldsIn(refusal)
  if (!first) return []
  const path = first.path.split('.')
  const whole = describeInput(input)
  const schema = schemaAt(whole, path)
  const kinds = kindsOf(schema).filter((kind) => kind !== 'null')
  const { properties } = schemaAt(whole, path.slice(0, -1))
  if (kinds.length === 0) return isRecord(properties) ? [`arguments: ${Object.keys(properties).map(argumentOf).join(', ')}`] : []
  const { description } = schema
  return [`${argumentOf(first.path)}: ${kinds.join(' or ')}${typeof description === 'string' ? `, ${description}` : ''}`]
}
