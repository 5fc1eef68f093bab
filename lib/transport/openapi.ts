import { createHash } from 'node:crypto'
import * as z from 'zod'
import { PROBLEM_CODES, type ProblemCode } from '@/lib/domain/errors'
import { EXAMPLE } from '@/lib/domain/example'
import { LIMITS } from '@/lib/domain/limits'
import { PROBLEMS } from '@/lib/domain/problems'
import { OPERATIONS } from '@/lib/operations'
import type { AnyOperation, Operation } from '@/lib/operations/define'
import { EXPORT_FORMS } from './export'
import { withWords } from './field-words'
import { isRecord, type Json } from './leniency'
import { findTool } from './mcp/tools'
import { STATUS } from './problem'
import { parametersOf } from './router'
import { sampleOf } from './sample'
import { commandOf } from './say'
import { TAGS, tagOf } from './tags'
import { VERSION } from './version'

const COMMON: readonly ProblemCode[] = [
  'malformed',
  'unauthenticated',
  'invalid',
  'not_found',
  'forbidden',
  'method_not_allowed',
  'rate_limited',
  'internal',
  'busy',
  'unavailable',
]

/** The schemas that several answers share, by name. */
const shared: Json = {}

/** The JSON schema of an input or output. Shared objects are moved to `shared` and referred to. */
const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline', target: 'draft-2020-12' })
  const { $schema: _, $defs, ...json } = lifted(made)
  Object.assign(shared, $defs)
  return json
}

const lifted = (schema: object): Json => JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'))

const propertiesOf = (input: Json): Json => Object.fromEntries(Object.entries(isRecord(input.properties) ? input.properties : {}))

const refusals = (operation: AnyOperation): Json => {
  const takes = JSON.stringify(schemaOf(operation.input, 'input'))
  const byField: ProblemCode[] = []
  if (takes.includes('"expected_version"')) byField.push('version_mismatch')
  if (takes.includes('"git_pr_url"')) byField.push('invalid_url')
  const codes = [
    ...COMMON,
    ...byField,
    ...(operation.kind === 'mutation' ? (['too_large', 'unsupported_media_type', 'idempotency_mismatch'] as const) : []),
    ...operation.errors,
  ]
  const statuses = [...new Set(codes.map((code) => STATUS[code]))].sort()
  return Object.fromEntries(
    statuses.map((status) => [
      String(status),
      {
        description: codes.filter((code) => STATUS[code] === status).join(', '),
        content: {
          'application/json': {
            schema: { $ref: '#/components/schemas/Problem' },
            examples: Object.fromEntries(
              codes.filter((code) => STATUS[code] === status).map((code) => [code, { $ref: `#/components/examples/${code}` }]),
            ),
          },
          ...TEXT,
        },
      },
    ]),
  )
}

