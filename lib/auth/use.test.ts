import { describe, expect, it, vi } from 'vitest'
import { listUserKeys } from '@/lib/operations/keys'
import { expiredKey, restAs, revokedKey, type TestKey, userKey } from '@/lib/testing/client'
import { useInstance } from '@/lib/testing/instance'
import { recordUse } from './use'

describe('the use of a key', () => {
  const test = useInstance()

  const useOf = async ({ actor }: TestKey) => {
    const { data } = await test.run(listUserKeys, { limit: 100 })
    return data.keys.find(({ key_id }: { key_id: string }) => key_id === actor.key_id)
  }
  const use = (key: TestKey, call: string, client: string | null = null) =>
    recordUse(test.instance, { ...key.actor, via: 'mcp' }, { call, client })
  const eventually = (key: TestKey, found: object) => expect.poll(() => useOf(key)).toMatchObject(found)

  it('is kept with the first call by REST: when, how, by what and for what', async () => {
    const key = await userKey(test)
    const before = Date.now()
    await restAs(test, key.secret)('GET', '/groups', undefined, { 'user-agent': 'curl/8.5.0' })
    await eventually(key, { last_used_via: 'rest', last_client: 'curl/8.5.0', last_call: 'list_groups' })
    expect(Date.parse((await useOf(key)).last_used_at)).toBeGreaterThanOrEqual(before - 1_000)
  })

  it('is kept for the first operation, although the client made contact just before', async () => {
    const key = await userKey(test)
    use(key, 'initialize', 'claude-code 2.1.0')
    await eventually(key, { last_call: 'initialize', last_client: 'claude-code 2.1.0', last_used_via: 'mcp' })
    use(key, 'list_milestones')
    await eventually(key, { last_call: 'list_milestones', last_client: 'claude-code 2.1.0' })
  })

  it('keeps the last operation when the client makes contact again, and tells the time of that', async () => {
    const key = await userKey(test)
    use(key, 'list_milestones', 'codex 1')
    await eventually(key, { last_call: 'list_milestones' })
    const { last_used_at } = await useOf(key)
    use(key, 'tools/list', 'cursor 2')
    await eventually(key, { last_client: 'cursor 2', last_call: 'list_milestones' })
    expect((await useOf(key)).last_used_at > last_used_at).toBe(true)
    use(key, 'complete_checkpoint', 'cursor 2')
    await eventually(key, { last_call: 'complete_checkpoint' })
  })

  it('is written once a minute for each call', async () => {
    const key = await userKey(test)
    use(key, 'list_ready')
    await eventually(key, { last_call: 'list_ready' })
    const { last_used_at } = await useOf(key)
    for (let at = 0; at < 50; at++) use(key, 'list_ready')
    use(key, 'list_groups')
    await eventually(key, { last_call: 'list_groups' })
    use(key, 'list_ready')
    const other = await userKey(test)
    use(other, 'list_ready')
    await eventually(other, { last_call: 'list_ready' })
    expect(await useOf(key)).toMatchObject({ last_call: 'list_groups' })
    expect((await useOf(key)).last_used_at > last_used_at).toBe(true)
  })

  it('is written for each client that shares the key, and for no endless number of them', async () => {
    const key = await userKey(test)
    for (const client of ['codex 1', 'cursor 2']) {
      use(key, 'list_ready', client)
      await eventually(key, { last_call: 'list_ready', last_client: client })
    }
    const written = vi.spyOn(test.instance.pool, 'query')
    for (const client of ['codex 1', 'cursor 2', 'codex\n1']) use(key, 'list_ready', client)
    expect(written).not.toHaveBeenCalled()
    for (let at = 0; at < 50; at++) use(key, 'list_ready', `client ${at}`)
    expect(written).toHaveBeenCalledTimes(6)
    written.mockRestore()
  })

  it('does not take the name of a library for that of the client', async () => {
    const key = await userKey(test)
    use(key, 'initialize', 'node')
    await eventually(key, { last_client: 'node' })
    use(key, 'tools/list', 'gemini-cli 0.9')
    await eventually(key, { last_client: 'gemini-cli 0.9' })
    for (const [at, library] of ['node', 'undici', 'python-httpx/0.28', 'Go-http-client/1.1', ''].entries()) use(key, `list_${at}`, library)
    await eventually(key, { last_call: expect.stringMatching(/^list_\d$/) })
    expect(await useOf(key)).toMatchObject({ last_client: 'gemini-cli 0.9' })
  })

  it.each([
    ['one line', 'a\r\nb\tc\u2028d\u0000e', 'a b c d e'],
    ['what can be seen', '\u202eevil\u200b\u{e0041} \u2800client\ufeff', 'evil client'],
    ['100 characters', 'é😀'.repeat(80), 'é😀'.repeat(50)],
    ['whole characters', `a\ud800b`, 'ab'],
    ['nothing that shows nothing', '\u200b \n', null],
    ['what looks like a tag, as text', '<img src=x>', '<img src=x>'],
  ])('keeps of the client’s name %s', async (_what, client, kept) => {
    const key = await userKey(test)
    use(key, 'list_groups', client)
    await eventually(key, { last_call: 'list_groups', last_client: kept })
  })

  it('is none where the key is revoked or past its expiry, for what comes with it is refused', async () => {
    for (const key of [await revokedKey(test), await expiredKey(test)]) {
      expect((await key.call('GET', '/groups')).status).toBe(401)
      use(key, 'list_ready')
      const other = await userKey(test)
      use(other, 'list_ready')
      await eventually(other, { last_call: 'list_ready' })
      const { rows } = await test.instance.pool.query('select 1 from api_key_uses where key_id = $1', [key.actor.key_id])
      expect(rows).toEqual([])
    }
  })

  it('is never that of a session in a browser, which has no key', async () => {
    const count = async () => (await test.instance.pool.query('select count(*)::int as uses from api_key_uses')).rows[0].uses
    const before = await count()
    recordUse(test.instance, test.owner, { call: 'list_groups', client: 'Firefox' })
    const key = await userKey(test)
    use(key, 'list_groups')
    await eventually(key, { last_call: 'list_groups' })
    expect(await count()).toBe(before + 1)
  })
})
