import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { log } from '@/lib/log.mjs'
import { createGroup, updateGroup } from '@/lib/operations'
import { userKey } from '@/lib/testing/client'
import { useInstance } from '@/lib/testing/instance'
import { expectSound } from '@/lib/testing/soundness'
import { eventsAfter, positionOf, refusal } from '@/lib/testing/watch'
import { connect } from './client'
import { Clock } from './clock'

const HOUR = 3_600_000
const at = (milliseconds: number) => new Date(milliseconds).toISOString()

const silently = async <T>(run: () => T | Promise<T>): Promise<{ result: T; lines: number }> => {
  const said = vi.spyOn(log, 'warn').mockImplementation(() => undefined)
  const result = await run()
  const lines = said.mock.calls.length
  said.mockRestore()
  return { result, lines }
}

describe('the clock by which rules are judged', () => {
  it('is the clock of the database, and is not before the last event', () => {
    const clock = new Clock()
    expect(clock.now(at(5_000), at(4_000))).toBe(at(5_000))
    expect(clock.now(at(5_000), at(5_900))).toBe(at(5_900))
  })

  it('goes on from a last event that is in the future, says so once, and does not jump back', async () => {
    const clock = new Clock()
    const { result, lines } = await silently(async () => {
      const first = clock.now(at(0), at(HOUR))
      await sleep(50)
      const second = clock.now(at(50), at(HOUR))
      // After an hour without an event, the clock of the database has caught up with the last event, and not with the time that has passed since.
      return [first, second, clock.now(at(HOUR), at(HOUR))]
    })
    const [first = '', second = '', third = ''] = result
    expect(first).toBe(at(HOUR))
    expect(Date.parse(second) - HOUR).toBeGreaterThanOrEqual(40)
    expect(third >= second).toBe(true)
    expect(lines).toBe(1)
    expect(clock.now(at(3 * HOUR), at(HOUR))).toBe(at(3 * HOUR))
  })

  it('goes on from a later event of another process', async () => {
    const clock = new Clock()
    const { result } = await silently(() => [clock.now(at(0), at(HOUR)), clock.now(at(0), at(2 * HOUR)), clock.now(at(0), at(2 * HOUR))])
    expect(result.slice(0, 2)).toEqual([at(HOUR), at(2 * HOUR)])
    expect(Date.parse(result[2] ?? '')).toBeGreaterThanOrEqual(2 * HOUR)
  })
})

describe('a database whose clock was once an hour ahead', () => {
  const test = useInstance()

  const keyUntil = (expires_at: string) => userKey(test, test.owner, expires_at)

  it('[E1] an expiry passes, for reads and for changes, and time in the log does not go back', async () => {
    const ahead = Date.now() + HOUR
    const console = await connect(test.database.ownerUrl, 'console')
    await console.query('update workspaces set last_event_at = $1', [at(ahead)])
    await console.end()
    const { result, lines } = await silently(async () => {
      const key = await keyUntil(at(ahead + 4_000))
      const { seq } = await positionOf(test)
      const { data } = await test.run(createGroup, { name: 'In time' }, key.actor)
      expect((await key.call('GET', '/groups')).status).toBe(200)
      await vi.waitFor(async () => expect((await key.call('GET', '/groups')).status).toBe(401), { timeout: 60_000, interval: 100 })
      const refused = await refusal(test, updateGroup, { group_id: data.group_id, name: 'Too late' }, key.actor)
      await test.run(updateGroup, { group_id: data.group_id, name: 'Later' })
      return { refused, events: await eventsAfter(test, seq) }
    })
    expect(result.refused.code).toBe('unauthenticated')
    const times = result.events.map((event) => event.at)
    expect(times).toEqual([...times].sort())
    expect(times[0] >= at(ahead)).toBe(true)
    expect(lines).toBe(1)
    await expectSound(test.instance)
  })
})
