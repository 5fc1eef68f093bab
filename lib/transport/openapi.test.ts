import { beforeAll, describe, expect, it } from 'vitest'
import { createMilestone, OPERATIONS, updateGroup } from '@/lib/operations'
import { agentKey, expiredKey, makePerson, restAs, revokedKey, type TestKey, userKey } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { requestOf, sampleOf } from '@/lib/testing/samples'
import { type Json, kindsOf } from './leniency'
import { STATUS } from './problem'

/** Everything of a JSON document with a property of this name. */
const all = (value: Data, name: string): Data[] => {
  if (typeof value !== 'object' || value === null) return []
  return [...(Object.hasOwn(value, name) ? [value[name]] : []), ...Object.values(value).flatMap((inner) => all(inner, name))]
}

const at = (document: Data, pointer: string): Data =>
  pointer
    .slice(2)
    .split('/')
    .reduce((value: Data, step) => value?.[step], document)

describe('the description', () => {
  const test = useInstance()
  let document: Data
  let owner: TestKey

  beforeAll(async () => {
    owner = await userKey(test)
    document = (await owner.call('GET', '/openapi.json')).json
  })

  it('lists every route of every operation, and no other', () => {
    const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    )
    expect(listed.sort()).toEqual(OPERATIONS.flatMap(({ routes }) => routes).sort())
  })

  it('is OpenAPI 3.1 whose references lead somewhere and whose schemas have known types', () => {
    expect(document.openapi).toMatch(/^3\.1\./)
    expect(document.info).toMatchObject({ title: expect.any(String), version: expect.any(String) })
    const references = all(document, '$ref')
    expect(references).not.toEqual([])
    for (const reference of references) expect(at(document, reference), reference).toBeTypeOf('object')
    const types = all(document.paths, 'type').flat()
    expect([...new Set(types)].sort()).toEqual(['array', 'boolean', 'integer', 'null', 'object', 'string'])
  })

  it('says of every call that answers once that it and its refusals are answered in text too', () => {
    const calls = Object.values<Data>(document.paths).flatMap((methods) => Object.values<Data>(methods))
    const answering = calls.filter((call) => call['x-kind'] !== 'stream')
    expect(answering.length).toBeGreaterThan(30)
    for (const { operationId, responses } of answering)
      for (const [status, { content }] of Object.entries<Data>(responses))
        expect(content['text/plain'], `${status} of ${operationId}`).toEqual({ schema: { type: 'string' } })
  })

  it('names each operation once, says what it does, and which of its fields are in the path', () => {
    const operations = Object.entries<Data>(document.paths).flatMap(([path, methods]) =>
      Object.entries<Data>(methods).map(([method, described]) => ({ path, method, ...described })),
    )
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
    for (const { path, method, operationId, summary, parameters, requestBody } of operations) {
      expect(summary.length, operationId).toBeGreaterThan(10)
      const inPath = parameters.filter((parameter: Data) => parameter.in === 'path').map(({ name }: Data) => name)
      expect(inPath, operationId).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))
      expect(requestBody !== undefined, operationId).toBe(method === 'post' || method === 'patch')
      const body = requestBody?.content['application/json'].schema
      for (const name of inPath) expect(Object.keys(body?.properties ?? {}), operationId).not.toContain(name)
      expect(body?.additionalProperties ?? false, operationId).toBe(false)
    }
  })

  it.each(OPERATIONS.map((operation) => [operation.name, operation] as const))('lists the refusals of %s', (_name, operation) => {
    const [method = '', path = ''] = (operation.routes[0] ?? '').split(' ')
    const { responses } = document.paths[path.replace(/:(\w+)/g, '{$1}')][method.toLowerCase()]
    const mutation = ['idempotency_mismatch', 'too_large', 'unsupported_media_type'] as const
    const fields = Object.keys(
      document.paths[path.replace(/:(\w+)/g, '{$1}')][method.toLowerCase()].requestBody?.content['application/json'].schema.properties ??
        {},
    )
    const wanted = [
      'unauthenticated',
      'not_found',
      'forbidden',
      'invalid',
      ...operation.errors,
      ...(operation.kind === 'mutation' ? mutation : []),
      ...(fields.includes('expected_version') || operation.name === 'delete_checkpoint' ? ['version_mismatch'] : []),
      ...(fields.some((field) => field.startsWith('git_')) || operation.name === 'create_milestone' ? ['invalid_url'] : []),
    ] as const
    for (const code of wanted) expect(responses[STATUS[code as keyof typeof STATUS]]?.description.split(', '), code).toContain(code)
  })

  it('offers the minimal answer where there is one, beside the whole one', () => {
    const offered = OPERATIONS.filter((operation) => {
      if (operation.kind === 'stream') return false
      const [method = '', path = ''] = (operation.routes[0] ?? '').split(' ')
      const { parameters, responses } = document.paths[path.replace(/:(\w+)/g, '{$1}')][method.toLowerCase()]
      const names = parameters.map((parameter: Data) => (parameter.$ref ? at(document, parameter.$ref) : parameter).name)
      const { headers = {}, content } = responses['200']
      const { anyOf = [] } = content['application/json']?.schema.properties.data ?? {}
      const schemas = anyOf.map((schema: Data) => (schema.$ref ? at(document, schema.$ref) : schema))
      const isOffered = [names.includes('Prefer'), 'Preference-Applied' in headers, schemas.length === 2]
      expect(new Set(isOffered).size, operation.name).toBe(1)
      if (!isOffered[0]) return false
      expect(Object.keys(schemas[1].properties).sort()).toEqual(['checkpoint', 'milestone_id', 'progress', 'status', 'version'])
      expect(Object.keys(schemas[0].properties), operation.name).toContain('checkpoints')
      return true
    })
    expect(offered).toEqual(OPERATIONS.filter((operation) => operation.kind === 'mutation' && operation.minimal))
    expect(offered.length).toBeGreaterThan(9)
  })

  it('[L1] offers every call the header that tells agents apart', () => {
    for (const methods of Object.values<Data>(document.paths))
      for (const { operationId, parameters } of Object.values<Data>(methods)) {
        const named = parameters.map((parameter: Data) => (parameter.$ref ? at(document, parameter.$ref) : parameter))
        expect(named, operationId).toContainEqual(expect.objectContaining({ name: 'X-Session-Id', in: 'header' }))
      }
  })

  it('describes a stream as one of events, with the header by which a client reads on', () => {
    const { responses, parameters } = document.paths['/events/stream'].get
    expect(Object.keys(responses['200'].content)).toEqual(['text/event-stream'])
    expect(at(document, responses['200'].content['text/event-stream'].schema.$ref).properties).toHaveProperty('checkpoint_id')
    const named = parameters.map((parameter: Data) => (parameter.$ref ? at(document, parameter.$ref) : parameter))
    expect(named).toContainEqual(expect.objectContaining({ name: 'Last-Event-ID', in: 'header' }))
    const after = named.find(({ name }: Data) => name === 'after')
    expect(kindsOf(after.schema).filter((kind) => kind !== undefined)).toEqual(['integer', 'string'])
    expect(responses[409].description).toBe('log_replaced')
  })

  it('takes a reference as a number and as text, and an address as text', () => {
    const { properties } = document.paths['/milestones/{milestone_id}/checkpoints'].post.requestBody.content['application/json'].schema
    const typesOf = (schema: Json) => kindsOf(schema).filter((type) => type !== undefined)
    expect(typesOf(properties.depends_on.items)).toEqual(['integer', 'string'])
    expect(typesOf(properties.git_pr_url)).toEqual(['string', 'null'])
  })

  it('does not depend on who asks, and is not for everybody', async () => {
    const stranger = await userKey(test, await makePerson(test, 'Reader of descriptions'))
    expect((await stranger.call('GET', '/openapi.json')).json).toEqual(document)
    expect(await restAs(test, null)('GET', '/openapi.json')).toMatchObject({ status: 401 })
    expect(await stranger.call('POST', '/openapi.json', {})).toMatchObject({ status: 405 })
  })

  it('is refused to a key that is revoked or expired, by any method', async () => {
    for (const { call } of [await revokedKey(test), await expiredKey(test)]) {
      expect(await call('GET', '/openapi.json')).toMatchObject({ status: 401, error: 'unauthenticated' })
      expect(await call('POST', '/openapi.json', {})).toMatchObject({ status: 401, error: 'unauthenticated' })
    }
  })
})

