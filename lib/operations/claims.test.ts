import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Instance, openInstance } from '@/db/instance'
import { EXPIRED_REASON } from '@/lib/domain/attempt'
import type { Actor } from '@/lib/domain/context'
import { DomainError } from '@/lib/domain/errors'
import { join, makePerson, revoke, userKey } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { claimBriefly } from '@/lib/testing/leases'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { expectSound } from '@/lib/testing/soundness'
import { eventsAfter, positionOf, refusal, watch } from '@/lib/testing/watch'
import { claimCheckpoint, completeCheckpoint, failCheckpoint, getMilestoneOperation, releaseCheckpoint } from '.'
import type { Mutation } from './define'
import { execute } from './execute'

describe('claims', () => {
  const test = useInstance()
  let other: Instance
  let group_id: string

  beforeAll(async () => {
    other = await openInstance(test.database.url, 'http://cairn.test')
    group_id = await makeGroup(test)
  })
  afterAll(async () => {
    await expectSound(test.instance)
    await other.close()
  })

  const session = (agent: Actor, number: number): Actor => ({ ...agent, session_id: `session ${number}` })

  /** Makes a call, in either process, and returns its answer's data or the code of its refusal. */
  const attempt = async (instance: Instance, operation: Mutation, input: object, actor: Actor): Promise<Data | string> =>
    execute(instance, operation, { input, actor }).then(
      ({ data, changed }) => ({ ...JSON.parse(data), changed }),
      (error: unknown) => {
        if (error instanceof DomainError) return error.code
        throw error
      },
    )

  describe('over two processes', () => {
    it('[L1] are seen by the other process, whose holder may go on there', async () => {
      const agent = await test.agent(group_id, 'mover')
      const { milestone_id } = await makeMilestone(test, group_id, { A: [], B: ['A'] })
      const address = { milestone_id, order: 1 }
      const { claim } = await attempt(test.instance, claimCheckpoint, address, agent)
      expect(await attempt(other, completeCheckpoint, address, session(agent, 2))).toBe('claimed')
      expect(await attempt(other, claimCheckpoint, address, agent)).toMatchObject({ claim: { claim_id: claim.claim_id, attempt: 1 } })
      expect(await attempt(other, completeCheckpoint, address, agent)).toMatchObject({ changed: true })
    })

    it('[L1] of one checkpoint by 16 at once go to exactly one, and the others are told who holds it', async () => {
      const agent = await test.agent(group_id, 'crowd')
      const { milestone_id } = await makeMilestone(test, group_id, { A: [] })
      const { seq } = await positionOf(test)
      const outcomes = await Promise.all(
        Array.from({ length: 16 }, (_, at) =>
          attempt(at % 2 ? other : test.instance, claimCheckpoint, { milestone_id, order: 1 }, session(agent, at)),
        ),
      )
      expect(outcomes.filter((outcome) => outcome === 'claimed')).toHaveLength(15)
      expect((await eventsAfter(test, seq)).map(({ type }) => type)).toEqual(['claim.taken'])
    })

    it('[L1] and an expiry at once: nobody takes the claim before its end, and then exactly one does', async () => {
      const agent = await test.agent(group_id, 'heirs')
      for (let round = 0; round < 5; round++) {
        const { milestone_id } = await makeMilestone(test, group_id, { A: [] })
        const address = { milestone_id, order: 1 }
        await claimBriefly(test.instance, address, session(agent, 99), 60)
        const { seq } = await positionOf(test)
        const heir = async (at: number) => {
          for (;;) {
            const outcome = await attempt(at % 2 ? other : test.instance, claimCheckpoint, address, session(agent, at))
            if (outcome !== 'claimed') return outcome
            if ((await eventsAfter(test, seq)).length > 0) return outcome
          }
        }
        const outcomes = await Promise.all(Array.from({ length: 16 }, (_, at) => heir(at)))
        expect(outcomes.filter((outcome) => outcome !== 'claimed')).toMatchObject([{ claim: { attempt: 2 } }])
        const [expired, taken, ...more] = await eventsAfter(test, seq)
        expect([expired.type, taken.type, more]).toEqual(['claim.expired', 'claim.taken', []])
        expect(Date.parse(taken.at)).toBeGreaterThanOrEqual(Date.parse(expired.data.expired_at))
      }
    })

    it('[L1] that expire while their holder completes: it completes in time, or is refused and another may go on', async () => {
      const agent = await test.agent(group_id, 'late')
      const met = new Set<string>()
      // The lease is made longer and shorter until it ends about when the holder completes, however fast the machine is.
      let lease = 80
      for (let round = 0; round < 16; round++) {
        const { milestone_id } = await makeMilestone(test, group_id, { A: [] })
        const address = { milestone_id, order: 1 }
        const claim_id = await claimBriefly(test.instance, address, session(agent, 0), lease)
        const { seq } = await positionOf(test)
        await sleep(40)
        const [own, heirs] = await Promise.all([
          attempt(test.instance, completeCheckpoint, { ...address, claim_id }, session(agent, 0)),
          Promise.all(
            Array.from({ length: 15 }, (_, at) =>
              attempt(at % 2 ? other : test.instance, claimCheckpoint, address, session(agent, at + 1)),
            ),
          ),
        ])
        const types = (await eventsAfter(test, seq)).map(({ type }) => type).join()
        const taken = heirs.filter((outcome) => typeof outcome !== 'string').length
        met.add(typeof own === 'string' ? 'refused' : 'completed')
        lease = Math.ceil(typeof own === 'string' ? lease * 1.5 : lease / 1.5)
        if (typeof own === 'string') {
          expect(['claimed', 'claim_lost']).toContain(own)
          expect([types, taken]).toEqual(['claim.expired,claim.taken', 1])
        } else {
          expect([types, taken]).toEqual(['checkpoint.completed,milestone.closed', 0])
          expect(new Set(heirs)).toSatisfy((codes: Set<unknown>) =>
            [...codes].every((code) => code === 'claimed' || code === 'checkpoint_completed'),
          )
        }
      }
      // Both sides of the race were met, or the test shows nothing.
      expect([...met].sort()).toEqual(['completed', 'refused'])
    })
  })

  describe('of one process', () => {
    let milestone_id: string
    let agent: Actor
    beforeEach(async () => {
      milestone_id = (await makeMilestone(test, group_id, { A: [], B: ['A'] })).milestone_id
      agent = await test.agent(group_id, 'solo')
    })
    const address = (order = 1) => ({ milestone_id, order })
    const shown = async (order = 1, actor = test.owner) =>
      (await test.run(getMilestoneOperation, { milestone_id }, actor)).data.checkpoints[order - 1]

    it('[L1] expire by the clock of the database: a read shows it, and writes nothing', async () => {
      await claimBriefly(test.instance, address(), agent, 3_000)
      expect(await shown()).toMatchObject({ state: 'claimed', claim: { held_by_name: 'solo', claim_id: null } })
      const before = await positionOf(test)
      await expect.poll(async () => (await shown()).state).toBe('failed')
      expect(await shown()).toMatchObject({ state: 'failed', claim: null, last_failure: { reason: EXPIRED_REASON, by_name: 'solo' } })
      expect((await shown(2)).blocked_by).toMatchObject([{ state: 'failed', last_failure: EXPIRED_REASON, held_by_name: null }])
      expect(await positionOf(test)).toEqual(before)
      const { types } = await watch(test, failCheckpoint, { ...address(), reason: 'No use' }, agent)
      expect(types).toEqual(['claim.expired', 'checkpoint.failed'])
      expect(await shown()).toMatchObject({ attempts: 2, last_failure: { reason: 'No use', attempt: 2 } })
    })

    it('[H4] show their id again to the same call under the same idempotency key, as long as they last', async () => {
      const nameless = { ...agent, session_id: null }
      const key = { idempotency_key: `claim of ${milestone_id}` }
      const first = await test.run(claimCheckpoint, address(), nameless, key)
      const again = await test.run(claimCheckpoint, address(), nameless, key)
      expect(again).toMatchObject({ replayed: true, seq: first.seq, data: { claim: first.data.claim } })
      expect(first.data.claim.claim_id).toMatch(/^clm_[a-z2-7]{12}$/)
      await test.run(releaseCheckpoint, { ...address(), claim_id: first.data.claim.claim_id }, nameless)
      const over = await test.run(claimCheckpoint, address(), nameless, key)
      expect(over).toMatchObject({ replayed: true, data: { claim: null, checkpoint: { state: 'ready', claim: null } } })
    })

    it('[L1] of a key that was revoked last until they expire, and the key finishes nothing', async () => {
      const person = await makePerson(test, `Holder ${milestone_id}`)
      await join(test, group_id, person)
      const key = await userKey(test, person)
      const { data } = await test.run(claimCheckpoint, address(), key.actor)
      await revoke(test, key)
      const late = { ...address(), claim_id: data.claim.claim_id }
      expect((await refusal(test, completeCheckpoint, late, key.actor)).code).toBe('unauthenticated')
      expect((await refusal(test, claimCheckpoint, address(), agent)).code).toBe('claimed')
      expect(await shown()).toMatchObject({ state: 'claimed', claim: { held_by: person.actor_id } })
    })

    it('[L1] never reach another reader with their id, nor the log that others read', async () => {
      const { data } = await test.run(claimCheckpoint, address(), agent)
      expect(JSON.stringify(await shown(1, agent))).toContain(data.claim.claim_id)
      const reader = await userKey(test)
      for (const path of [`/milestones/${milestone_id}`, `/milestones/${milestone_id}/graph`, `/events?milestone_id=${milestone_id}`])
        expect((await reader.call('GET', path)).text).not.toContain(data.claim.claim_id)
    })
  })
})
