import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Actor } from '@/lib/domain/context'
import type { ProblemCode } from '@/lib/domain/errors'
import { agentKey, groupKey, join, makePerson, type TestKey, userKey } from '@/lib/testing/client'
import { useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import {
  addCheckpoint,
  createProject,
  deleteAgentProfile,
  leaveGroup,
  removeMember,
  resumeAgentProfile,
  streamEvents,
  suspendAgentProfile,
  waitFor,
} from '.'
import { follow, hubOf, type Listener } from './follow'

/** Enough for any machine. How long it took is printed. */
const WITHIN = { interval: 5, timeout: 10_000 }
const REMOVALS = 50

describe('[F2] [R1] [A2] whoever is stopped in the middle of what they follow', () => {
  const test = useInstance()
  let group_id: string
  let open: string
  let milestone_id: string

  beforeAll(async () => {
    group_id = await makeGroup(test, { name: 'Secret', visibility: 'private' })
    open = await makeGroup(test)
    milestone_id = (await makeMilestone(test, group_id, { First: [], Second: ['First'] })).milestone_id
  })

  const listen = async (actor: Actor, input: object = {}) => {
    const heard: { seq: number; text: string }[] = []
    const ended: string[] = []
    const listener: Listener = {
      waiting: () => 0,
      taken: () => 0,
      hear: (events) => heard.push(...events.map(({ seq, event }) => ({ seq, text: JSON.stringify(event) }))),
      beat: () => undefined,
      end: (why) => ended.push(why),
    }
    const { stop } = await follow(test.instance, streamEvents, { input, actor, listener })
    return { heard, ended, stop }
  }

  /** A stream of all that may be read, one of the group, and a wait for a checkpoint of it. */
  const begin = async (actor: Actor) => {
    const refused: { code: ProblemCode }[] = []
    const wait = test.run(waitFor, { milestone_id, order: 2, until: 'ready', timeout_seconds: 50 }, actor)
    wait.catch((error: { code: ProblemCode }) => refused.push(error))
    return { actor, all: await listen(actor), its: await listen(actor, { group_id }), refused }
  }
  type Begun = Awaited<ReturnType<typeof begin>>

  /** Changes the group again and again, until it is told to stop. */
  const work = () => {
    let isOver = false
    let count = 0
    const running = (async () => {
      let plan = ''
      while (!isOver) {
        if (count % 200 === 0) plan = (await makeMilestone(test, group_id, {})).milestone_id
        await test.run(addCheckpoint, { milestone_id: plan, title: `Classified ${++count}` })
      }
    })()
    return async () => {
      isOver = true
      await running
      return count
    }
  }

  const expectNothingLeft = (begun: readonly Begun[]) => {
    for (const { all, its } of begun) for (const { stop } of [all, its]) stop()
    expect(hubOf(test.instance).size).toBe(0)
    expect(test.instance.waits.size).toBe(0)
  }

  const classified = (heard: readonly { text: string }[]) => heard.filter(({ text }) => text.includes('Classified')).length

  /** What of the group was told at a number of the log or later. */
  const toldSince = ({ all, its }: Begun, seq: number): string[] =>
    [...all.heard, ...its.heard].flatMap((event) => (event.seq >= seq && event.text.includes(group_id) ? [event.text] : []))

  it('is told nothing of the group after the event by which they left it, fifty times', { timeout: 120_000 }, async () => {
    const people = await Promise.all(Array.from({ length: REMOVALS }, (_, at) => makePerson(test, `Person ${at}`)))
    const members = people.map(async (person, at) => {
      await join(test, group_id, person)
      return begin(at % 2 === 0 ? person : (await userKey(test, person)).actor)
    })
    const begun = await Promise.all(members)
    await expect.poll(() => test.instance.waits.size, WITHIN).toBe(REMOVALS)
    const stop = work()
    const took: number[] = []
    const left: number[] = []
    for (const [at, { actor, all, its, refused }] of begun.entries()) {
      await expect.poll(() => classified(all.heard), WITHIN).toBeGreaterThan(at)
      const user_id = actor.actor_id
      const { seq } = await (at % 3 === 0 ? test.run(leaveGroup, { group_id }, actor) : test.run(removeMember, { group_id, user_id }))
      const answered = performance.now()
      await expect.poll(() => [its.ended, refused.map(({ code }) => code)], WITHIN).toEqual([['gone'], ['not_found']])
      took.push(performance.now() - answered)
      left.push(seq)
    }
    const changes = await stop()
    const { seq } = await test.run(createProject, { group_id: open, title: 'Public' })
    for (const [at, one] of begun.entries()) {
      const { all } = one
      // The stream of all goes on, with what everybody may read.
      await expect.poll(() => all.heard.at(-1)?.seq, WITHIN).toBe(seq)
      expect(all.ended).toEqual([])
      expect(toldSince(one, left[at] ?? 0)).toEqual([])
    }
    expectNothingLeft(begun)
    console.info(
      `F2: ${REMOVALS} removals among ${changes} changes; the slowest stream and wait ended ${Math.max(...took).toFixed(0)} ms after it`,
    )
  })

  const agentOf = ({ actor_id }: Actor) => ({ group_id, agent_profile_id: actor_id })

  it.each<[string, () => Promise<TestKey>, (actor: Actor) => Promise<{ seq: number }>]>([
    ['an agent that is suspended', () => agentKey(test, group_id), (actor) => test.run(suspendAgentProfile, agentOf(actor))],
    ['an agent that is deleted', () => agentKey(test, group_id), (actor) => test.run(deleteAgentProfile, agentOf(actor))],
    [
      'the key of the group of somebody who is removed',
      async () => {
        const person = await makePerson(test, 'Key owner')
        await join(test, group_id, person)
        return groupKey(test, group_id, person)
      },
      ({ actor_id }) => test.run(removeMember, { group_id, user_id: actor_id }),
    ],
  ])('is %s, whose streams and waits all end', async (_what, make, end) => {
    const { actor, call } = await make()
    const one = await begin(actor)
    await expect.poll(() => test.instance.waits.size, WITHIN).toBe(1)
    const stop = work()
    await expect.poll(() => classified(one.all.heard), WITHIN).toBeGreaterThan(3)
    const { seq } = await end(actor)
    await expect.poll(() => [one.all.ended, one.its.ended], WITHIN).toEqual([['unauthenticated'], ['unauthenticated']])
    await expect.poll(() => one.refused.map(({ code }) => code), WITHIN).toEqual(['unauthenticated'])
    await stop()
    await sleep(50)
    expect(toldSince(one, seq)).toEqual([])
    expect(await call('GET', `/groups/${group_id}`)).toMatchObject({ status: 401 })
    await expect(listen(actor)).rejects.toMatchObject({ code: 'unauthenticated' })
    expectNothingLeft([one])
  })

  it('is an agent, which follows again when it is resumed', async () => {
    const { actor } = await agentKey(test, group_id)
    await test.run(suspendAgentProfile, agentOf(actor))
    await test.run(resumeAgentProfile, agentOf(actor))
    const again = await listen(actor, { group_id })
    const { seq } = await test.run(createProject, { group_id, title: 'Seen again' })
    await expect.poll(() => again.heard.at(-1)?.seq, WITHIN).toBe(seq)
    again.stop()
  })
})
