import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { Feed } from '@/db/feed'
import type { Instance } from '@/db/instance'
import type { Actor } from '@/lib/domain/context'
import { log } from '@/lib/log.mjs'
import { administer } from '@/lib/testing/administer'
import { agentKey, join, makePerson, milestoneKey } from '@/lib/testing/client'
import { heldUp } from '@/lib/testing/held-up'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { positionOf } from '@/lib/testing/watch'
import { completeCheckpoint, createProject, deleteMilestone, removeMember, streamEvents, suspendAgentProfile, updateGroup } from '.'
import { type Following, follow, hubOf, type Listener } from './follow'

const WITHIN = { interval: 10 }

describe('whoever follows', () => {
  const test = useInstance()
  let group_id: string
  let counter = 0

  beforeAll(async () => {
    group_id = await makeGroup(test)
  })

  const change = () => test.run(createProject, { group_id, title: `Project ${++counter}` })

  const listen = (instance: Instance, input: object = {}, actor = test.owner) => {
    const seqs: number[] = []
    const waiting = { bytes: 0 }
    const ended: string[] = []
    const listener: Listener = {
      waiting: () => waiting.bytes,
      taken: () => 0,
      hear: (events) => seqs.push(...events.map(({ seq }) => seq)),
      beat: () => undefined,
      end: (why) => ended.push(why),
    }
    const begun: Promise<Following> = follow(instance, streamEvents, { input, actor, listener })
    return { seqs, waiting, ended, begun }
  }

  it('[E4] is told what happened while they were told the past', async () => {
    const held = heldUp(test.instance.pool)
    const instance = { ...test.instance, pool: held.pool }
    const ahead = listen(instance)
    await ahead.begun
    const { seq } = await positionOf(test)
    held.hold()
    const behind = listen(instance, { after: seq - 2 })
    await sleep(100)
    await change()
    await expect.poll(() => ahead.seqs, WITHIN).toEqual([seq + 1])
    held.release()
    await change()
    await expect.poll(() => behind.seqs, WITHIN).toEqual([seq - 1, seq, seq + 1, seq + 2])
    for (const { begun } of [ahead, behind]) (await begun).stop()
    expect(hubOf(instance).size).toBe(0)
  })

  /** Makes a caller, and answers what takes back what it may read. */
  type Stopping = () => Promise<{ actor: Actor; input?: object; end: () => Promise<{ seq: number }> }>

  it.each<[string, string, Stopping]>([
    [
      '[K2] is told nothing of the past by the key of a milestone that was deleted while it was read',
      'unauthenticated',
      async () => {
        const { milestone_id } = await makeMilestone(test, group_id, { A: [] })
        const { actor } = await milestoneKey(test, group_id, milestone_id)
        return { actor, end: () => test.run(deleteMilestone, { milestone_id }) }
      },
    ],
    [
      '[F2] [R1] is told nothing of the past of a private group from which they were removed while it was read',
      'not_found',
      async () => {
        const person = await makePerson(test, 'Removed meanwhile')
        const secret = await makeGroup(test, { visibility: 'private' })
        await join(test, secret, person)
        const address = { group_id: secret, user_id: person.actor_id }
        return { actor: person, input: { group_id: secret }, end: () => test.run(removeMember, address) }
      },
    ],
    [
      '[F2] [A2] is told nothing of the past as an agent that was suspended while it was read',
      'unauthenticated',
      async () => {
        const { actor } = await agentKey(test, group_id)
        return { actor, end: () => test.run(suspendAgentProfile, { group_id, agent_profile_id: actor.actor_id }) }
      },
    ],
  ])('%s', async (_title, code, prepare) => {
    const { actor, input = {}, end } = await prepare()
    const held = heldUp(test.instance.pool)
    const instance = { ...test.instance, pool: held.pool }
    const ahead = listen(instance)
    await ahead.begun
    held.hold()
    const behind = listen(instance, { after: 0, ...input }, actor)
    const begun = behind.begun.catch((error: unknown) => error)
    await sleep(100)
    const { seq } = await end()
    await expect.poll(() => ahead.seqs, WITHIN).toEqual([seq])
    held.release()
    expect(await begun).toMatchObject({ code })
    expect(behind.seqs).toEqual([])
    ;(await ahead.begun).stop()
  })

  it('[E4] is told of the past, too, which milestones wait for a checkpoint that was completed elsewhere', async () => {
    const elsewhere = await makeMilestone(test, group_id, { Other: [] })
    const closed = await makeGroup(test, { visibility: 'private' })
    const own = await makeMilestone(test, group_id, { A: [`${elsewhere.milestone_id}:1`] })
    const unseen = await makeMilestone(test, closed, { A: [`${elsewhere.milestone_id}:1`] })
    const { seq } = await test.run(completeCheckpoint, { milestone_id: elsewhere.milestone_id, order: 1 })
    const told = async (actor: Actor, hearsOfDependents: boolean) => {
      const heard: Data[] = []
      const listener: Listener = {
        hearsOfDependents,
        waiting: () => 0,
        taken: () => 0,
        hear: (events) => heard.push(...events),
        beat: () => undefined,
        end: () => undefined,
      }
      const { stop } = await follow(test.instance, streamEvents, { input: { after: seq - 2 }, actor, listener })
      stop()
      expect(heard.some(({ type }) => type === 'checkpoint.completed')).toBe(actor.key_id === null)
      return heard.flatMap(({ type, event }) => (type === 'milestone.dependency_changed' ? [event.milestone_id] : []))
    }
    const person = await makePerson(test, 'Another person')
    expect(await told(person, true)).toEqual([own.milestone_id])
    expect((await told(test.owner, true)).sort()).toEqual([own.milestone_id, unseen.milestone_id].sort())
    expect(await told(test.owner, false)).toEqual([])
    expect(await told((await milestoneKey(test, group_id, own.milestone_id)).actor, true)).toEqual([own.milestone_id])
  })

  it('[E4] is told page by page of what unblocks them elsewhere, each time once and in order', async () => {
    const base = await makeMilestone(test, group_id, { Base: [] })
    const own = await makeMilestone(test, group_id, { Waits: [`${base.milestone_id}:1`] })
    const { actor } = await milestoneKey(test, group_id, own.milestone_id)
    const { seq } = await test.run(completeCheckpoint, { milestone_id: base.milestone_id, order: 1 })
    const from = (await positionOf(test)).seq
    await administer(
      test.database.ownerUrl,
      `with moved as (update workspaces set seq = seq + 1200, head = 'many' where workspace_id = 'main' returning seq - 1200 as seq)
       insert into events select e.workspace_id, m.seq + n, e.type, e.at, e.actor_id, e.actor_type, null, null, e.via, e.group_id, e.project_id, e.milestone_id, e.checkpoint_id, '{}', 'manymanymanymany'
       from moved m, (select * from events where type = 'checkpoint.completed' and seq <= ${seq} order by seq desc limit 1) e, generate_series(1, 1200) n`,
    )
    const pages: number[] = []
    const seqs: number[] = []
    const listener: Listener = {
      hearsOfDependents: true,
      waiting: () => 0,
      taken: () => 0,
      hear: (events) => {
        pages.push(events.length)
        seqs.push(...events.map((event) => event.seq))
      },
      beat: () => undefined,
      end: () => undefined,
    }
    const { stop } = await follow(test.instance, streamEvents, { input: { after: from }, actor, listener })
    await expect.poll(() => seqs.length, WITHIN).toBe(1_200)
    expect(seqs).toEqual(Array.from({ length: 1_200 }, (_, at) => from + at + 1))
    expect(pages).toEqual([500, 500, 200])
    stop()
  })

  it('[E4] is not told again what they were told before the news came', async () => {
    const held = heldUp(test.instance.pool)
    const feed = new Feed(test.database.url, { ...test.instance, pool: held.pool })
    const instance = { ...test.instance, feed }
    const behind = listen(instance)
    await behind.begun
    const { seq } = await positionOf(test)
    held.hold()
    await change()
    await change()
    const ahead = listen(instance, { after: seq + 1 })
    await ahead.begun
    await expect.poll(() => ahead.seqs, WITHIN).toEqual([seq + 2])
    expect(behind.seqs).toEqual([])
    held.release()
    await change()
    await expect.poll(() => behind.seqs, WITHIN).toEqual([seq + 1, seq + 2, seq + 3])
    expect(ahead.seqs).toEqual([seq + 2, seq + 3])
    for (const { begun } of [ahead, behind]) (await begun).stop()
    await feed.stop()
  })

  it.each<[string, () => Promise<{ actor: Actor; input?: { group_id: string } }>]>([
    [
      'by a key that was made after the news were read',
      async () => ({ actor: (await agentKey(test, group_id, `Newcomer ${++counter}`)).actor }),
    ],
    [
      'in a private group that they joined after the news were read',
      async () => {
        const person = await makePerson(test, 'Joins late')
        const secret = await makeGroup(test, { visibility: 'private' })
        await join(test, secret, person)
        return { actor: person, input: { group_id: secret } }
      },
    ],
  ])('[E4] [F2] hears of what follows %s, although those are still being told', async (_title, arrive) => {
    const held = heldUp(test.instance.pool)
    const feed = new Feed(test.database.url, { ...test.instance, pool: held.pool })
    const instance = { ...test.instance, feed }
    const ahead = listen(instance)
    await ahead.begun
    held.hold()
    // It changes who may read what, so the news of it are judged anew for everybody.
    const { seq } = await test.run(updateGroup, { group_id, visibility: 'private' })
    await sleep(100)
    const { actor, input } = await arrive()
    const newcomer = listen(instance, input, actor)
    await newcomer.begun
    held.release()
    await expect.poll(() => ahead.seqs[0], WITHIN).toBe(seq)
    const last = (await test.run(createProject, { group_id: input?.group_id ?? group_id, title: `Project ${++counter}` })).seq
    await expect.poll(() => [newcomer.ended, newcomer.seqs.at(-1)], WITHIN).toEqual([[], last])
    await test.run(updateGroup, { group_id, visibility: 'workspace' })
    for (const { begun } of [ahead, newcomer]) (await begun).stop()
    await feed.stop()
  })

  it('[E4] reads in the log what they could not be told, because it could not be judged who may read it', async () => {
    const logged = vi.spyOn(log, 'error').mockImplementation(() => undefined)
    const held = heldUp(test.instance.pool)
    const feed = new Feed(test.database.url, { ...test.instance, pool: held.pool })
    const person = listen({ ...test.instance, feed }, {}, await makePerson(test, 'Person'))
    await person.begun
    const { seq } = await positionOf(test)
    held.failAt('from \\"groups\\"')
    await change()
    await expect.poll(() => person.seqs, WITHIN).toEqual([seq + 1])
    expect(logged).toHaveBeenCalled()
    held.failAt('')
    await change()
    await expect.poll(() => person.seqs, WITHIN).toEqual([seq + 1, seq + 2])
    ;(await person.begun).stop()
    logged.mockRestore()
    await feed.stop()
  })

  it('is told no more of the past than they take', async () => {
    const { seq } = await positionOf(test)
    await administer(
      test.database.ownerUrl,
      `with moved as (update workspaces set seq = seq + 1200, head = 'more' where workspace_id = 'main' returning seq - 1200 as seq)
       insert into events select e.workspace_id, m.seq + n, 'group.updated', e.at, e.actor_id, e.actor_type, null, null, e.via, e.group_id, null, null, null, '{}', 'moremoremoremore'
       from moved m, (select * from events where type = 'group.created' limit 1) e, generate_series(1, 1200) n`,
    )
    const reader = listen(test.instance, { after: seq })
    reader.waiting.bytes = 100_000
    const { more, stop } = await reader.begun
    const pages: number[] = []
    for (let page = 0; page < 3; page++) {
      await expect.poll(() => reader.seqs.length, WITHIN).toBeGreaterThan(pages.at(-1) ?? 0)
      await sleep(100)
      pages.push(reader.seqs.length)
      reader.waiting.bytes = 0
      more()
      reader.waiting.bytes = 100_000
    }
    expect(pages).toEqual([500, 1_000, 1_200])
    expect(reader.seqs).toEqual(Array.from({ length: 1_200 }, (_, at) => seq + at + 1))
    stop()
  })

  it('[F2] is cut off if something waits for them that they may not read any more, whether it was news or past', async () => {
    const person = await makePerson(test, 'Waiting')
    const { seq } = await positionOf(test)
    const [prompt, slow] = [listen(test.instance, {}, person), listen(test.instance, {}, person)]
    const behind = listen(test.instance, { after: seq - 1_100, group_id }, person)
    behind.waiting.bytes = 100_000
    const all = [prompt, slow, behind]
    for (const { begun } of all) await begun
    await change()
    await expect.poll(() => prompt.seqs.length, WITHIN).toBe(1)
    slow.waiting.bytes = 1
    await test.run(updateGroup, { group_id, visibility: 'private' })
    await expect.poll(() => slow.ended, WITHIN).toEqual(['slow'])
    await expect.poll(() => behind.ended, WITHIN).toEqual(['slow'])
    expect(prompt.ended).toEqual([])
    for (const { begun } of all) (await begun).stop()
    expect(hubOf(test.instance).size).toBe(0)
  })
})
