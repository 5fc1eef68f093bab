import { beforeAll, describe, expect, it } from 'vitest'
import { userKey } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { ENVELOPE, messageIn, useMcp } from '@/lib/testing/mcp'

const ERAS = ['2025', '2026'] as const

/** For each method, parameters that it takes. */
const VALID: { [method: string]: Data } = {
  initialize: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
  ping: {},
  'server/discover': {},
  'tools/list': { cursor: 'x' },
  'tools/call': { name: 'list_groups', arguments: {}, task: {} },
  'prompts/list': { cursor: 'x' },
  'prompts/get': { name: 'resume_work', arguments: { group: 'x' } },
  'resources/list': { cursor: 'x' },
  'resources/templates/list': { cursor: 'x' },
  'resources/read': { uri: 'cairn://milestones/ms_x' },
  'subscriptions/listen': { notifications: { resourcesListChanged: true, resourceSubscriptions: [] } },
  'resources/subscribe': { uri: 'cairn://milestones/ms_x' },
  'completion/complete': { ref: { type: 'ref/prompt', name: 'resume_work' }, argument: { name: 'group', value: 'x' } },
  'logging/setLevel': { level: 'debug' },
  'notifications/cancelled': { requestId: 1 },
  'no/such/method': { a: 1 },
}

/** What every request may carry besides. */
const CARRIED = ['_meta', 'inputResponses', 'requestState']
const IN_META = ['progressToken', 'io.modelcontextprotocol/related-task', 'io.modelcontextprotocol/logLevel', ...Object.keys(ENVELOPE)]

/** Stands for something so deeply nested that a validation which calls itself for each level has no room for it, and neither has JSON.stringify. */
const DEEP = '@deep@'
const NESTED = '['.repeat(30_000) + ']'.repeat(30_000)

const VALUES = [undefined, null, 5, '', 'x'.repeat(20_000), [1], {}, { a: 1 }, { a: DEEP }, Array.from({ length: 5_000 }, () => 1), DEEP]

const isObject = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The same with a value in place of each part in turn. */
const withEach = (valid: Data, more: string[], value: unknown): Data[] =>
  [...new Set([...Object.keys(valid), ...more])].map((field) => ({ ...valid, [field]: value }))

/** Parameters of which one part is of every form. */
const wrongOnes = (method: string): unknown[] => {
  const valid = VALID[method]
  return VALUES.flatMap((value) => [
    value,
    ...withEach(valid, CARRIED, value),
    ...Object.keys(valid).flatMap((field) =>
      isObject(valid[field]) ? withEach(valid[field], [], value).map((inner) => ({ ...valid, [field]: inner })) : [],
    ),
    ...withEach({}, IN_META, value).map((_meta) => ({ ...valid, _meta })),
    ...(method === 'initialize'
      ? withEach({}, ['roots', 'sampling', 'elicitation', 'experimental', 'tasks', 'extensions'], value).map((capabilities) => ({
          ...valid,
          capabilities,
        }))
      : []),
  ])
}

