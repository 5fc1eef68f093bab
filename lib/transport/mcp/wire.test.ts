import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeKey } from '@/lib/auth/key'
import { LIMITS } from '@/lib/domain/limits'
import { expiredKey, revoke, revokedKey, type TestKey, userKey } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { messageIn, modern, useMcp } from '@/lib/testing/mcp'
import { makeGroup } from '@/lib/testing/milestones'
import { positionOf } from '@/lib/testing/watch'

const OLD = { 'mcp-protocol-version': '2025-11-25' }
const rpc = (method: string, params?: Data, id: unknown = 1) => ({ jsonrpc: '2.0', id, method, ...(params && { params }) })
const hello = (protocolVersion: string) =>
  rpc('initialize', { protocolVersion, capabilities: {}, clientInfo: { name: 'raw', version: '1' } })

describe('/mcp', () => {
  const test = useInstance()
  const mcp = useMcp(test)
  let key: TestKey
  let group_id: string

  beforeAll(async () => {
    key = await userKey(test)
    group_id = await makeGroup(test)
  })

  /** Expects an error of the protocol, and that nothing was changed. */
  const expectError = async (response: Response, status: number, code: number) => {
    const message = await messageIn(response)
    expect(response.status, JSON.stringify(message)).toBe(status)
    expect(message).toMatchObject({ jsonrpc: '2.0', error: { code, message: expect.any(String) } })
    expect(response.headers.get('x-request-id')).toBeTruthy()
    return message
  }

  const send = async (secret: string | null, method: string, params: Data, era: 'old' | 'new', headers: Record<string, string> = {}) => {
    const made = era === 'new' ? modern(method, params) : { body: rpc(method, params), headers: OLD }
    return mcp.post(secret, made.body, { ...made.headers, ...headers })
  }

  it('answers a call of the 2025 era in one piece, and not as a stream without an end', async () => {
    const response = await send(key.secret, 'tools/call', { name: 'list_groups', arguments: {} }, 'old')
    const length = response.headers.get('content-length')
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    const text = await response.text()
    expect(text).toMatch(/^event: message\ndata: .*"content".*\n\n$/)
    expect(length).toBe(String(Buffer.byteLength(text)))
  })

  describe('what is no message', () => {
    it.each(['{', '', '\ufeff{', 'x', '{"a":}'])('%j', async (body) => {
      const response = await mcp.post(key.secret, body)
      const empty = body === ''
      await expectError(response, 400, empty ? -32_600 : -32_700)
    })

    it.each([[{}], [null], [1], ['"x"'], [[]], [[1]], [{ jsonrpc: '1.0', id: 1, method: 'ping' }], [{ jsonrpc: '2.0', id: 1, method: 5 }]])(
      '%j',
      async (body) => {
        await expectError(await mcp.post(key.secret, body), 400, -32_600)
      },
    )

    it.each([[{ jsonrpc: '2.0', id: null, method: 'ping' }], [{ jsonrpc: '2.0', id: {}, method: 'tools/list' }]])('%j', async (body) => {
      await expectError(await mcp.post(key.secret, body), 400, -32_600)
    })
  })

  it('answers a batch of the 2025 era, and refuses one of the 2026 era', async () => {
    const answered = await mcp.post(key.secret, [rpc('ping', undefined, 'a'), rpc('tools/list', undefined, 'b')], OLD)
    expect(answered.status).toBe(200)
    const text = await answered.text()
    const ids = [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data).id)
    expect(ids.sort()).toEqual(['a', 'b'])
    const { body, headers } = modern('tools/list')
    await expectError(await mcp.post(key.secret, [body, body], headers), 400, -32_600)
  })

  it('answers an unknown method by the error of the protocol', async () => {
    await expectError(await send(key.secret, 'tools/burn', {}, 'old'), 200, -32_601)
    await expectError(await send(key.secret, 'tools/burn', {}, 'new'), 404, -32_601)
    await expectError(await send(key.secret, 'subscriptions/listen', { notifications: {} }, 'old'), 200, -32_601)
  })

  it('answers a wrong form of the parameters by the error of the protocol', async () => {
    for (const params of [{}, { name: 5 }, { name: 'list_groups', arguments: 'x' }, { name: 'list_groups', arguments: [] }])
      for (const era of ['old', 'new'] as const) {
        const response = await send(key.secret, 'tools/call', params, era, era === 'new' ? { 'mcp-name': 'list_groups' } : {})
        const { error } = await messageIn(response)
        expect(error.code, JSON.stringify(params)).toBeLessThanOrEqual(-32_000)
        expect(response.status).toBeLessThan(500)
      }
  })

  it('names the revisions that it speaks to whoever asks for another one', async () => {
    const { body, headers } = modern('tools/list')
    body.params._meta['io.modelcontextprotocol/protocolVersion'] = '2099-01-01'
    const message = await expectError(await mcp.post(key.secret, body, { ...headers, 'mcp-protocol-version': '2099-01-01' }), 400, -32_022)
    expect(message.error.data.supported).toEqual(['2026-07-28'])
    await expectError(await mcp.post(key.secret, rpc('tools/list'), { 'mcp-protocol-version': '1999-01-01' }), 400, -32_000)
    const { result } = await messageIn(await mcp.post(key.secret, hello('1999-01-01')))
    expect(result.protocolVersion).toBe('2025-11-25')
  })

  it('refuses headers that disagree with the body', async () => {
    const { body, headers } = modern('tools/call', { name: 'list_groups', arguments: {} })
    const wrong: Record<string, string>[] = [
      { 'mcp-method': 'tools/list' },
      { 'mcp-name': 'delete_milestone' },
      { 'mcp-protocol-version': '2025-11-25' },
    ]
    for (const header of wrong) await expectError(await mcp.post(key.secret, body, { ...headers, ...header }), 400, -32_020)
    const { 'mcp-method': _gone, ...lacking } = headers
    await expectError(await mcp.post(key.secret, body, lacking), 400, -32_020)
    expect((await mcp.post(key.secret, body, headers)).status).toBe(200)
  })

  describe('the page that calls', () => {
    it.each(['https://evil.test', 'null', 'http://cairn.test.evil.test', 'https://cairn.test', 'http://localhost:1'])(
      'of %s is refused',
      async (origin) => {
        const before = await positionOf(test)
        for (const era of ['old', 'new'] as const) {
          const params = { name: 'create_group', arguments: { name: 'From a page' } }
          await expectError(await send(key.secret, 'tools/call', params, era, { origin }), 403, -32_000)
        }
        expect(await positionOf(test)).toEqual(before)
      },
    )

    it('may be a page of this instance', async () => {
      const own = new URL(mcp.url()).origin
      for (const origin of ['http://cairn.test', own])
        expect((await send(key.secret, 'tools/list', {}, 'new', { origin })).status, origin).toBe(200)
    })
  })

  it('refuses a foreign Host in the form of the protocol', async () => {
    const { port } = new URL(mcp.url())
    const headers = { host: 'evil.test', 'content-type': 'application/json', authorization: `Bearer ${key.secret}` }
    const sent = request({ port, host: '127.0.0.1', method: 'POST', path: '/mcp?tools=all', headers })
    sent.end(JSON.stringify(rpc('ping')))
    const [response]: IncomingMessage[] = await once(sent, 'response')
    expect(response?.statusCode).toBe(403)
    const text = Buffer.concat((await response?.toArray()) ?? []).toString()
    expect(JSON.parse(text)).toMatchObject({ jsonrpc: '2.0', error: { code: -32_000, data: { error: 'forbidden' } }, id: null })
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json-patch+json'])('refuses a body of type %s', async (type) => {
    await expectError(await mcp.post(key.secret, rpc('ping'), { 'content-type': type }), 415, -32_000)
  })

  it('wants a client of the 2025 era to accept both kinds of answers', async () => {
    await expectError(await mcp.post(key.secret, rpc('tools/list'), { ...OLD, accept: 'application/json' }), 406, -32_000)
  })

  it('refuses a body that is too large', async () => {
    const large = rpc('tools/call', { name: 'create_group', arguments: { name: 'x'.repeat(LIMITS.body_bytes) } })
    await expectError(await mcp.post(key.secret, large), 413, -32_000)
  })

  it('answers nothing but POST', async () => {
    for (const method of ['GET', 'DELETE', 'PUT', 'PATCH']) {
      const response = await fetch(mcp.url(), { method, headers: { authorization: `Bearer ${key.secret}`, accept: 'text/event-stream' } })
      await expectError(response, 405, -32_000)
      expect(response.headers.get('allow')).toBe('POST')
    }
  })

  describe('credentials', () => {
    const expect401 = async (response: Response, id: unknown = 1) => {
      const message = await expectError(response, 401, -32_000)
      expect(message).toMatchObject({ id, error: { data: { error: 'unauthenticated' } } })
      expect(response.headers.get('www-authenticate')).toBe('Bearer')
      expect(JSON.stringify(message)).not.toContain(group_id)
    }

    const CALLS: [method: string, params: Data][] = [
      ['tools/call', { name: 'list_groups', arguments: {} }],
      ['tools/call', { name: 'create_group', arguments: { name: 'No' } }],
      ['tools/call', { name: 'no_such_tool', arguments: {} }],
      ['tools/list', {}],
      ['prompts/get', { name: 'resume_work' }],
      ['resources/list', {}],
      ['resources/read', { uri: 'cairn://milestones/ms_x' }],
    ]

    it('are needed by every request, in both eras', async () => {
      const secrets = {
        none: null,
        malformed: 'sk_live_u_malformed',
        unknown: makeKey('user').secret,
        revoked: (await revokedKey(test)).secret,
        expired: (await expiredKey(test)).secret,
      }
      const before = await positionOf(test)
      for (const secret of Object.values(secrets)) {
        for (const [method, params] of CALLS)
          for (const era of ['old', 'new'] as const) await expect401(await send(secret, method, params, era))
        await expect401(await send(secret, 'subscriptions/listen', { notifications: { resourcesListChanged: true } }, 'new'))
        await expect401(await mcp.post(secret, hello('2025-11-25')))
        await expect401(await send(secret, 'server/discover', {}, 'new'))
        await expect401(await mcp.post(secret, [rpc('ping')]), null)
      }
      expect(await positionOf(test)).toEqual(before)
    })

    it('are refused by 401 also when it is the call itself that judges them', async () => {
      for (const era of ['old', 'new'] as const)
        for (const [method, params] of CALLS) {
          const used = await userKey(test)
          expect((await send(used.secret, 'tools/list', {}, era)).status).toBe(200)
          await revoke(test, used)
          await expect401(await send(used.secret, method, params, era))
        }
    })

    it('are not taken from a cookie', async () => {
      const { body, headers } = modern('tools/list')
      await expect401(await mcp.post(null, body, { ...headers, cookie: 'better-auth.session_token=x', origin: 'http://cairn.test' }))
    })

    it('that are wrong are told before wrong headers', async () => {
      const used = await userKey(test)
      const { body, headers } = modern('tools/call', { name: 'list_groups', arguments: {} })
      expect((await mcp.post(used.secret, body, headers)).status).toBe(200)
      await revoke(test, used)
      await expect401(await mcp.post(used.secret, body, { ...headers, 'mcp-method': 'tools/list' }))
      await expect401(await mcp.post(used.secret, rpc('tools/call', { name: 5 }), OLD))
      await expect401(await mcp.post(used.secret, {}), null)
    })

    it('come before the method', async () => {
      const response = await fetch(mcp.url())
      await expect401(response, null)
    })
  })

  describe('sessions', () => {
    const claim = async (headers: Record<string, string>, era: 'old' | 'new') => {
      const { result } = await messageIn(
        await send(key.secret, 'tools/call', { name: 'claim_next', arguments: { group: group_id } }, era, headers),
      )
      return String(result.content[0].text)
    }
    const holderOf = async (text: string) => {
      const [claim_id] = /clm_\w+/.exec(text) ?? expect.fail(text)
      const { rows } = await test.instance.pool.query('select claim_session from checkpoints where claim_id = $1', [claim_id])
      return rows[0].claim_session
    }

    beforeAll(async () => {
      const checkpoints = Array.from({ length: 8 }, (_, at) => ({ title: `Task ${at}` }))
      await key.call('POST', `/groups/${group_id}/milestones`, { title: 'Many', checkpoints })
    })

    it('of the 2025 era are drawn at the beginning, and each is another holder of claims', async () => {
      const begin = async () => (await mcp.post(key.secret, hello('2025-11-25'))).headers.get('mcp-session-id') ?? expect.fail()
      const [one, other] = [await begin(), await begin()]
      expect(one).not.toBe(other)
      expect(await holderOf(await claim({ 'mcp-session-id': one }, 'old'))).toBe(one)
      const second = await claim({ 'mcp-session-id': other }, 'old')
      expect(await holderOf(second)).toBe(other)
      expect(second).not.toContain('you hold')
      expect(await claim({ 'mcp-session-id': one }, 'old')).toContain('you hold')
    })

    it('may be named by the client, in both eras', async () => {
      for (const era of ['old', 'new'] as const)
        for (const header of ['x-session-id', 'x-clink-session-id'])
          expect(await holderOf(await claim({ [header]: `${header} of ${era}`, 'mcp-session-id': 'other' }, era))).toBe(
            `${header} of ${era}`,
          )
    })

    it('do not exist in the 2026 era', async () => {
      expect(await holderOf(await claim({ 'mcp-session-id': 'left over' }, 'new'))).toBeNull()
      const discovered = await send(key.secret, 'server/discover', {}, 'new')
      expect(discovered.headers.has('mcp-session-id')).toBe(false)
    })

    it('have a name of one line', async () => {
      for (const header of ['mcp-session-id', 'x-session-id'])
        await expectError(await send(key.secret, 'tools/list', {}, 'old', { [header]: 'x'.repeat(LIMITS.session_id + 1) }), 400, -32_602)
    })
  })
})
