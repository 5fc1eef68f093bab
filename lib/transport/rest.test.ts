import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import pg from 'pg'
import { describe, expect, it, vi } from 'vitest'
import { connect as connectAsOwner, openPool } from '@/db/client'
import { LIMITS } from '@/lib/domain/limits'
import { log } from '@/lib/log.mjs'
import { type CallRest, type Reply, replyOf, restAs, userKey } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { fillLane } from '@/lib/testing/lane'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { refuseChanges } from '@/lib/testing/refusing'
import { positionOf } from '@/lib/testing/watch'
import { toProblem } from './problem'
import { handleRest } from './rest'

/** A wire to PostgreSQL that breaks when this text goes over it. */
const cutAt = async (target: string, text: string) => {
  const { hostname, port } = new URL(target)
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    const end = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end)
    client.on('data', (bytes) => (bytes.includes(text) ? end() : upstream.write(bytes)))
    upstream.on('data', (bytes) => client.write(bytes))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String(typeof address === 'object' ? address?.port : '')
  return { url: url.href, close: () => new Promise((resolve) => server.close(resolve)) }
}

describe('REST', () => {
  const test = useInstance()

  const asOwner = async (): Promise<CallRest> => (await userKey(test)).call
  const anonymous: CallRest = (...call) => restAs(test, null)(...call)
  const fieldsOf = ({ details }: Reply): string[] => details.fields.map(({ path }: { path: string }) => path)

  describe('the envelope', () => {
    it('of a read has data and seq, and nothing else', async () => {
      const call = await asOwner()
      const { status, json, headers } = await call('GET', '/groups')
      expect(status).toBe(200)
      expect(Object.keys(json).sort()).toEqual(['data', 'seq', 'success'])
      expect(json).toMatchObject({ success: true, seq: (await positionOf(test)).seq })
      expect(headers.get('content-type')).toMatch(/^application\/json/)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('cache-control')).toContain('private')
    })

    it('of a change says whether it changed anything', async () => {
      const call = await asOwner()
      const { json } = await call('POST', '/groups', { name: 'Envelope' })
      expect(Object.keys(json).sort()).toEqual(['changed', 'data', 'seq', 'success'])
      expect(json.changed).toBe(true)
      const again = await call('PATCH', '/groups/envelope', { name: 'Envelope' })
      expect(again.json).toMatchObject({ success: true, changed: false, seq: json.seq, data: json.data })
      expect(again.headers.get('cache-control')).toBe('no-store')
    })

    it('of a refusal has a code, a sentence, facts and the id of the request; and seq once it was judged against the data', async () => {
      const call = await asOwner()
      const { seq } = await positionOf(test)
      const judged = await call('GET', '/milestones/ms_nowhere')
      expect(Object.keys(judged.json).sort()).toEqual(['details', 'error', 'message', 'request_id', 'seq', 'success'])
      expect(judged).toMatchObject({ status: 404, success: false, error: 'not_found', seq })
      expect(judged.message).toMatch(/\.$/)
      expect(judged.headers.get('x-request-id')).toBe(judged.request_id)
      const changing = await call('POST', '/milestones/ms_nowhere/reopen')
      expect(changing).toMatchObject({ status: 404, seq })
      const unjudged = await call('POST', '/groups', { nome: 1 })
      expect(Object.keys(unjudged.json).sort()).toEqual(['details', 'error', 'message', 'request_id', 'success'])
    })

    it('names every request by an id of its own', async () => {
      const call = await asOwner()
      const ids = await Promise.all([1, 2, 3].map(async () => (await call('GET', '/groups')).headers.get('x-request-id')))
      expect(new Set(ids).size).toBe(3)
    })

    it('of what is not ours to explain has no text', () => {
      const logged = vi.spyOn(log, 'error').mockImplementation(() => undefined)
      const problem = toProblem(new Error('password=hunter2'), 'r')
      expect(problem).toMatchObject({ error: 'internal', details: {}, request_id: 'r' })
      expect(JSON.stringify(problem)).not.toContain('hunter2')
      expect(logged).toHaveBeenCalledOnce()
      logged.mockRestore()
    })

    it('[F9] of a failed query is logged without the statement and its parameters', () => {
      const logged = vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
      const cause = new Error('out of memory')
      toProblem(new Error('Failed query: select s3cr3t\nfrom s3cr3t\nparams: s3cr3t', { cause }), 'r')
      expect(JSON.stringify(logged.mock.calls)).toContain('out of memory')
      expect(JSON.stringify(logged.mock.calls)).not.toContain('s3cr3t')
      logged.mockRestore()
    })
  })

  describe('the address', () => {
    it('that nothing answers is 404 as JSON, whatever the method', async () => {
      const call = await asOwner()
      for (const path of ['', '/', '/nothing', '/groups/a/b/c', '/api/groups', '/Groups'])
        expect(await call('GET', path)).toMatchObject({ status: 404, error: 'not_found' })
      expect(await call('PUT', '/nothing')).toMatchObject({ status: 404, error: 'not_found' })
    })

    it('with another method is 405 with Allow', async () => {
      const call = await asOwner()
      const wrong = await call('PUT', '/groups', {})
      expect(wrong).toMatchObject({ status: 405, error: 'method_not_allowed', details: { allowed: ['GET', 'POST'] } })
      expect(wrong.headers.get('allow')).toBe('GET, POST')
      expect((await call('DELETE', '/groups/x')).headers.get('allow')).toBe('GET, PATCH')
      expect((await call('OPTIONS', '/milestones/ms_x')).headers.get('allow')).toBe('DELETE, GET, PATCH')
      expect((await anonymous('POST', '/health', {})).headers.get('allow')).toBe('GET')
    })

    it('is decoded once, segment by segment', async () => {
      const call = await asOwner()
      await makeGroup(test, { name: 'Decoded', slug: 'decoded' })
      expect((await call('GET', '/groups/%64ecoded')).data.slug).toBe('decoded')
      expect(await call('GET', '/groups/%2564ecoded')).toMatchObject({ status: 404 })
      expect(await call('GET', '/groups/decoded%2Fmembers')).toMatchObject({ status: 404, error: 'not_found' })
    })

    it('may end with a slash and have empty segments', async () => {
      const call = await asOwner()
      expect((await call('GET', '/groups/')).status).toBe(200)
      expect((await call('GET', '//groups//')).status).toBe(200)
    })

    it('with broken percent-encoding is 400, with a NUL 422', async () => {
      const call = await asOwner()
      for (const path of ['/groups/%', '/groups/%zz', '/groups/%ff', '/groups/%ed%a0%80'])
        expect(await call('GET', path)).toMatchObject({ status: 400, error: 'malformed' })
      expect(await call('GET', '/groups/a%00b')).toMatchObject({ status: 422, error: 'invalid' })
      expect(await call('GET', '/milestones/ms_%00')).toMatchObject({ status: 422, error: 'invalid' })
    })

    it('of its health needs no credentials', async () => {
      for (const path of ['/health', '/health/', '/health/ready']) expect((await anonymous('GET', path)).status, path).toBe(200)
    })
  })

  /** A body of many chunks, that counts how many were asked for. */
  const streamed = (chunks: number, bytes: number) => {
    const asked = { chunks: 0, cancelled: false }
    const body = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          if (asked.chunks++ < chunks) controller.enqueue(new Uint8Array(bytes).fill(32))
          else controller.close()
        },
        cancel: () => {
          asked.cancelled = true
        },
      },
      { highWaterMark: 0 },
    )
    return { asked, body }
  }

  describe('the body', () => {
    const post = async (body: BodyInit, headers: Record<string, string> = { 'content-type': 'application/json' }) => {
      const { secret } = await userKey(test)
      const init = { method: 'POST', headers: { authorization: `Bearer ${secret}`, ...headers }, body, duplex: 'half' }
      return replyOf(await handleRest(test.instance, new Request('http://cairn.test/api/groups', init)))
    }

    it('[F7] of exactly 256 KiB is taken, of one byte more refused', async () => {
      const text = JSON.stringify({ name: 'As large as may be' })
      expect((await post(text + ' '.repeat(LIMITS.body_bytes - text.length))).status).toBe(200)
      const larger = await post(text + ' '.repeat(LIMITS.body_bytes - text.length + 1))
      expect(larger).toMatchObject({ status: 413, error: 'too_large', details: { limit_bytes: 262_144 } })
    })

    it('[F7] that announces more is refused unread', async () => {
      const { asked, body } = streamed(4, 10)
      const headers = { 'content-type': 'application/json', 'content-length': '262145' }
      expect(await post(body, headers)).toMatchObject({ status: 413, error: 'too_large' })
      expect(asked.chunks).toBe(0)
    })

    it('[F7] that announces nothing is refused while it is read, not after', async () => {
      const { asked, body } = streamed(1_000, 64 * 1024)
      expect(await post(body)).toMatchObject({ status: 413, error: 'too_large' })
      expect(asked.chunks).toBeLessThan(10)
      expect(asked.cancelled).toBe(true)
    })

    it('of another media type is 415, and so is an encoded one', async () => {
      const text = JSON.stringify({ name: 'Typed' })
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonx', ''])
        expect(await post(text, { 'content-type': type }), type).toMatchObject({ status: 415, error: 'unsupported_media_type' })
      const encoded = await post(text, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      expect(encoded).toMatchObject({ status: 415, error: 'unsupported_media_type' })
    })

    it('may name its charset, in any case', async () => {
      expect((await post('{"name":"Charset"}', { 'content-type': 'Application/JSON; charset=utf-8' })).status).toBe(200)
    })

    it('that is not JSON in UTF-8 is 400', async () => {
      for (const body of ['{', 'name=x', "{'name':1}", ' ', '{"a":1}{}', 'NaN'])
        expect(await post(body), body).toMatchObject({ status: 400, error: 'malformed' })
      expect(await post(Uint8Array.from([0x22, 0xff, 0x22]))).toMatchObject({ status: 400, error: 'malformed' })
    })

    it('that is JSON but no object is 422', async () => {
      for (const body of ['[]', 'null', '1', '"x"', 'true']) expect(await post(body), body).toMatchObject({ status: 422, error: 'invalid' })
    })

    it('that is missing is {}', async () => {
      const call = await asOwner()
      const { project_id } = (await call('POST', `/groups/${await makeGroup(test)}/projects`, { title: 'P' })).data
      expect((await call('POST', `/projects/${project_id}/complete`)).status).toBe(200)
      expect((await call('POST', `/projects/${project_id}/archive`, undefined, { 'content-type': 'application/json' })).status).toBe(200)
      expect((await call('POST', `/projects/${project_id}/reopen`, {})).status).toBe(200)
    })

    it('[F0] as deep as it can be is refused like any other, with an idempotency key too', async () => {
      const deep = `{"name":${'['.repeat(120_000)}${']'.repeat(120_000)}}`
      expect(await post(deep)).toMatchObject({ status: 422, error: 'invalid' })
      const keyed = await post(deep, { 'content-type': 'application/json', 'idempotency-key': 'deep' })
      expect(keyed).toMatchObject({ status: 422, error: 'invalid' })
    })
  })

  describe('the fields', () => {
    it('are refused by path and message, each', async () => {
      const call = await asOwner()
      const group = await makeGroup(test)
      const checkpoints = [{ title: '' }, { titel: 'x' }, { title: 'x', git_pr_url: 'ftp://x' }]
      const refused = await call('POST', `/groups/${group}/milestones`, { title: 'x'.repeat(201), checkpoints, extra: 1 })
      expect(refused).toMatchObject({ status: 422, error: 'invalid' })
      expect(fieldsOf(refused).sort()).toEqual([
        'checkpoints.0.title',
        'checkpoints.1.titel',
        'checkpoints.1.title',
        'checkpoints.2.git_pr_url',
        'extra',
        'title',
      ])
    })

    it('of a wrong type are told what they are not, and only missing ones that they are missing', async () => {
      const call = await asOwner()
      expect((await call('POST', '/groups', {})).details.fields).toEqual([{ path: 'name', message: 'is missing' }])
      expect((await call('POST', '/groups', { name: 5 })).details.fields).toEqual([{ path: 'name', message: 'is not a string' }])
    })

    it('that nobody knows are refused, whatever they are called', async () => {
      const call = await asOwner()
      for (const name of ['group', '__proto__', 'constructor', 'toString', '', 'x'.repeat(1_000)]) {
        const refused = await call('POST', '/groups', `{"name":"x",${JSON.stringify(name)}:{"polluted":true}}`)
        expect(refused, name).toMatchObject({ status: 422, error: 'invalid' })
        expect(fieldsOf(refused)).toEqual([name])
      }
      expect(Reflect.get({}, 'polluted')).toBeUndefined()
    })

    it('that the path gives already are refused in body and query', async () => {
      const call = await asOwner()
      const group = await makeGroup(test)
      expect(await call('PATCH', `/groups/${group}`, { group_id: group })).toMatchObject({ status: 422, error: 'invalid' })
      expect(await call('GET', `/groups/${group}?group_id=${group}`)).toMatchObject({ status: 422, error: 'invalid' })
    })

    it('of a query are refused if unknown, given twice, or beside a body', async () => {
      const call = await asOwner()
      expect(fieldsOf(await call('GET', '/groups?colour=1'))).toEqual(['colour'])
      expect(fieldsOf(await call('GET', '/groups?slug=a&slug=a'))).toEqual(['slug'])
      expect(fieldsOf(await call('POST', '/groups?name=x', { name: 'x' }))).toEqual(['name'])
      expect(await call('GET', '/groups?__proto__=1')).toMatchObject({ status: 422, error: 'invalid' })
      expect(await call('GET', '/groups?=1')).toMatchObject({ status: 422, error: 'invalid' })
    })

    it('of a query with a NUL are 422', async () => {
      const call = await asOwner()
      const group = await makeGroup(test)
      expect(await call('GET', '/groups?slug=a%00b')).toMatchObject({ status: 422, error: 'invalid' })
      expect(await call('GET', `/groups/${group}/projects?cursor=a%00b`)).toMatchObject({ status: 422, error: 'invalid' })
      expect(await call('GET', '/events?project_id=a%00b')).toMatchObject({ status: 422, error: 'invalid' })
    })

    it('that are whole numbers are digits, and nothing that JavaScript takes for a number', async () => {
      const call = await asOwner()
      const { milestone_id } = await makeMilestone(test, await makeGroup(test), { A: [] })
      const given = ['', ' ', '%205', '0x10', '1e1', '0b1', '1.0', '1.5', '-1', 'abc', 'NaN', 'Infinity', 'true', '+1', '9007199254740993']
      for (const text of given) {
        expect(await call('GET', `/events?after=${text}`), `after=${text}`).toMatchObject({ status: 422, error: 'invalid' })
        expect(await call('GET', `/events?before=${text}`), `before=${text}`).toMatchObject({ status: 422, error: 'invalid' })
        const version = `/milestones/${milestone_id}/checkpoints/1?expected_version=${text}`
        expect(await call('DELETE', version), `expected_version=${text}`).toMatchObject({ status: 422, error: 'invalid' })
      }
    })

    it('that are below the least are refused for that in a query too', async () => {
      const call = await asOwner()
      const group = await makeGroup(test)
      const { milestone_id } = await makeMilestone(test, group, { A: [] })
      const messages: [string, string][] = [
        [`/groups/${group}/ready?limit=-1`, 'limit is less than 1.'],
        [`/wait?milestone_id=${milestone_id}&until=change&since_seq=-1`, 'since_seq is less than 0.'],
        [`/wait?milestone_id=${milestone_id}&until=change&timeout_seconds=-25`, 'timeout_seconds is less than 0.'],
      ]
      for (const [path, message] of messages) expect(await call('GET', path), path).toMatchObject({ status: 422, message })
      expect(await call('GET', `/wait?milestone_id=${milestone_id}&until=ready&order=-1`)).toMatchObject({ status: 404 })
    })

    it('of a query ask for the events of one checkpoint, newest first', async () => {
      const call = await asOwner()
      const { milestone_id, checkpoints } = await makeMilestone(test, await makeGroup(test), { A: [], B: ['A'] })
      const { seq } = await call('POST', `/milestones/${milestone_id}/checkpoints/1/complete`, { note: 'done' })
      const address = `/events?checkpoint_id=${checkpoints[0].checkpoint_id}`
      const types = ({ data }: Reply) => data.events.map(({ type }: Data) => type)
      const page = await call('GET', `${address}&before=9007199254740991&limit=1`)
      expect(page).toMatchObject({ status: 200, data: { events: [{ seq }], next_after: seq, next_before: seq } })
      const earlier = await call('GET', `${address}&before=${page.data.next_before}&limit=10`)
      expect([...types(page), ...types(earlier)]).toEqual(['checkpoint.completed', 'checkpoint.linked', 'checkpoint.added'])
      expect(earlier.data.next_before).toBe(null)
      expect((await call('GET', address)).data).not.toHaveProperty('next_before')
      expect(fieldsOf(await call('GET', `${address}&before=0`))).toEqual(['before'])
      expect(fieldsOf(await call('GET', `${address}&before=9&after=3`))).toEqual(['before'])
    })

    it('that are whole numbers are nothing else in the body of a deletion', async () => {
      const call = await asOwner()
      const { milestone_id } = await makeMilestone(test, await makeGroup(test), { A: [] })
      for (const expected_version of [null, true, [], [5], '5', {}]) {
        const refused = await call('DELETE', `/milestones/${milestone_id}/checkpoints/1`, { expected_version })
        expect(refused, JSON.stringify(expected_version)).toMatchObject({ status: 422, error: 'invalid' })
      }
    })

    it('a URL that is none has a code of its own', async () => {
      const call = await asOwner()
      const { milestone_id } = await makeMilestone(test, await makeGroup(test), { A: [] })
      const refused = await call('PATCH', `/milestones/${milestone_id}/checkpoints/1`, { git_commit_url: 'javascript:alert(1)' })
      expect(refused).toMatchObject({ status: 422, error: 'invalid_url' })
      expect(fieldsOf(refused)).toEqual(['git_commit_url'])
    })
  })

  describe('limits of lists', () => {
    it('past their bound are lowered to it, however far', async () => {
      const call = await asOwner()
      const group = await makeGroup(test)
      const steps = Array.from({ length: LIMITS.checkpoints_per_milestone }, (_, at) => ({ title: `S${at}` }))
      for (const title of ['Long', 'Longer', 'Longest']) await call('POST', `/groups/${group}/milestones`, { title, checkpoints: steps })
      await Promise.all(Array.from({ length: 100 }, (_, at) => call('POST', `/groups/${group}/milestones`, { title: `M${at}` })))
      for (const limit of ['1001', '1000000', '9007199254740993', '9'.repeat(30)]) {
        const { data, status } = await call('GET', `/events?limit=${limit}`)
        expect(status, limit).toBe(200)
        expect(data.events, limit).toHaveLength(1_000)
        const listed = await call('GET', `/groups/${group}/milestones?limit=${limit}`)
        expect(listed.data.milestones).toHaveLength(100)
      }
    })

    it('below one, or not whole, are refused', async () => {
      const call = await asOwner()
      for (const limit of ['0', '-1', '1.5', 'x', '']) {
        expect(await call('GET', `/events?limit=${limit}`), limit).toMatchObject({ status: 422, error: 'invalid' })
      }
    })
  })

  describe('headers', () => {
    it('X-Clink-Session-Id, or its alias, says which agent completed a checkpoint', async () => {
      const call = await asOwner()
      const { milestone_id } = await makeMilestone(test, await makeGroup(test), { A: [], B: [], C: [] })
      const complete = async (order: number, headers: Record<string, string>) =>
        (await call('POST', `/milestones/${milestone_id}/checkpoints/${order}/complete`, {}, headers)).data.checkpoints[order - 1]
      expect((await complete(1, { 'x-clink-session-id': 'agent-7' })).completed_session).toBe('agent-7')
      expect((await complete(2, { 'x-session-id': 'agent-8' })).completed_session).toBe('agent-8')
      expect((await complete(3, {})).completed_session).toBeNull()
    })

    it('a session id or an idempotency key that is too long is 422', async () => {
      const call = await asOwner()
      expect(await call('GET', '/groups', undefined, { 'x-clink-session-id': 'x'.repeat(201) })).toMatchObject({ status: 422 })
      expect(await call('POST', '/groups', { name: 'x' }, { 'idempotency-key': 'x'.repeat(201) })).toMatchObject({ status: 422 })
      expect(await call('POST', '/groups', { name: 'x' }, { 'idempotency-key': '' })).toMatchObject({ status: 422 })
    })

    it('[T1] a session id that shows nothing, or that has a control character, is 422', async () => {
      const call = await asOwner()
      for (const id of ['\u00ad', 'a\u0085b', 'a\u009b2J', 'a\tb'])
        expect(await call('GET', '/groups', undefined, { 'x-session-id': id }), JSON.stringify(id)).toMatchObject({
          status: 422,
          error: 'invalid',
        })
    })

    it('ETag names an answer: asked again with it, 304 without a body; changed since, the answer', async () => {
      const call = await asOwner()
      const { milestone_id } = await makeMilestone(test, await makeGroup(test), { A: [] })
      const path = `/milestones/${milestone_id}`
      const first = await call('GET', path)
      const etag = first.headers.get('etag') ?? ''
      expect(etag).toMatch(/^"[^"]+"$/)
      const same = await call('GET', path, undefined, { 'if-none-match': etag })
      expect(same).toMatchObject({ status: 304, text: '' })
      expect(same.headers.get('etag')).toBe(etag)
      expect(same.headers.get('x-request-id')).toBeTruthy()
      await call('POST', `${path}/checkpoints/1/complete`)
      const changed = await call('GET', path, undefined, { 'if-none-match': etag })
      expect(changed.status).toBe(200)
      expect(changed.headers.get('etag')).not.toBe(etag)
    })

    it('If-None-Match may be a list, a weak tag, or any', async () => {
      const call = await asOwner()
      const etag = (await call('GET', '/groups')).headers.get('etag')
      for (const given of [`"other", ${etag}`, `W/${etag}`])
        expect((await call('GET', '/groups', undefined, { 'if-none-match': given })).status, given).toBe(304)
    })

    it('a change has no ETag and is never 304', async () => {
      const call = await asOwner()
      const { headers, status } = await call('POST', '/groups', { name: 'Tagless' }, { 'if-none-match': '*' })
      expect(status).toBe(200)
      expect(headers.get('etag')).toBeNull()
    })
  })

  describe('a database out of reach', () => {
    const cut = () => ({ ...test.instance, pool: openPool('postgres://nobody@127.0.0.1:1/nowhere') })
    const get = async (path: string, secret: string | null) => {
      const headers: Record<string, string> = secret === null ? {} : { authorization: `Bearer ${secret}` }
      return replyOf(await handleRest(cut(), new Request(`http://cairn.test/api${path}`, { headers })))
    }

    it('is 503 with Retry-After for a read by a key that is known', async () => {
      const { secret, call } = await userKey(test)
      await call('GET', '/groups')
      const refused = await get('/groups', secret)
      expect(refused).toMatchObject({ status: 503, error: 'unavailable' })
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    })

    it('is 503 for a key that was not met before, too', async () => {
      const { secret } = await userKey(test)
      expect(await get('/groups', secret)).toMatchObject({ status: 503, error: 'unavailable' })
    })

    it('is 503 when the connection is cut in the middle of a list, too', async () => {
      const { secret, call } = await userKey(test)
      await call('GET', '/groups')
      const { url, close } = await cutAt(test.database.url, 'from "groups"')
      const pool = openPool(url)
      const request = new Request('http://cairn.test/api/groups', { headers: { authorization: `Bearer ${secret}` } })
      expect(await replyOf(await handleRest({ ...test.instance, pool }, request))).toMatchObject({ status: 503, error: 'unavailable' })
      await pool.end()
      await close()
    })

    it('is 503 when readiness is asked for, and the process is healthy all the same', async () => {
      expect(await get('/health/ready', null)).toMatchObject({ status: 503, error: 'unavailable' })
      expect((await get('/health', null)).status).toBe(200)
    })
  })

  describe('[H3] a database that is there and refuses', () => {
    const ready = () => anonymous('GET', '/health/ready')
    const isReady = () => vi.waitFor(async () => expect((await ready()).status).toBe(200), 60_000)

    it.each([
      ['53100', "The database's disk is full"],
      ['25006', 'The database accepts no changes at present, because it is read-only'],
    ])(
      'changes with %s: a change is 503 with the cause, readiness is too, reads go on, and it ends with the fault',
      async (state, cause) => {
        const call = await asOwner()
        await call('GET', '/groups')
        await refuseChanges(test.database.ownerUrl, state)
        const refused = await call('POST', '/groups', { name: `Refused ${state}` })
        const [health, read] = [await ready(), await call('GET', '/groups')]
        await refuseChanges(test.database.ownerUrl, null)
        expect(refused).toMatchObject({ status: 503, error: 'unavailable', message: `${cause}. Nothing was changed. Try again shortly.` })
        expect(Number(refused.headers.get('retry-after'))).toBe(refused.details.retry_after_seconds)
        expect(health).toMatchObject({ status: 503, error: 'unavailable', message: `${cause}. Try again shortly.` })
        expect(read.status).toBe(200)
        await isReady()
        expect((await call('POST', '/groups', { name: `Refused ${state}` })).status).toBe(200)
      },
    )

    it.each(['08006', '25006', '28P01', '3D000', '40001', '53100', '53300', '55P03', '57014', '57P03', '58030'])(
      'an error %s that only the transport sees is unavailable, and is not logged as a bug',
      (code) => {
        const said = vi.spyOn(log, 'error').mockImplementation(() => undefined)
        const problem = toProblem(Object.assign(new pg.DatabaseError('secret', 1, 'error'), { code }), 'r')
        expect(problem).toMatchObject({ error: 'unavailable', details: { retry_after_seconds: expect.any(Number) } })
        expect(problem.message).not.toContain('secret')
        expect(said).not.toHaveBeenCalled()
        said.mockRestore()
      },
    )

    it('has all connections of the pool in use: a read is busy', async () => {
      const { secret, call } = await userKey(test)
      await call('GET', '/groups')
      const pool = openPool(test.database.url, 1)
      const client = await pool.connect()
      const request = new Request('http://cairn.test/api/groups', { headers: { authorization: `Bearer ${secret}` } })
      const refused = await replyOf(await handleRest({ ...test.instance, pool }, request))
      client.release()
      await pool.end()
      expect(refused).toMatchObject({ status: 503, error: 'busy', message: 'Too many reads are waiting. Try again in a second.' })
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    })
  })

  it('a change that finds too many waiting is 503 busy with Retry-After', async () => {
    const call = await asOwner()
    const letGo = await fillLane(test)
    const busy = await call('POST', '/milestones/ms_nowhere/reopen')
    await letGo()
    expect(busy).toMatchObject({ status: 503, error: 'busy' })
    expect(Number(busy.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await call('POST', '/milestones/ms_nowhere/reopen')).status).toBe(404)
  })
})

describe('a backup that is restored under a running process', () => {
  const test = useInstance()

  it('[E4] a reader of events who has read further than the present log goes is told so, and where it ends', async () => {
    const { call } = await userKey(test)
    const before = await call('GET', '/events?limit=1000')
    const restored = before.seq - 1
    const owner = await connectAsOwner(test.database.ownerUrl, 'restore')
    // As a restore does, this goes past the triggers that keep the log from going back.
    await owner.query('set session_replication_role = replica')
    await owner.query('delete from events where seq > $1', [restored])
    await owner.query(`update workspaces set seq = $1, head = 'restored'`, [restored])
    await owner.end()
    const refused = await call('GET', `/events?after=${before.data.next_after}`)
    expect(refused).toMatchObject({ status: 409, error: 'log_replaced', details: { seq: restored }, seq: restored })
    const again = await call('GET', `/events?after=${restored}`)
    expect(again).toMatchObject({ status: 200, data: { events: [], next_after: restored } })
  })
})