describe('the parameters of a request', { timeout: 60_000 }, () => {
  const test = useInstance()
  const mcp = useMcp(test)
  let secret: string

  beforeAll(async () => {
    secret = (await userKey(test)).secret
  })

  const send = async (method: string, given: unknown, era: (typeof ERAS)[number]): Promise<{ status: number; message: Data }> => {
    const isNew = era === '2026'
    const own = isObject(given) ? (given._meta ?? {}) : null
    const params = isNew && isObject(given) && isObject(own) ? { ...given, _meta: { ...ENVELOPE, ...own } } : given
    const named = isObject(given) ? (given.name ?? given.uri) : null
    const headers = {
      'mcp-protocol-version': isNew ? '2026-07-28' : '2025-11-25',
      ...(isNew && { 'mcp-method': method }),
      ...(isNew && typeof named === 'string' && named.length < 1_000 && { 'mcp-name': named }),
    }
    const body = { jsonrpc: '2.0', method, params, ...(!method.startsWith('notifications/') && { id: 1 }) }
    const response = await mcp.post(secret, JSON.stringify(body).replaceAll(`"${DEEP}"`, NESTED), headers)
    const isFollowed = isNew && response.headers.get('content-type') === 'text/event-stream'
    if (!isFollowed) return { status: response.status, message: response.status === 202 ? {} : await messageIn(response) }
    await response.body?.cancel()
    return { status: response.status, message: {} }
  }

  describe.each(ERAS)('in the era of %s', (era) => {
    it.each(Object.keys(VALID))(
      '[F0] of %s are never answered by an error of the server, and briefly if they are wrong',
      async (method) => {
        const wrong: string[] = []
        const judge = async (params: unknown) => {
          const { status, message } = await send(method, params, era)
          const about = `${JSON.stringify(params)?.slice(0, 200)}: ${status} ${JSON.stringify(message).slice(0, 300)}`
          if (status >= 500 || message.error?.code === -32_603) wrong.push(`an error of the server for ${about}`)
          if (message.error && (message.error.message.length > 300 || JSON.stringify(message.error).length > 600))
            wrong.push(`a long error for ${about}`)
        }
        const rest = wrongOnes(method)
        const work = async () => {
          while (rest.length > 0) await judge(rest.pop())
        }
        await Promise.all(Array.from({ length: 8 }, work))
        expect(wrong).toEqual([])
        expect((await send(method, VALID[method], era)).message.error?.message ?? '').not.toContain('params')
      },
    )

    const SENTENCES: [method: string, params: unknown, sentence: string][] = [
      ['tools/call', { name: 'list_groups', arguments: null }, 'params.arguments has to be an object, and not null'],
      ['tools/call', { name: 5 }, 'params.name has to be a string, and not a number'],
      ['tools/call', {}, 'params.name is missing'],
      ['tools/call', { name: 'x'.repeat(101) }, 'params.name has more than 100 characters'],
      ['prompts/get', { name: 'resume_work', arguments: { group: 7 } }, 'params.arguments.group has to be a string, and not a number'],
      ['resources/read', {}, 'params.uri is missing'],
      ['resources/list', { cursor: 5 }, 'params.cursor has to be a string, and not a number'],
      ['tools/list', { _meta: { progressToken: [] } }, 'params._meta.progressToken has a wrong form'],
      era === '2025'
        ? ['initialize', {}, 'params.protocolVersion is missing']
        : ['subscriptions/listen', {}, 'params.notifications is missing'],
      ['tools/list', null, 'params has to be an object, and not null'],
      ['tools/list', [1], 'params has to be an object, and not an array'],
    ]

    it.each(SENTENCES)('of %s with %j are refused by one sentence and the correct form', async (method, params, sentence) => {
      const { message } = await send(method, params, era)
      expect(message).toMatchObject({ jsonrpc: '2.0', id: 1, error: { code: -32_602 } })
      expect(message.error.message).toMatch(
        new RegExp(`^${sentence.replaceAll('.', '\\.')}\\. The params of ${method} look like \\{.*\\}\\.$`),
      )
    })

    it('are not judged of a method of the other era, which there is none of', async () => {
      const method = era === '2025' ? 'subscriptions/listen' : 'initialize'
      const { status, message } = await send(method, {}, era)
      expect([status, message.error.code]).toEqual([era === '2025' ? 200 : 404, -32_601])
    })

    it('are refused if they are nested too deeply, and not before', async () => {
      const nested = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels))
      const call = async (levels: number) => send('tools/call', { name: 'list_groups', arguments: { a: nested(levels) } }, era)
      expect((await call(61)).message.result.content[0].text).toMatch(/^invalid: /)
      expect((await call(63)).message.error).toEqual({ code: -32_602, message: expect.stringContaining('64 levels deep') })
    })
  })

  it('[F0] are judged after the key', async () => {
    const response = await mcp.post('sk_live_u_malformed', { jsonrpc: '2.0', id: 1, method: 'initialize', params: {} })
    expect(response.status).toBe(401)
  })
})
