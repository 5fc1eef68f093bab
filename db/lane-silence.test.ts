import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { DomainError } from '@/lib/domain/errors'
import { addCheckpoint, listEvents } from '@/lib/operations'
import { execute } from '@/lib/operations/execute'
import { byPerson } from '@/lib/testing/authors'
import { useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { useProxied } from '@/lib/testing/proxied'
import { refuseChanges } from '@/lib/testing/refusing'
import { expectSound } from '@/lib/testing/soundness'
import { connect } from './client'

const CALLERS = 300
/** A caller is promised an answer within 5 seconds. What goes beyond is for a slow machine. */
const BOUND = 20_000

/** Who is not told at once is told after 5 seconds. */
const AT_ONCE = 4_000
/** How long the lane may take to find that the database is back. */
const BACK = 30_000
const UNKNOWN = 'It is not known whether this change was made. Try again with the same idempotency key.'
const NOT_MADE = 'Nothing was changed. Try again shortly.'

const KILL = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cairn lane' and datname = current_database()`

type Told = { title: string; answer: 'made' | 'not made' | 'unknown'; after: number; error: DomainError | null }

describe('[H3] a database that falls silent', () => {
  const test = useInstance()
  const proxied = useProxied(test)
  let milestone_id: string
  beforeEach(async () => {
    milestone_id = (await makeMilestone(test, await makeGroup(test), { First: [] })).milestone_id
    await add('warm')
  })

  const add = (title: string) => execute(proxied.instance, addCheckpoint, { input: { milestone_id, title }, actor: test.owner })

  const told = async (title: string): Promise<Told> => {
    const start = performance.now()
    const error = await add(title).then(
      () => null,
      (thrown: unknown) => thrown,
    )
    const after = performance.now() - start
    if (error === null) return { title, answer: 'made', after, error }
    if (!(error instanceof DomainError)) throw error
    expect(error).toMatchObject({ code: 'unavailable', details: { retry_after_seconds: expect.any(Number) } })
    const known = error.message.endsWith(NOT_MADE)
    if (!known) expect(error.message.endsWith(UNKNOWN), error.message).toBe(true)
    return { title, answer: known ? 'not made' : 'unknown', after, error }
  }

  const many = (prefix: string, callers = CALLERS) => Promise.all(Array.from({ length: callers }, (_, at) => told(`${prefix}${at}`)))

  const log = (name: string, all: readonly Told[]) => {
    if (process.env.CAIRN_TEST_TIMES)
      console.info(name, Math.round(Math.min(...all.map(({ after }) => after))), Math.round(Math.max(...all.map(({ after }) => after))))
  }

  /** Waits for the first write that is made. */
  const back = async (): Promise<number> => {
    const start = performance.now()
    for (let at = 0; performance.now() - start < BACK; at++) {
      if ((await told(`back ${at}`)).answer === 'made') break
      await sleep(50)
    }
    return performance.now() - start
  }

  /** Each caller was answered in time, and what it was told is true: what was made is there once, what was not made is not there. */
  const expectTruth = async (name: string, all: readonly Told[]) => {
    log(name, all)
    expect(Math.max(...all.map(({ after }) => after))).toBeLessThan(BOUND)
    const { rows } = await test.instance.pool.query(
      `select data->>'title' as title, count(*) as times from events where milestone_id = $1 and type = 'checkpoint.added' group by 1`,
      [milestone_id],
    )
    const times = new Map(rows.map((row) => [row.title, row.times]))
    for (const { title, answer } of all) {
      const found = times.get(title) ?? 0
      if (answer === 'unknown') expect(found).toBeLessThanOrEqual(1)
      else expect([title, answer, found]).toEqual([title, answer, answer === 'made' ? 1 : 0])
    }
    await expectSound(test.instance)
  }

  const expectBack = async (name: string) => {
    const took = await back()
    if (process.env.CAIRN_TEST_TIMES) console.info(name, 'back after', Math.round(took))
    expect(took).toBeLessThan(BACK)
  }

  it('accepts connections and never answers: all are told in time, later callers at once, and it ends with the fault', async () => {
    proxied.wire.behave('silent')
    const all = await many('S')
    await sleep(1_500)
    const later = await many('L')
    const read = await execute(proxied.instance, listEvents, { input: {}, actor: test.owner }).catch((error: unknown) => error)
    proxied.wire.behave('up')
    await expectBack('silent')
    await expectTruth('silent', [...all, ...later])
    expect(all.filter(({ answer }) => answer === 'made')).toEqual([])
    expect(Math.max(...later.map(({ after }) => after))).toBeLessThan(AT_ONCE)
    expect(read).toMatchObject({ code: 'unavailable', message: 'The database is out of reach. Try again shortly.' })
  })

  it('freezes before a commit, while its backend holds the lock: the callers are told, and none is made twice', async () => {
    proxied.wire.freezeNextCommit('before')
    const all = await many('F')
    await expectBack('frozen before')
    await expectTruth('frozen before', all)
  })

  it('freezes after a commit: nobody is told that a change was not made which was', async () => {
    proxied.wire.freezeNextCommit('after')
    const all = await many('G')
    await expectBack('frozen after')
    await expectTruth('frozen after', all)
  })

  it('freezes after a commit and is not there for longer than anybody waits: the first batch is told that its outcome is not known', async () => {
    proxied.wire.freezeNextCommit('after')
    const sent = many('U')
    await sleep(1_000)
    proxied.wire.behave('silent')
    const all = await sent
    expect(all.filter(({ answer }) => answer === 'unknown').length).toBeGreaterThan(0)
    expect(all.filter(({ answer }) => answer === 'not made').length).toBeGreaterThan(0)
    proxied.wire.behave('up')
    await expectBack('frozen and silent')
    await expectTruth('frozen and silent', all)
  })

  it('is down for three seconds: all are told, and the first write succeeds soon after', async () => {
    proxied.wire.behave('down')
    const all = await many('D')
    const later = await many('E')
    await sleep(Math.max(0, 3_000 - Math.max(...all.map(({ after }) => after))))
    proxied.wire.behave('up')
    await expectBack('down')
    await expectTruth('down', [...all, ...later])
    expect(all.every(({ answer }) => answer === 'not made')).toBe(true)
    expect(Math.max(...later.map(({ after }) => after))).toBeLessThan(AT_ONCE)
  })

  it('ends the connection in the middle of a batch, once: every change is made', async () => {
    const killer = await connect(test.database.ownerUrl, 'killer')
    const sent = many('K')
    await sleep(5)
    await killer.query(KILL)
    const all = await sent
    await killer.end()
    await expectTruth('57P01 once', all)
    // A machine that is too busy to open a connection in time tells some callers so, but none at once.
    expect(all.filter(({ answer, after }) => answer !== 'made' && after < AT_ONCE)).toEqual([])
    expect(all.some(({ answer }) => answer === 'made')).toBe(true)
  })

  it('ends every connection for a while: no call is tried alone while others wait', async () => {
    const killer = await connect(test.database.ownerUrl, 'killer')
    let killing = true
    const kill = async () => {
      while (killing) {
        await killer.query(KILL)
        await sleep(2)
      }
    }
    const killed = kill()
    const all = await many('W')
    killing = false
    await killed
    await killer.end()
    await expectBack('57P01')
    await expectTruth('57P01', all)
  })

  it.each([
    ['53100', "The database's disk is full. Nothing was changed. Try again shortly."],
    ['25006', 'The database accepts no changes at present, because it is read-only. Nothing was changed. Try again shortly.'],
    ['53300', 'The database has no connections left. Nothing was changed. Try again shortly.'],
    ['57P01', 'The database is out of reach. Nothing was changed. Try again shortly.'],
  ])('refuses every change with %s: all are told the cause, and the first write succeeds soon after', async (state, message) => {
    await refuseChanges(test.database.ownerUrl, state)
    const all = await many(state, 5 * CALLERS)
    const later = await many(`later ${state}`)
    await refuseChanges(test.database.ownerUrl, null)
    await expectBack(state)
    await expectTruth(state, [...all, ...later])
    expect(new Set(all.map(({ error }) => error?.message))).toEqual(new Set([message]))
    // Only the first batch waits to see whether the fault passes: the calls behind it are told with it, and not one batch after another.
    expect(Math.max(...all.map(({ after }) => after))).toBeLessThan(4_000)
    expect(later.every(({ answer }) => answer === 'not made')).toBe(true)
  })

  it('is read-only for a while: the lane does not keep the connection that it opened then', async () => {
    const owner = await connect(test.database.ownerUrl, 'owner')
    const name = new URL(test.database.ownerUrl).pathname.slice(1)
    await owner.query(`alter database ${name} set default_transaction_read_only = on`)
    await owner.query(KILL)
    const all = await many('R', 20)
    await owner.query(`alter database ${name} reset default_transaction_read_only`)
    await owner.end()
    await expectBack('read-only')
    await expectTruth('read-only', all)
    expect(all.every(({ answer }) => answer === 'not made')).toBe(true)
  })

  it('a statement that PostgreSQL refuses is the error of its own call: the others of its batch are made', async () => {
    const bad = proxied.instance.lane.submit({
      decide: () => ({
        events: [],
        changed: false,
        authorship: byPerson(test.owner),
        ids: {},
        needs: [],
        replayed: null,
      }),
      answer: () => 'null',
      // PostgreSQL refuses this character.
      remember: { principal_id: test.owner.actor_id, idempotency_key: 'refused', fingerprint: '\u0000' },
      bytes: 0,
      left: () => false,
    })
    const [error, all] = await Promise.all([bad.catch((thrown: unknown) => thrown), many('O', 20)])
    expect(error).toMatchObject({ code: '22P05' })
    await expectTruth('one refused', all)
    expect(all.every(({ answer }) => answer === 'made')).toBe(true)
  })
})
