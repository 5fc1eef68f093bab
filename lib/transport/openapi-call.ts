import { EXAMPLE } from '@/lib/domain/example'
import type { AnyOperation } from '@/lib/operations/define'
import { withWords } from './field-words'
import { isRecord, type Json } from './leniency'
import { findTool } from './mcp/tools'
import { minimalOf, responsesTo } from './openapi-answers'
import { schemaOf } from './openapi-schema'
import { parametersOf } from './router'
import { sampleOf } from './sample'
import { commandOf } from './say'
import { tagOf } from './tags'

/** The description of a call under one of its addresses: what is sent with it, and what it may be answered. */
export const describeCall = (operation: AnyOperation, method: string, path: string): Json => {
  const tag = tagOf(path)
  const bodied = method !== 'GET' && method !== 'DELETE'
  const input = withWords(schemaOf(operation.input, 'input'), bodied ? 'body' : 'query')
  const properties = propertiesOf(input)
  const required = Array.isArray(input.required) ? input.required : []
  const inPath = parametersOf(path)
  const rest = Object.keys(properties).filter((name) => !inPath.includes(name))
  const example = exampleOf(operation, tag, properties, required)
  const parameters = [
    ...inPath.map((name) => parameter(name, 'path', true, properties[name], example)),
    ...(bodied ? [] : rest.map((name) => parameter(name, 'query', required.includes(name), properties[name], example))),
    { $ref: '#/components/parameters/SessionId' },
    ...(operation.kind === 'mutation' ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
    ...(minimalOf(operation) ? [{ $ref: '#/components/parameters/Prefer' }] : []),
    ...(operation.kind === 'stream' ? [{ $ref: '#/components/parameters/LastEventId' }] : []),
  ]
  const body = {
    type: 'object',
    additionalProperties: false,
    required: required.filter((name) => rest.includes(String(name))),
    properties: pick(properties, rest),
  }
  return {
    operationId: operation.name,
    tags: [tag],
    summary: operation.summary,
    'x-command': commandOf(operation),
    ...(operation.words && { 'x-words': operation.words }),
    ...(operation.asks && { 'x-asks': operation.asks }),
    'x-kind': operation.kind,
    'x-tool': toolOf(operation),
    'x-permission': operation.permission,
    ...(operation.atWork && { 'x-at-work': true }),
    parameters,
    ...(bodied ? { requestBody: { content: { 'application/json': { schema: body, example: given(example, rest) } } } } : {}),
    responses: responsesTo(operation),
  }
}

/** Whether it is a tool over MCP: among those that every client is shown, among those that a client is shown that asks for all, or not. */
const toolOf = ({ name, atWork }: AnyOperation): 'work' | 'all' | 'none' => {
  if (!findTool(name)) return 'none'
  return atWork ? 'work' : 'all'
}

/** The fields of a call that a reader can send as they are: what every call needs, and what the operation shows besides. */
const exampleOf = (operation: AnyOperation, tag: string, properties: Json, required: readonly unknown[]): Json => {
  const needed = Object.keys(properties).filter((name) => required.includes(name))
  const sampled = needed.map((name) => [name, name === 'group_id' ? EXAMPLE.group_slug : sampleOf(properties[name], name, tag)])
  return { ...Object.fromEntries(sampled), ...operation.example }
}

const parameter = (name: string, place: 'path' | 'query', required: boolean, schema: unknown = {}, example: Json = {}): Json => ({
  name,
  in: place,
  required,
  ...(isRecord(schema) && schema.description !== undefined ? { description: schema.description } : {}),
  schema,
  ...(Object.hasOwn(example, name) ? { example: example[name] } : {}),
})

const propertiesOf = (input: Json): Json => Object.fromEntries(Object.entries(isRecord(input.properties) ? input.properties : {}))

const given = (from: Json, names: readonly string[]): Json =>
  pick(
    from,
    names.filter((name) => Object.hasOwn(from, name)),
  )

const pick = (from: Json, names: readonly string[]): Json => Object.fromEntries(names.map((name) => [name, from[name]]))
