import { isRecord, type Json } from '../leniency'
import { openApi } from '../openapi'
import { sampleObject } from '../sample'
import { type Field, fieldOf, fieldsOf } from './fields'
import { pretty } from './pretty'
import { type Snippets, snippetsOf } from './snippets'

/** A reason for which a call may be refused. */
export type Code = { code: string; status: number; cause: string; remedy: string; example: string }

export type Call = {
  name: string
  method: string
  path: string
  summary: string
  /** Who may make it, in a sentence. */
  needs: string
  /** Whether it is a tool that every MCP client is shown, one that is shown only to clients that ask for all, or none. */
  tool: 'work' | 'all' | 'none'
  parameters: readonly (Field & { place: 'path' | 'query' })[]
  body: readonly Field[]
  /** The objects that it answers with, or the fields of its answer if that has no name. */
  answer: { objects: readonly string[]; fields: readonly Field[]; isStream: boolean }
  prefersMinimal: boolean
  /** The refusals of this call, besides those of all calls and of all changes. */
  refusals: readonly string[]
  isChange: boolean
  snippets: Snippets
}

/** Everything that the documentation says about the calls, made from their description. */
export type Reference = {
  origin: string
  nouns: readonly { noun: string; description: string; calls: readonly Call[] }[]
  objects: readonly { name: string; fields: readonly Field[]; example: string }[]
  codes: readonly Code[]
  /** The codes with which any call may be refused, and those with which any change may be, too. */
  common: { calls: readonly string[]; changes: readonly string[] }
}

const records = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isRecord) : [])
const record = (value: unknown): Json => (isRecord(value) ? value : {})
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The value at a path of keys. */
const at = (value: unknown, ...keys: readonly string[]): unknown => keys.reduce((inner: unknown, key) => record(inner)[key], value)

const JSON_TYPE = 'application/json'

let made: Reference | null = null

/** It is made once, as long as the origin stays the same. */
export const referenceFor = (origin: string): Reference => {
  if (made?.origin !== origin) made = make(openApi(origin), origin)
  return made
}

const make = (document: Json, origin: string): Reference => {
  const described = Object.entries(record(document.paths)).flatMap(([path, methods]) =>
    Object.entries(record(methods)).map(([method, call]) => ({ path, method: method.toUpperCase(), call: record(call) })),
  )
  const codesOfAll = described.map(({ call }) => codesOf(call))
  const calls = codesOfAll.reduce((common, codes) => common.filter((code) => codes.includes(code)))
  const changes = codesOfAll
    .filter((_codes, index) => described[index]?.call['x-kind'] === 'mutation')
    .reduce((common, codes) => common.filter((code) => codes.includes(code)))
    .filter((code) => !calls.includes(code))
  const schemas = record(at(document, 'components', 'schemas'))
  return {
    origin,
    nouns: records(document.tags).map(({ name, description }) => ({
      noun: text(name),
      description: text(description),
      calls: described
        .filter(({ call }) => Array.isArray(call.tags) && call.tags[0] === name)
        .map((one) => callOf(one, [...calls, ...changes], origin)),
    })),
    objects: Object.keys(schemas)
      .filter((name) => name !== 'Problem')
      .map((name) => ({ name, fields: fieldsOf(schemas[name]), example: pretty(sampleObject(name, schemas)) })),
    codes: catalogueOf(document),
    common: { calls, changes },
  }
}

type Described = { path: string; method: string; call: Json }

const codesOf = (call: Json): string[] =>
  Object.values(record(call.responses)).flatMap((response) => Object.keys(record(at(response, 'content', JSON_TYPE, 'examples'))))

const callOf = ({ path, method, call }: Described, common: readonly string[], origin: string): Call => {
  const parameters = records(call.parameters).filter(({ name }) => typeof name === 'string')
  const body = at(call.requestBody, 'content', JSON_TYPE, 'schema')
  const example = (place: string) =>
    Object.fromEntries(parameters.flatMap((one) => (one.in === place && 'example' in one ? [[text(one.name), one.example]] : [])))
  const isStream = call['x-kind'] === 'stream'
  const tool = call['x-tool']
  return {
    name: text(call.operationId),
    method,
    path,
    summary: text(call.summary),
    needs: needsOf(text(call['x-permission'])),
    tool: tool === 'work' || tool === 'all' ? tool : 'none',
    parameters: parameters.flatMap((one) => {
      const place = one.in === 'path' ? 'path' : 'query'
      return fieldOf(record(one.schema), text(one.name), 0, one.required === true).map((field) => ({ ...field, place }) as const)
    }),
    body: fieldsOf(body),
    answer: answerOf(call, isStream),
    prefersMinimal: records(call.parameters).some(({ $ref }) => text($ref).endsWith('/Prefer')),
    refusals: codesOf(call).filter((code) => !common.includes(code)),
    isChange: call['x-kind'] === 'mutation',
    snippets: snippetsOf(
      {
        operation: text(call.operationId),
        method,
        path,
        params: example('path'),
        query: example('query'),
        body: body === undefined ? null : record(at(call.requestBody, 'content', JSON_TYPE, 'example')),
        isTool: tool !== 'none',
        isStream,
      },
      origin,
    ),
  }
}

const needsOf = (permission: string): string => {
  if (permission === 'anyone') return 'Any key may call it.'
  if (permission === 'person') return 'A person may call it, but no agent.'
  if (permission === 'admin') return 'An admin of the group may call it.'
  if (permission === 'owner') return 'The owner of the group may call it, and so may the owner of the instance.'
  return `It needs the permission \`${permission}\`.`
}

const answerOf = (call: Json, isStream: boolean): Call['answer'] => {
  const content = at(call.responses, '200', 'content')
  const schema = record(isStream ? at(content, 'text/event-stream', 'schema') : at(content, JSON_TYPE, 'schema', 'properties', 'data'))
  const objects = [schema, ...records(schema.anyOf)].flatMap(({ $ref }) => (typeof $ref === 'string' ? [$ref.split('/').at(-1) ?? ''] : []))
  return { objects, fields: fieldsOf(schema), isStream }
}

const catalogueOf = (document: Json): Code[] =>
  Object.entries(record(at(document, 'components', 'examples'))).map(([code, example]) => ({
    code,
    status: Number(at(example, 'x-status')),
    cause: text(at(example, 'summary')),
    remedy: text(at(example, 'description')),
    example: pretty(at(example, 'value')),
  }))
