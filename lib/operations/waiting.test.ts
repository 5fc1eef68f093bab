import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Feed } from '@/db/feed'
import { type Instance, openInstance } from '@/db/instance'
import { Waits } from '@/db/waits'
import type { Actor } from '@/lib/domain/context'
import { DomainError } from '@/lib/domain/errors'
import { LIMITS } from '@/lib/domain/limits'
import { dataOf, execute, type Invocation } from '@/lib/operations/execute'
import { administer } from '@/lib/testing/administer'
import { join, keyWith, makePerson, revoke, userKey } from '@/lib/testing/client'
import { heldUp } from '@/lib/testing/held-up'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { useProxied } from '@/lib/testing/proxied'
import { positionOf } from '@/lib/testing/watch'
import {
  addCheckpoint,
  castVote,
  claimCheckpoint,
  completeCheckpoint,
  createMilestone,
  deleteMilestone,
  finalizeProposal,
  reopenMilestone,
  startRoundOperation,
  updateCheckpoint,
  updateGroup,
  waitFor,
} from '.'

describe('wait_for', () => {
  const test = useInstance()
  let group_id: string
  let plan: Data

  /** In seconds. Nothing that wakes a wait takes nearly as long. */
  const PATIENCE = 50

  const wait = async (input: object, { actor = test.owner, on = test.instance, ...more }: Partial<Invocation> & { on?: Instance } = {}) => {
    const given = { milestone_id: plan.milestone_id, timeout_seconds: PATIENCE, ...input }
    const began = performance.now()
    const executed = await execute(on, waitFor, { input: given, actor, ...more }).finally(() => {
      // The last look finds what is true even if nothing woke the wait before.
      if (performance.now() - began > (PATIENCE - 3) * 1_000) throw new Error('nothing woke the wait before its time was over')
    })
    return { ...dataOf(waitFor, executed), seq: executed.seq }
  }

  /** Begins to wait and returns when the first look has found no answer. The promise is wrapped, because it is not to be awaited yet. */
  const begin = async (...[input, more = {}]: Parameters<typeof wait>) => {
    const { waits } = more.on ?? test.instance
    const before = waits.size
    const answer = wait(input, more)
    const refused = answer.then(() => Promise.reject(new Error('it did not wait')))
    await Promise.race([refused, expect.poll(() => waits.size, { interval: 5 }).toBe(before + 1)])
    refused.catch(() => undefined)
    return { answer }
  }

  const complete = (order: string | number, milestone_id = plan.milestone_id, on = test.instance) =>
    execute(on, completeCheckpoint, { input: { milestone_id, order }, actor: test.owner })

  const endLease = (checkpoint_id: string, milliseconds: number) =>
    administer(
      test.database.ownerUrl,
      `update checkpoints set claim_expires_at = clock_timestamp() + interval '${milliseconds} milliseconds' where checkpoint_id = '${checkpoint_id}'`,
    )

  beforeAll(async () => {
    group_id = await makeGroup(test)
  })
  beforeEach(async () => {
    plan = await makeMilestone(test, group_id, { First: [], Second: ['First'], Third: [] })
  })

  describe('an answer', () => {
    let other: Instance
    beforeAll(async () => {
      other = await openInstance(test.database.url, 'http://cairn.test')
    })
    afterAll(() => other.close())

    it('[W1] answers at once what is true already', async () => {
      expect(await wait({ order: 1, until: 'ready' })).toMatchObject({
        reached: true,
        timed_out: false,
        impossible: false,
        milestone_id: plan.milestone_id,
        status: 'active',
        version: plan.version,
        checkpoint: plan.checkpoints[0],
      })
      await complete(1)
      expect(await wait({ order: 1, until: 'completed' })).toMatchObject({ reached: true, checkpoint: { state: 'completed' } })
      expect(await wait({ until: 'change', since_seq: plan.version })).toMatchObject({ reached: true, checkpoint: null })
      expect(test.instance.waits.size).toBe(0)
    })

    it('never waits with a timeout of 0, and says what has to happen first', async () => {
      expect(await wait({ order: 2, until: 'ready', timeout_seconds: 0 })).toMatchObject({
        reached: false,
        timed_out: true,
        waiting_for: 'Checkpoint 2 depends on checkpoint 1 which is pending',
        checkpoint: { state: 'blocked' },
      })
      expect(test.instance.feed.position).toBeNull()
    })

    it('answers when its time is over, with what is true then', async () => {
      const { answer } = await begin({ order: 2, until: 'completed', timeout_seconds: 1 })
      await complete(1)
      expect(await answer).toMatchObject({
        reached: false,
        timed_out: true,
        waiting_for: 'Checkpoint 2 is ready and not claimed',
        checkpoint: { state: 'ready' },
        seq: (await positionOf(test)).seq,
      })
    })

    it('[W1] wakes when the dependency is completed, here and by another process, with the number at which it is true', async () => {
      for (const by of [test.instance, other]) {
        const { milestone_id } = await makeMilestone(test, group_id, { A: [], B: ['A'] })
        const { answer } = await begin({ milestone_id, order: 2, until: 'ready' })
        const { seq } = await complete(1, milestone_id, by)
        expect(await answer).toMatchObject({ reached: true, seq, checkpoint: { order: 2, state: 'ready' } })
      }
    })

    it('wakes when a dependency in another milestone is completed, and when the milestone closes', async () => {
      const far = await makeMilestone(test, group_id, { Far: [] })
      const near = await makeMilestone(test, group_id, { Near: [`${far.milestone_id}:1`] })
      const ready = await begin({ milestone_id: near.milestone_id, order: 1, until: 'ready' })
      const closed = await begin({ milestone_id: far.milestone_id, until: 'closed' })
      const changed = await begin({ milestone_id: near.milestone_id, until: 'change' })
      await complete(1, far.milestone_id)
      expect(await ready.answer).toMatchObject({ reached: true })
      expect(await closed.answer).toMatchObject({ reached: true, status: 'closed', checkpoint: null })
      expect(await changed.answer).toMatchObject({ reached: true })
    })

    it('is not disturbed by what is about others, and goes on waiting after what is not enough', async () => {
      const { answer } = await begin({ order: 2, until: 'completed' })
      await complete(3)
      await test.run(updateCheckpoint, { milestone_id: plan.milestone_id, order: 2, title: 'Renamed' })
      await complete(1)
      expect(await Promise.race([answer, sleep(200, 'still waiting')])).toBe('still waiting')
      await complete(2)
      expect(await answer).toMatchObject({ reached: true, checkpoint: { title: 'Renamed' } })
    })

    it('hangs on a dependency that was added while it waits', async () => {
      const { answer } = await begin({ order: 2, until: 'ready' })
      const late = await makeMilestone(test, group_id, { Late: [] })
      const depends_on = [1, `${late.milestone_id}:1`]
      await test.run(updateCheckpoint, { milestone_id: plan.milestone_id, order: 2, depends_on })
      await complete(1)
      await sleep(100)
      await complete(1, late.milestone_id)
      expect(await answer).toMatchObject({ reached: true, checkpoint: { depends_on } })
    })

    it('[D4] means the checkpoint that had the number when it began', async () => {
      const { answer } = await begin({ order: 1, until: 'completed' })
      const { checkpoint_id } = plan.checkpoints[0]
      await test.run(addCheckpoint, { milestone_id: plan.milestone_id, title: 'New', position: 1 })
      await complete(1)
      await sleep(100)
      await complete(checkpoint_id)
      expect(await answer).toMatchObject({ reached: true, checkpoint: { checkpoint_id, order: 2 } })
    })

    it('is impossible, at once and meanwhile, for what is completed and waited for to be ready', async () => {
      const { answer } = await begin({ order: 2, until: 'ready' })
      await complete(1)
      await answer
      await test.run(claimCheckpoint, { milestone_id: plan.milestone_id, order: 2 }, test.owner)
      const meanwhile = await begin({ order: 2, until: 'ready' })
      await complete(2)
      const over = { reached: false, timed_out: false, impossible: true, reason: expect.stringContaining('Checkpoint 2 is completed') }
      expect(await meanwhile.answer).toMatchObject(over)
      expect(await wait({ order: 2, until: 'ready' })).toMatchObject({ ...over, checkpoint: { state: 'completed' } })
    })

    it('[G1] for a gated checkpoint to be ready wakes when its vote passes, and goes on when it is rejected', async () => {
      const voter = await makePerson(test, 'Voter')
      await join(test, group_id, voter)
      const checkpoints = [{ title: 'Deploy', requires_consensus: true }]
      const { data } = await test.run(createMilestone, { group_id, title: 'Gated', checkpoints })
      const { milestone_id } = data
      const proposal_id = data.checkpoints[0].requires_proposal_id
      const asked = { milestone_id, order: 1, until: 'ready' }
      expect(await wait({ ...asked, timeout_seconds: 0 })).toMatchObject({ timed_out: true, waiting_for: 'Checkpoint 1 waits for a vote' })
      const { answer } = await begin(asked)
      const vote = async (vote: string, round: number) => {
        await test.run(castVote, { proposal_id, vote, round }, voter)
        return test.run(finalizeProposal, { proposal_id })
      }
      await vote('no', 1)
      expect(await wait({ ...asked, timeout_seconds: 0 })).toMatchObject({ timed_out: true, checkpoint: { proposal_status: 'rejected' } })
      await test.run(startRoundOperation, { proposal_id, reason: 'The objection is met' })
      expect(test.instance.waits.size).toBe(1)
      const { seq } = await vote('yes', 2)
      expect(await answer).toMatchObject({ reached: true, seq, checkpoint: { state: 'ready', proposal_status: 'approved' } })
    })

    it('[G1] for a change of a gated checkpoint wakes with each ballot', async () => {
      const voter = await makePerson(test, 'Voter')
      await join(test, group_id, voter)
      const checkpoints = [{ title: 'Deploy', requires_consensus: true }]
      const { data } = await test.run(createMilestone, { group_id, title: 'Gated', checkpoints })
      const [{ requires_proposal_id: proposal_id }] = data.checkpoints
      const asked = { milestone_id: data.milestone_id, until: 'change' }
      const [one, all] = [await begin({ ...asked, order: 1 }), await begin(asked)]
      const { seq } = await test.run(castVote, { proposal_id, vote: 'yes', round: 1 }, voter)
      for (const { answer } of [one, all]) expect(await answer).toMatchObject({ reached: true, seq })
    })

    it('[M2] waits for a milestone that was reopened', async () => {
      const { milestone_id } = await makeMilestone(test, group_id, { Only: [] })
      await complete(1, milestone_id)
      await test.run(reopenMilestone, { milestone_id })
      expect(await wait({ milestone_id, until: 'closed', timeout_seconds: 0 })).toMatchObject({ timed_out: true, status: 'active' })
    })
  })

  describe('a wait for a change', () => {
    it('answers at once to who has not read the last one, and else waits for the next', async () => {
      const { seq } = await complete(1)
      const far = { milestone_id: plan.milestone_id, order: 2, until: 'change' }
      expect(await wait({ ...far, since_seq: seq - 1 })).toMatchObject({ reached: true })
      const { answer } = await begin({ ...far, since_seq: seq })
      const changed = await test.run(updateCheckpoint, { milestone_id: plan.milestone_id, order: 2, note: 'x' })
      expect(await answer).toMatchObject({ reached: true, seq: changed.seq, checkpoint: { note: 'x' } })
      await complete(3)
      expect(await wait({ ...far, since_seq: changed.seq, timeout_seconds: 0 })).toMatchObject({ reached: false })
    })

    it('sees a completion of a dependency outside that happened before it began', async () => {
      const far = await makeMilestone(test, group_id, { Far: [], Other: [] })
      const near = await makeMilestone(test, group_id, { Near: [`${far.milestone_id}:1`] })
      const since_seq = (await complete(2, far.milestone_id)).seq
      const asked = { milestone_id: near.milestone_id, until: 'change', since_seq, timeout_seconds: 0 }
      expect(await wait(asked)).toMatchObject({ reached: false })
      expect(await wait({ ...asked, order: 1 })).toMatchObject({ reached: false })
      await complete(1, far.milestone_id)
      expect(await wait(asked)).toMatchObject({ reached: true })
      expect(await wait({ ...asked, order: 1 })).toMatchObject({ reached: true })
    })

    it('from a future number is log_replaced, with the end of the log', async () => {
      const { seq } = await positionOf(test)
      for (const until of ['change', 'closed']) {
        const refused = await wait({ until, since_seq: seq + 1 }).catch((error: unknown) => error)
        expect(refused).toMatchObject({ code: 'log_replaced', details: { seq }, seq })
      }
    })
  })

  describe('a wait for the end of a lease', () => {
    const agent = async (): Promise<Actor> => test.agent(group_id, 'Sleeper')

    it.each([
      ['ready', 1],
      ['change', 1],
      ['change', undefined],
    ])('[L1] until %s of %s answers when it runs out, although nothing is written then', async (until, order) => {
      await test.run(claimCheckpoint, { milestone_id: plan.milestone_id, order: 1 }, await agent())
      await endLease(plan.checkpoints[0].checkpoint_id, 3_000)
      const { seq } = await positionOf(test)
      const { answer } = await begin({ order, until })
      expect(await answer).toMatchObject({ reached: true, seq })
    })

    it('[L1] asks again if the lease was renewed meanwhile', async () => {
      const by = await agent()
      const of = { milestone_id: plan.milestone_id, order: 1 }
      await test.run(claimCheckpoint, of, by)
      await endLease(plan.checkpoints[0].checkpoint_id, 3_000)
      const { answer } = await begin({ order: 1, until: 'ready', timeout_seconds: 5 })
      // The claim is renewed without an event, so that only the timer of the old lease asks.
      await endLease(plan.checkpoints[0].checkpoint_id, 60_000)
      expect(await answer).toMatchObject({ timed_out: true, checkpoint: { state: 'claimed' } })
    })
  })

  describe('who waits', () => {
    const refused = (answer: Promise<unknown>) => answer.catch((error: unknown) => error)

    it('[W1] is told not_found when what it waits for is deleted, or becomes private', async () => {
      const deleted = await begin({ order: 2, until: 'ready' })
      const closed = await begin({ until: 'closed' })
      await test.run(deleteMilestone, { milestone_id: plan.milestone_id })
      for (const { answer } of [deleted, closed])
        expect(await refused(answer)).toMatchObject({ code: 'not_found', seq: expect.any(Number) })

      const hidden = await makeGroup(test)
      const { milestone_id } = await makeMilestone(test, hidden, { A: [], B: ['A'] })
      const stranger = await makePerson(test, `Stranger ${milestone_id}`)
      const outside = await begin({ milestone_id, order: 2, until: 'ready' }, { actor: stranger })
      const inside = await begin({ milestone_id, order: 2, until: 'ready' })
      await test.run(updateGroup, { group_id: hidden, visibility: 'private' })
      expect(await refused(outside.answer)).toMatchObject({ code: 'not_found' })
      await complete(1, milestone_id)
      expect(await inside.answer).toMatchObject({ reached: true })
    })

    it('is refused when its key is revoked or expires, and others are not', async () => {
      const [one, two] = [await userKey(test), await userKey(test)]
      const waits = [await begin({ order: 2, until: 'ready' }, one), await begin({ order: 2, until: 'ready' }, two)]
      await revoke(test, one)
      expect(await refused(waits[0]?.answer ?? expect.fail())).toMatchObject({ code: 'unauthenticated' })
      await complete(1)
      expect(await waits[1]?.answer).toMatchObject({ reached: true })

      const short = await keyWith(test, test.owner, {})
      await administer(
        test.database.ownerUrl,
        `update api_keys set expires_at = clock_timestamp() + interval '4 seconds' where key_id = '${short.actor.key_id}'`,
      )
      const { answer } = await begin({ order: 2, until: 'completed' }, short)
      expect(await refused(answer)).toMatchObject({ code: 'unauthenticated' })
    })

    it('leaves nothing behind, and holds at most 1,000 waits with a key', async () => {
      const [one, two] = [await userKey(test), await userKey(test)]
      const leaving = Array.from({ length: LIMITS.waits_per_key * 2 }, () => new AbortController())
      const all = leaving.map(({ signal }) => refused(wait({ order: 2, until: 'ready' }, { actor: one.actor, signal })))
      const first = await Promise.race(all)
      expect(first).toMatchObject({
        code: 'rate_limited',
        details: { limit: LIMITS.waits_per_key, retry_after_seconds: expect.any(Number) },
      })
      await expect.poll(() => test.instance.waits.size).toBe(LIMITS.waits_per_key)
      const fine = await begin({ order: 2, until: 'ready' }, two)
      for (const caller of leaving) caller.abort()
      const codes = (await Promise.all(all)).map((error) => (error instanceof DomainError ? error.code : 'answered'))
      expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(LIMITS.waits_per_key)
      expect(codes.filter((code) => code === 'unavailable')).toHaveLength(LIMITS.waits_per_key)
      expect(test.instance.waits.size).toBe(1)
      await begin({ order: 2, until: 'completed', timeout_seconds: 1 }, one)
      await complete(1)
      await fine.answer
      await expect.poll(() => test.instance.waits.size).toBe(0)
      expect(test.instance.feed.position).toBeNull()
    })
  })

  describe('a wait and what goes wrong', () => {
    const proxied = useProxied(test)

    it('loses no wake-up, whenever the completion comes', async () => {
      const milestones: Data[] = []
      for (let made = 0; made < 10; made++) {
        const sketch = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`Step ${at}`, []]))
        milestones.push(await makeMilestone(test, group_id, sketch))
      }
      const untils = ['completed', 'change'] as const
      for (const { milestone_id, checkpoints } of milestones) {
        for (const [at, { checkpoint_id }] of checkpoints.entries()) {
          const late = (at % 5) * 2
          const { seq } = await positionOf(test)
          const waits = untils.map((until) => wait({ milestone_id, order: checkpoint_id, until, since_seq: seq }))
          await sleep(late)
          // The key is an event about the one who waits, who may not have been looked at yet.
          await Promise.all([complete(checkpoint_id, milestone_id), userKey(test)])
          for (const answer of waits) expect(await answer).toMatchObject({ reached: true })
        }
      }
    })

    it('wakes although the connection that PostgreSQL notifies is cut', async () => {
      const { answer } = await begin({ order: 2, until: 'ready' })
      const kill = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cairn feed' and datname = current_database()`
      await administer(test.database.ownerUrl, kill)
      await complete(1, plan.milestone_id, proxied.instance)
      expect(await answer).toMatchObject({ reached: true })
    })

    it('is looked at again after the database was out of reach, and refused only if that lasts to its end', async () => {
      const on = proxied.instance
      const { checkpoint_id } = plan.checkpoints[2]
      await test.run(claimCheckpoint, { milestone_id: plan.milestone_id, order: 3 }, await test.agent(group_id, 'Sleeper'))
      await endLease(checkpoint_id, 4_000)
      const patient = await begin({ order: 2, until: 'ready' }, { on })
      const leased = await begin({ order: 3, until: 'ready' }, { on })
      const hasty = await begin({ order: 2, until: 'ready', timeout_seconds: 1 }, { on })
      proxied.wire.behave('down')
      await expect(wait({ order: 2, until: 'ready' }, { on })).rejects.toMatchObject({ code: 'unavailable' })
      expect(await hasty.answer.catch((error: unknown) => error)).toMatchObject({ code: 'unavailable' })
      await complete(1)
      await sleep(3_500)
      proxied.wire.behave('up')
      expect(await patient.answer).toMatchObject({ reached: true })
      expect(await leased.answer).toMatchObject({ reached: true, checkpoint: { state: 'failed' } })
      expect(on.waits.size).toBe(0)
    })

    it('[W1] is not refused by news that are older than the key that waits', async () => {
      const held = heldUp(test.instance.pool)
      const feed = new Feed(test.database.url, { ...test.instance, pool: held.pool })
      const on = { ...test.instance, feed, waits: new Waits(test.instance, feed) }
      const ahead = await begin({ order: 2, until: 'completed' }, { on })
      held.hold()
      await test.run(updateCheckpoint, { milestone_id: plan.milestone_id, order: 2, title: 'Renamed meanwhile' })
      await sleep(100)
      const { actor } = await userKey(test)
      const newcomer = await begin({ order: 2, until: 'ready' }, { on, actor })
      held.release()
      await sleep(200)
      await complete(1)
      expect(await newcomer.answer.catch((error: unknown) => error)).toMatchObject({ reached: true })
      await complete(2)
      expect(await ahead.answer).toMatchObject({ reached: true })
      await feed.stop()
    })

    it('is log_replaced if a backup is restored', async () => {
      const feed = new Feed(test.database.url, test.instance, 100)
      const on = { ...test.instance, feed, waits: new Waits(test.instance, feed) }
      const { answer } = await begin({ order: 2, until: 'ready' }, { on })
      await administer(
        test.database.ownerUrl,
        `set session_replication_role = replica; update events set batch = 'restored'; update workspaces set head = 'restored'`,
      )
      const { seq } = await positionOf(test)
      expect(await answer.catch((error: unknown) => error)).toMatchObject({ code: 'log_replaced', details: { seq } })
      expect(on.waits.size).toBe(0)
      // Whoever waits now follows the new log.
      const again = await begin({ order: 2, until: 'ready' }, { on })
      await complete(1)
      expect(await again.answer).toMatchObject({ reached: true })
      await feed.stop()
    })

    it('is refused when the instance stops', async () => {
      const on = await openInstance(test.database.url, 'http://cairn.test')
      const { answer } = await begin({ order: 2, until: 'ready' }, { on })
      const ended = answer.catch((error: unknown) => error)
      await on.close()
      expect(await ended).toMatchObject({ code: 'unavailable', details: { retry_after_seconds: 1 } })
      await expect(wait({ order: 2, until: 'ready' }, { on })).rejects.toMatchObject({ code: 'unavailable' })
    })
  })
})