const describe = (operation: AnyOperation, method: string, path: string): Json => {
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
    'x-kind': operation.kind,
    'x-tool': toolOf(operation),
    'x-permission': operation.permission,
    ...(operation.atWork && { 'x-at-work': true }),
    parameters,
    ...(bodied ? { requestBody: { content: { 'application/json': { schema: body, example: given(example, rest) } } } } : {}),
    responses: {
      '200': operation.kind === 'stream' ? eventStream(operation) : answer(operation),
      ...refusals(operation),
    },
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

const given = (from: Json, names: readonly string[]): Json =>
  pick(
    from,
    names.filter((name) => Object.hasOwn(from, name)),
  )

const answer = (operation: Operation): Json => {
  const whole = withWords(schemaOf(operation.output, 'output'), 'answer')
  const minimal = minimalOf(operation)
  return {
    description: 'Done',
    ...(minimal ? { headers: { 'Preference-Applied': { $ref: '#/components/headers/PreferenceApplied' } } } : {}),
    content: {
      'application/json': {
        schema: {
          type: 'object',
          required: ['success', 'data', 'seq'],
          properties: {
            success: { const: true, description: 'the call was done' },
            data: {
              description: 'what was asked for',
              ...(minimal ? { anyOf: [whole, schemaOf(minimal.output, 'output')] } : whole),
            },
            seq: { type: 'integer', description: 'sequence number of the workspace at which the answer is true' },
            ...(operation.kind === 'mutation'
              ? {
                  changed: { type: 'boolean', description: 'false if everything was as wanted already, so that there is no event' },
                  replayed: { const: true, description: 'present if this answers a repeated call by its idempotency key' },
                }
              : {}),
          },
        },
      },
      ...TEXT,
      ...(operation.kind === 'query' && operation.export ? EXPORTS : {}),
    },
  }
}

/** What is answered to a request for a file. */
const EXPORTS: Json = Object.fromEntries(
  Object.values(EXPORT_FORMS).map(({ type, description }) => [type, { schema: { type: 'string', description } }]),
)

/** What is answered to `Accept: text/plain`. */
const TEXT: Json = { 'text/plain': { schema: { type: 'string' } } }

/** The form of the answer to a caller who prefers the minimal one, if there is one. */
const minimalOf = (operation: AnyOperation) => (operation.kind === 'mutation' ? operation.minimal : undefined)

const eventStream = (operation: AnyOperation): Json => ({
  description:
    'Server-Sent Events without an end. `event` is the type of an event, `data` is the event itself, and `id` is its place in the log, from which a client reads on. ' +
    'Every 15 seconds, and at the beginning, comes the event `heartbeat`: up to its place, nothing is missing that you may read. The stream ends after the event `gone` ' +
    'if what it is about is deleted or no longer readable, and after `log_replaced` if a backup was restored. A client that does not take what it is sent is cut off, and may read on. ' +
    'With `Accept: text/plain`, an event is a line of text, and a heartbeat an empty line; with `text/event-stream, text/plain;q=0.9`, such lines are the `data` of the events.',
  content: { 'text/event-stream': { schema: schemaOf(operation.output, 'output') } },
})

const pick = (from: Json, names: readonly string[]): Json => Object.fromEntries(names.map((name) => [name, from[name]]))

const PROBLEM = {
  type: 'object',
  required: ['success', 'error', 'message', 'details', 'request_id'],
  properties: {
    success: { const: false, description: 'the call was refused, and has changed nothing' },
    error: { enum: PROBLEM_CODES, description: 'the code of the refusal' },
    message: { type: 'string', description: 'what is wrong and the safe next call' },
    details: { type: 'object', description: 'one shape per code' },
    request_id: { type: 'string', description: 'names this answer in the output of the server' },
    seq: { type: 'integer', description: 'sequence number at which the refusal is true; absent if it was not judged against the data' },
  },
}

const EXAMPLES = Object.fromEntries(
  PROBLEM_CODES.map((error) => {
    const { cause, remedy, example } = PROBLEMS[error]
    const value = { success: false, error, ...example, request_id: EXAMPLE.request_id }
    return [error, { summary: cause, description: remedy, 'x-status': STATUS[error], value }]
  }),
)

const wordedSchemas = (): Json =>
  Object.fromEntries(Object.entries(shared).map(([name, schema]) => [name, isRecord(schema) ? withWords(schema, name) : schema]))

let made: { origin: string; document: Json; name: string } | null = null

/** The OpenAPI 3.1 document of all operations. */
export const openApi = (origin: string): Json => makeOnce(origin).document

/** A name of the document that is another one as soon as the document is, so that a client can keep a copy. */
export const nameOfOpenApi = (origin: string): string => makeOnce(origin).name

/** It is made once, as long as the origin stays the same. */
const makeOnce = (origin: string) => {
  if (made?.origin === origin) return made
  const paths: Record<string, Json> = {}
  for (const operation of OPERATIONS) {
    for (const route of operation.routes) {
      const [method = '', path = ''] = route.split(' ')
      const name = path.replace(/:(\w+)/g, '{$1}')
      paths[name] = { ...paths[name], [method.toLowerCase()]: describe(operation, method, path) }
    }
  }
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'Cairn',
      version: VERSION,
      summary: 'Work is never completed out of order.',
      description: `A coordinator for AI agents and the people who work with them. ${origin}/docs/api explains the same calls to read, and ${origin}/docs/api.md as Markdown.`,
    },
    servers: [{ url: `${origin}/api` }],
    security: [{ key: [] }],
    tags: TAGS,
    paths,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', bearerFormat: 'sk_live_…' } },
      parameters: {
        SessionId: {
          name: 'X-Session-Id',
          in: 'header',
          schema: { type: 'string', maxLength: LIMITS.session_id },
          description:
            'tells agents apart that share a key: whoever sends the same one holds its claims without their claim_id; X-Clink-Session-Id is the same',
        },
        IdempotencyKey: {
          name: 'Idempotency-Key',
          in: 'header',
          schema: { type: 'string', minLength: 1, maxLength: 200 },
          description: 'a call that is repeated with the same key within 7 days takes effect once',
        },
        LastEventId: {
          name: 'Last-Event-ID',
          in: 'header',
          schema: { type: 'string' },
          description: 'the last `id` that you have read, after which the stream goes on; it takes precedence over `after`',
        },
        Prefer: {
          name: 'Prefer',
          in: 'header',
          schema: { type: 'string' },
          description: '`return=minimal` (RFC 7240): answer with what changed instead of the whole milestone',
        },
      },
      headers: {
        PreferenceApplied: {
          schema: { const: 'return=minimal' },
          description: 'the answer is the minimal one, as preferred; absent if it is the whole milestone',
        },
      },
      examples: EXAMPLES,
      schemas: { Problem: PROBLEM, ...wordedSchemas() },
    },
  }
  const name = createHash('sha1').update(JSON.stringify(document)).digest('hex').slice(0, 12)
  made = { origin, document, name }
  return made
}
