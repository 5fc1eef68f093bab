import { type CallToolResult, ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server'
import { quote } from '@/lib/domain/text/quote'
import { refusalText } from '@/lib/domain/text/refusal'
import { fromArguments } from '../arguments'
import { formOf } from '../correct-form'
import { readIdempotencyKey } from '../idempotency'
import type { Json } from '../leniency'
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
    const text = refusalText(refusal, input, sayTool, { nameOf: argumentOf, form: formOf(operation, refusal, argumentOf) })
    return { content: [{ type: 'text', text }], isError: true }
  }
}
