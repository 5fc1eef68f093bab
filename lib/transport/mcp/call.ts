import { type CallToolResult, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server'
import type { Refusal } from '@/lib/domain/answer'
import type { FieldProblem } from '@/lib/domain/errors'
import { costOf } from '@/lib/domain/text/cost'
import { quote } from '@/lib/domain/text/quote'
import { MOST_TOKENS, refusalText } from '@/lib/domain/text/refusal'
import type { Operation } from '@/lib/operations/define'
import { fromArguments } from '../arguments'
import { readIdempotencyKey } from '../idempotency'
import { describeInput, type Json, kindsOf, schemaAt } from '../leniency'
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
    const refusal = refusalOf(exchange, error)
    const text = refusalText(refusal, input, sayTool, argumentOf)
    return { content: [{ type: 'text', text: text + correctForm(operation, refusal, text) }], isError: true }
  }
}

/** What a wrong argument has to be, if there is room to say it. */
const correctForm = ({ input }: Operation, { error, details }: Refusal, text: string): string => {
  const [path] = error === 'invalid' && Array.isArray(details.fields) ? details.fields.map(({ path }: FieldProblem) => path) : []
  if (path === undefined) return ''
  const schema = schemaAt(describeInput(input), path.split('.'))
  const kinds = kindsOf(schema).filter((kind) => kind !== undefined && kind !== 'null')
  const { description } = schema
  const form = `\n${argumentOf(path)}: ${kinds.join(' or ')}${typeof description === 'string' ? `, ${description}` : ''}`
  return kinds.length > 0 && costOf(text + form) <= MOST_TOKENS ? form : ''
}