/**
 * Of which keys and invitations there are, only those know who may end them. A group is given away and left beside the one of the agent, which finds
 * nothing outside of its own.
 */
const UNSEEN = ['revoke_key', 'revoke_invitation', 'transfer_group', 'leave_group']

describe('an answer', () => {
  const test = useInstance()

  it.each(OPERATIONS.map((operation) => [operation.name, operation] as const))(
    'of %s has exactly the fields of its output, for a member and for a stranger',
    async (_name, operation) => {
      const group_id = await makeGroup(test)
      const { call: owner } = await userKey(test)
      const callers = [owner, (await agentKey(test, group_id)).call, (await userKey(test, await makePerson(test, 'Stranger'))).call]
      for (const call of callers) {
        const { method, path, body } = requestOf(operation, await sampleOf(operation, { test, group_id, by: test.owner }))
        const reply = await call(method, path, body)
        const unseen = UNSEEN.includes(operation.name) ? 404 : 403
        if (call !== owner && (reply.status === 403 || reply.status === unseen)) continue
        expect(reply.status, reply.text).toBe(200)
        if (operation.kind === 'stream') continue
        expect(operation.output.parse(reply.data)).toEqual(reply.data)
        expect(reply.changed).toBe(operation.kind === 'mutation' ? true : undefined)
      }
    },
  )

  it('has them too with gates, completions, links, and dependencies that the caller may and may not see', async () => {
    const group_id = await makeGroup(test)
    const hidden = await makeGroup(test)
    const far = await makeMilestone(test, hidden, { Far: [] })
    const near = await makeMilestone(test, group_id, { Near: [] })
    const depends_on = [`${far.milestone_id}:1`, `${near.milestone_id}:1`]
    const git_pr_url = 'https://git.test/1'
    const checkpoints = [
      { title: 'A', git_pr_url },
      { title: 'B', depends_on, requires_consensus: true },
      { title: 'C', depends_on: [2] },
    ]
    const { milestone_id, project_id } = (await test.run(createMilestone, { group_id, title: 'All', checkpoints })).data
    const { call } = await userKey(test)
    await call('POST', `/milestones/${milestone_id}/checkpoints/1/complete`, { note: 'done' }, { 'x-session-id': 's' })
    const stranger = await userKey(test, await makePerson(test, 'Masked'))
    const input = {
      get_milestone: { milestone_id },
      get_project_graph: { project_id },
      get_milestone_graph: { milestone_id },
      list_events: {},
      list_project_overview: {},
    }
    const readings = OPERATIONS.filter(({ name }) => name in input)
    expect(readings).toHaveLength(Object.keys(input).length)
    for (const visibility of ['workspace', 'private']) {
      await test.run(updateGroup, { group_id: hidden, visibility })
      for (const operation of readings) {
        const { method, path } = requestOf(operation, Object.entries(input).find(([name]) => name === operation.name)?.[1] ?? {})
        for (const as of [call, stranger.call]) {
          const { data } = await as(method, path)
          expect(operation.output.parse(data), operation.name).toEqual(data)
        }
      }
    }
  })
})
