import { createHash } from 'node:crypto'
import { PROBLEM_CODES } from '@/lib/domain/errors'
import { EXAMPLE } from '@/lib/domain/example'
import { LIMITS } from '@/lib/domain/limits'
import { PROBLEMS } from '@/lib/domain/problems'
import { OPERATIONS } from '@/lib/operations'
import type { Json } from './leniency'
import { describeCall } from './openapi-call'
import { sharedSchemas } from './openapi-schema'
import { STATUS } from './problem'
import { TAGS } from './tags'
import { VERSION } from './version'

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
      paths[name] = { ...paths[name], [method.toLowerCase()]: describeCall(operation, method, path) }
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
      schemas: { Problem: PROBLEM, ...sharedSchemas() },
    },
  }
  const name = createHash('sha1').update(JSON.stringify(document)).digest('hex').slice(0, 12)
  made = { origin, document, name }
  return made
}
