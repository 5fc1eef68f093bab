import {
  classifyInboundRequest,
  PROTOCOL_VERSION_META_KEY,
  ProtocolError,
  ProtocolErrorCode,
  type StandardSchemaV1Sync,
  specTypeSchemas,
} from '@modelcontextprotocol/server'
import { cut, plain } from '@/lib/domain/text/quote'
import { isRecord } from '../leniency'

// The SDK answers parameters of a wrong form with what its validation prints, and most of them as an error of the server. They are judged here before.

/** `only`: the era that has the method, if the other has not. In that one, the SDK says so, whatever the parameters are. */
type Form = { readonly schema: StandardSchemaV1Sync; readonly example: string; readonly only?: 'legacy' | 'modern' }

const PAGE: Form = { schema: specTypeSchemas.PaginatedRequestParams, example: '{"cursor":"…"}' }

const FORMS: ReadonlyMap<string, Form> = new Map<string, Form>([
  [
    'initialize',
    {
      only: 'legacy',
      schema: specTypeSchemas.InitializeRequestParams,
      example: '{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"…","version":"…"}}',
    },
  ],
  ['server/discover', { only: 'modern', schema: specTypeSchemas.PaginatedRequestParams, example: '{}' }],
  ['ping', { only: 'legacy', schema: specTypeSchemas.PaginatedRequestParams, example: '{}' }],
  ['tools/list', PAGE],
  ['tools/call', { schema: specTypeSchemas.CallToolRequestParams, example: '{"name":"list_groups","arguments":{}}' }],
  ['prompts/list', PAGE],
  ['prompts/get', { schema: specTypeSchemas.GetPromptRequestParams, example: '{"name":"resume_work","arguments":{"group":"…"}}' }],
  ['resources/list', PAGE],
  ['resources/templates/list', PAGE],
  ['resources/read', { schema: specTypeSchemas.ReadResourceRequestParams, example: '{"uri":"cairn://milestones/ms_…"}' }],
  [
    'subscriptions/listen',
    {
      only: 'modern',
      schema: specTypeSchemas.SubscriptionsListenRequestParams,
      example: '{"notifications":{"resourceSubscriptions":["cairn://milestones/ms_…"]}}',
    },
  ],
])

/** No message needs more levels. A validation that calls itself for each level would end the call with an error of the server. */
const MOST_LEVELS = 64

/** What names something is repeated by errors of the SDK. No name, address or revision is as long. */
const LONGEST_NAME = 100

const LONGEST_PATH = 60

const KINDS: { [kind: string]: string } = {
  object: 'an object',
  record: 'an object',
  array: 'an array',
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
}

/** The error that answers a message whose parameters have a wrong form, or null. It says which of them is wrong, and how they look. */
export const wrongParams = (message: unknown): ProtocolError | null => {
  if (isDeeper(message, MOST_LEVELS)) return invalid(`The message is nested more than ${MOST_LEVELS} levels deep. Send a flatter one.`)
  if (!isRecord(message)) return null
  const { method, params = {} } = message
  const form = formOf(String(method), message)
  const wrong = (form && wrongIn(form.schema, params)) ?? longIn(params)
  return wrong ? invalid(`${wrong}.${form ? ` The params of ${method} look like ${form.example}.` : ''}`) : null
}

const formOf = (method: string, message: unknown): Form | null => {
  const form = FORMS.get(method) ?? null
  const isServed = !form?.only || classifyInboundRequest({ httpMethod: 'POST', body: message }).kind === form.only
  return isServed ? form : null
}

const invalid = (message: string) => new ProtocolError(ProtocolErrorCode.InvalidParams, message)

const isDeeper = (value: unknown, most: number): boolean =>
  typeof value === 'object' && value !== null && (most === 0 || Object.values(value).some((inner) => isDeeper(inner, most - 1)))

const wrongIn = (schema: StandardSchemaV1Sync, params: unknown): string | null => {
  const [issue] = schema['~standard'].validate(params).issues ?? []
  if (!issue) return null
  const path = ['params', ...(issue.path ?? []).map((step) => String(typeof step === 'object' ? step.key : step))].join('.')
  const { expected = '', received = '' } = /expected (?<expected>\w+), received (?<received>\w+)/.exec(issue.message)?.groups ?? {}
  const place = cut(plain(path), LONGEST_PATH)
  if (received === 'undefined') return `${place} is missing`
  const kind = KINDS[expected]
  return kind ? `${place} has to be ${kind}, and not ${KINDS[received] ?? received}` : `${place} has a wrong form`
}

const longIn = (params: unknown): string | null => {
  const given = isRecord(params) ? params : {}
  const told = isRecord(given._meta) ? given._meta[PROTOCOL_VERSION_META_KEY] : null
  const named = { name: given.name, uri: given.uri, protocolVersion: given.protocolVersion, [`_meta.${PROTOCOL_VERSION_META_KEY}`]: told }
  const long = Object.entries(named).find(([, value]) => typeof value === 'string' && value.length > LONGEST_NAME)
  return long ? `params.${long[0]} has more than ${LONGEST_NAME} characters` : null
}
