import type { ProblemCode } from '@/lib/domain/errors'
import type { AnyOperation, Operation } from '@/lib/operations/define'
import { EXPORT_FORMS } from './export'
import { withWords } from './field-words'
import type { Json } from './leniency'
import { schemaOf } from './openapi-schema'
import { STATUS } from './problem'

// How the description of the API tells what a call may be answered.

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

/** What is answered to `Accept: text/plain`. */
const TEXT: Json = { 'text/plain': { schema: { type: 'string' } } }

/** What is answered to a request for a file. */
const EXPORTS: Json = Object.fromEntries(
  Object.values(EXPORT_FORMS).map(({ type, description }) => [type, { schema: { type: 'string', description } }]),
)

/** The answers to a call, by status. */
export const responsesTo = (operation: AnyOperation): Json => ({
  '200': operation.kind === 'stream' ? eventStream(operation) : answer(operation),
  ...refusals(operation),
})

/** The form of the answer to a caller who prefers the minimal one, if there is one. */
export const minimalOf = (operation: AnyOperation) => (operation.kind === 'mutation' ? operation.minimal : undefined)

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

const eventStream = (operation: AnyOperation): Json => ({
  description:
    'Server-Sent Events without an end. `event` is the type of an event, `data` is the event itself, and `id` is its place in the log, from which a client reads on. ' +
    'Every 15 seconds, and at the beginning, comes the event `heartbeat`: up to its place, nothing is missing that you may read. The stream ends after the event `gone` ' +
    'if what it is about is deleted or no longer readable, and after `log_replaced` if a backup was restored. A client that does not take what it is sent is cut off, and may read on. ' +
    'With `Accept: text/plain`, an event is a line of text, and a heartbeat an empty line; with `text/event-stream, text/plain;q=0.9`, such lines are the `data` of the events.',
  content: { 'text/event-stream': { schema: schemaOf(operation.output, 'output') } },
})

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
