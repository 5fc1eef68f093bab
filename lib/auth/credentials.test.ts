import { beforeAll, describe, expect, it, vi } from 'vitest'
import { makeKey } from '@/lib/auth/key'
import { revokeKey } from '@/lib/operations/keys'
import { userKey } from '@/lib/testing/client'
import { useInstance } from '@/lib/testing/instance'
import { handle } from '@/lib/transport/handle'
import { authenticate } from './credentials'

describe('the key of a call', () => {
  const test = useInstance()
  let known: Awaited<ReturnType<typeof userKey>>

  const request = (secret: string) => new Request('http://cairn.test/api/groups', { headers: { authorization: `Bearer ${secret}` } })

  /** How many connections to the database are taken while something runs. */
  const asked = async (run: () => Promise<unknown>): Promise<number> => {
    const connect = vi.spyOn(test.instance.pool, 'connect')
    try {
      await run()
      return connect.mock.calls.length
    } finally {
      connect.mockRestore()
    }
  }

  beforeAll(async () => {
    known = await userKey(test)
    await (await handle(test.instance, request(known.secret))).text()
  })

  it('is recognised without asking the database, if it was used before', async () => {
    expect(await asked(() => authenticate(test.instance, request(known.secret), 'rest'))).toBe(0)
    expect(await asked(() => authenticate(test.instance, request(makeKey('user').secret), 'rest').catch(() => null))).toBe(1)
    // A read takes one connection, whoever calls.
    expect(await asked(async () => (await handle(test.instance, request(known.secret))).text())).toBe(1)
  })

  it('is refused with the next call once it is revoked, although it is recognised', async () => {
    const { secret, actor } = await userKey(test)
    expect((await handle(test.instance, request(secret))).status).toBe(200)
    await test.run(revokeKey, { key_id: actor.key_id ?? '' }, actor)
    expect(await asked(() => authenticate(test.instance, request(secret), 'rest'))).toBe(0)
    expect((await handle(test.instance, request(secret))).status).toBe(401)
  })
})
