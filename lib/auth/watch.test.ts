import { afterEach, describe, expect, it, vi } from 'vitest'
import { administer } from '@/lib/testing/administer'
import { useInstance } from '@/lib/testing/instance'
import { tellEnded, watchSession } from './watch'

describe('a session that is watched', () => {
  const test = useInstance()
  afterEach(() => vi.useRealTimers())

  const session = async (id: string) => {
    const { ownerUrl } = test.database
    await administer(
      ownerUrl,
      `insert into auth.session (id, token, user_id, expires_at) values ('${id}', '${id}', '${test.owner.actor_id}', now() + interval '1 hour')`,
    )
  }

  it.each([
    ['another process ends it', `delete from auth.session where id = 'gone'`],
    ['it expires', `update auth.session set expires_at = now() - interval '1 second' where id = 'gone'`],
  ])('is known to have ended at the next check when %s', async (_, statement) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    await administer(test.database.ownerUrl, 'delete from auth.session')
    await Promise.all(['gone', 'stays'].map(session))
    const ended: string[] = []
    const unwatch = ['gone', 'gone', 'stays'].map((id) => watchSession(test.instance, id, () => ended.push(id)))
    await administer(test.database.ownerUrl, statement)
    vi.advanceTimersByTime(500)
    await expect.poll(() => ended).toEqual(['gone', 'gone'])
    for (const stop of unwatch) stop()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('calls back at once when it is told that it has ended, and not if it is watched no more', async () => {
    const ended: string[] = []
    watchSession(test.instance, 'one', () => ended.push('one'))
    const unwatch = watchSession(test.instance, 'one', () => ended.push('two'))
    unwatch()
    tellEnded('one')
    tellEnded('one')
    expect(ended).toEqual(['one'])
  })
})
