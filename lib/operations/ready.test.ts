import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Instance, openInstance } from '@/db/instance'
import type { Actor } from '@/lib/domain/context'
import { administer } from '@/lib/testing/administer'
import { groupKey, makePerson } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { claimBriefly } from '@/lib/testing/leases'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { expectSound } from '@/lib/testing/soundness'
import { refusal } from '@/lib/testing/watch'
import {
  archiveProject,
  claimCheckpoint,
  claimNext,
  completeCheckpoint,
  createMilestone,
  createProject,
  failCheckpoint,
  listReady,
  releaseCheckpoint,
  retryCheckpoint,
  updateGroup,
} from '.'
import { execute } from './execute'

const refOf = ({ milestone_id, order }: Data): string => `${milestone_id}:${order}`

describe('what can be claimed', () => {
  const test = useInstance()
  let other: Instance
  let agent: Actor
  let group_id: string
  let archived: { project_id: string; milestone_id: string }
  /** The checkpoints by their titles. */
  const at = new Map<string, { milestone_id: string; order: number }>()
  const address = (title: string) => at.get(title) ?? expect.fail(`there is no ${title}`)

  const plan = async (title: string, checkpoints: Data[], more: object = {}): Promise<Data> => {
    const { data } = await test.run(createMilestone, { group_id, title, checkpoints, ...more })
    for (const { title: name, order } of data.checkpoints) at.set(name, { milestone_id: data.milestone_id, order })
    return data
  }
  const ref = (title: string) => refOf(address(title))
  const run = async (instance: Instance, operation: typeof claimNext, input: object, actor: Actor): Promise<Data> =>
    JSON.parse((await execute(instance, operation, { input: { group_id, ...input }, actor })).data)

  beforeAll(async () => {
    group_id = await makeGroup(test)
    agent = await test.agent(group_id, 'worker')
    const elsewhere = await makeGroup(test)
    await plan('first', [
      { title: 'done' },
      { title: 'plain' },
      { title: 'two wait', depends_on: [1] },
      { title: 'waits', depends_on: [3] },
      { title: 'waits too', depends_on: [3, 2] },
      { title: 'voting', requires_consensus: true },
      { title: 'voted', requires_consensus: true },
    ])
    // Calls that are sent together share a batch, and so a time.
    await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) =>
        plan(name, [{ title: `${name}1` }, { title: `${name}2` }, { title: `${name}3`, depends_on: [1, ref('plain')] }]),
      ),
    )
    await plan(
      'attempts',
      ['failed once', 'failed, useful', 'given back', 'released', 'needs attention', 'claimed', 'expired', 'expired too often'].map(
        (title) => ({ title }),
      ),
    )
    await plan('useful', [{ title: 'waits for a failed one', depends_on: [ref('failed, useful'), ref('expired')] }])
    const { data } = await test.run(createProject, { group_id, title: 'Archived' })
    const { milestone_id } = await plan('old', [{ title: 'old1' }, { title: 'old2' }], { project_id: data.project_id })
    archived = { project_id: data.project_id, milestone_id }
    await test.run(archiveProject, { project_id: data.project_id })
    await plan('far', [{ title: 'far1', depends_on: [ref('plain')] }, { title: 'far2', depends_on: [ref('b2')] }, { title: 'far done' }], {
      group_id: elsewhere,
    })
    await plan('far, done', [{ title: 'far over', depends_on: [ref('far done')] }], { group_id: elsewhere })
    await plan('needs far', [
      { title: 'blocked from far', depends_on: [ref('far over')] },
      { title: 'freed from far', depends_on: [ref('far done')] },
    ])

    for (const title of ['done', 'far done']) await test.run(completeCheckpoint, address(title))
    const fail = (title: string, times: number) =>
      Promise.all(Array.from({ length: times }, () => test.run(failCheckpoint, { ...address(title), reason: `${title} did not work` })))
    for (const title of ['failed once', 'failed, useful', 'given back']) await fail(title, 1)
    await fail('needs attention', 3)
    await fail('expired too often', 2)
    await test.run(retryCheckpoint, address('given back'))
    await fail('released', 1)
    const { claim } = (await test.run(claimCheckpoint, address('released'), agent)).data
    await test.run(releaseCheckpoint, { ...address('released'), claim_id: claim.claim_id }, agent)
    const holder = await test.agent(group_id, 'holder')
    await test.run(claimCheckpoint, address('claimed'), holder)
    for (const title of ['expired', 'expired too often']) await claimBriefly(test.instance, address(title), holder, 1)
    await sleep(5)
    // Nobody can vote yet. The other process has not loaded anything, so it sees the vote.
    const { rows } = await test.instance.pool.query('select proposal_id from checkpoints where title = $1', ['voted'])
    await administer(
      test.database.ownerUrl,
      `update proposals set status = 'finalized', threshold_met = true, result = 'yes', finalized_at = now() where proposal_id = '${rows[0].proposal_id}'`,
    )
    other = await openInstance(test.database.url, 'http://cairn.test')
  })
  afterAll(() => other?.close())

  const list = async (where: object = {}, by = test.owner): Promise<Data> =>
    (await test.run(listReady, { group_id, limit: 200, ...where }, by)).data

  it('[L1] is listed in the order in which claim_next takes it, and nothing else is listed', async () => {
    const everything = await list()
    const inside = {
      milestone: await list({ milestone_id: archived.milestone_id }),
      project: await list({ project_id: archived.project_id }),
    }
    const titles = everything.checkpoints.map(({ title }: Data) => title)
    expect(titles).toEqual(expect.arrayContaining(['voted', 'freed from far', 'a1', 'b1', 'failed once', 'expired']))
    expect(titles.slice(0, 2)).toEqual(['plain', 'two wait'])
    expect(titles.slice(-3)).toEqual(['failed, useful', 'expired', 'failed once'])
    for (const title of ['done', 'waits', 'voting', 'claimed', 'needs attention', 'expired too often', 'old1', 'blocked from far', 'far1'])
      expect(titles).not.toContain(title)
    expect(everything.total).toBe(titles.length)

    const claimed = async (where: object): Promise<string[]> => {
      const taken: string[] = []
      for (;;) {
        const { claim, checkpoint, milestone_id } = await run(other, claimNext, where, agent)
        if (claim === null) return taken
        taken.push(refOf({ ...checkpoint, milestone_id }))
      }
    }
    expect(await claimed({})).toEqual(everything.checkpoints.map(refOf))
    expect(await claimed({ milestone_id: archived.milestone_id })).toEqual(inside.milestone.checkpoints.map(refOf))
    expect(inside.project).toEqual(inside.milestone)
    expect(inside.project.checkpoints.map(({ title }: Data) => title)).toEqual(['old1', 'old2'])
    expect(await list()).toEqual({ checkpoints: [], total: 0 })
  })

  it('is listed with what one needs to act, in few bytes, and only as much as one asks for', async () => {
    const own = await makeGroup(test)
    const { milestone_id, project_id } = await makeMilestone(test, own, { A: [], B: ['A'], C: ['A'], D: [] })
    await test.run(failCheckpoint, { milestone_id, order: 4, reason: 'The tests are red' })
    const { data } = await test.run(listReady, { group_id: own })
    expect(data).toMatchObject({
      total: 2,
      checkpoints: [
        { milestone_id, order: 1, title: 'A', project_id, state: 'ready', unblocks: 2, attempts: 0, last_failure: null },
        { milestone_id, order: 4, title: 'D', project_id, state: 'failed', unblocks: 0, attempts: 1, last_failure: 'The tests are red' },
      ],
    })
    expect((await test.run(listReady, { group_id: own, limit: 1 })).data).toMatchObject({ total: 2, checkpoints: [{ order: 1 }] })
    const checkpoints = Array.from({ length: 200 }, (_, step) => ({ title: `A step with a title of usual length, ${step}` }))
    await test.run(createMilestone, { group_id: own, title: 'A milestone with a title of usual length', checkpoints })
    expect(JSON.stringify((await test.run(listReady, { group_id: own })).data).length).toBeLessThan(8_000)
  })

  it('is sought in a project and a milestone of the group only, and follows its limit of failures', async () => {
    const own = await makeGroup(test)
    const { milestone_id, project_id } = await makeMilestone(test, own, { A: [] })
    for (const where of [{ milestone_id }, { project_id }])
      expect((await refusal(test, listReady, { group_id, ...where })).code).toBe('invalid')
    for (const where of [{ milestone_id: 'ms_none' }, { project_id: 'proj_none' }])
      expect((await refusal(test, listReady, { group_id, ...where })).code).toBe('not_found')
    await test.run(failCheckpoint, { milestone_id, order: 1, reason: 'no' })
    await test.run(updateGroup, { group_id: own, max_failures: 1 })
    expect((await test.run(listReady, { group_id: own })).data.total).toBe(0)
    expect((await test.run(claimNext, { group_id: own }, test.owner)).data).toMatchObject({
      claim: null,
      waiting: { needs_attention: { total: 1, checkpoints: [{ ref: `${milestone_id}:1` }] } },
    })
  })

  it('of a private group is not found by anybody else', async () => {
    const hidden = await makeGroup(test, { visibility: 'private' })
    const stranger = await makePerson(test, 'Stranger')
    for (const operation of [listReady, claimNext])
      expect((await refusal(test, operation, { group_id: hidden }, stranger)).code).toBe('not_found')
    const { actor } = await groupKey(test, hidden)
    expect((await refusal(test, claimNext, { group_id }, actor)).code).toBe('not_found')
  })
})

describe('16 agents that ask at once', () => {
  const test = useInstance()
  let other: Instance

  beforeAll(async () => {
    other = await openInstance(test.database.url, 'http://cairn.test')
  })
  afterAll(async () => {
    await expectSound(test.instance)
    await other.close()
  })

  it.each<[string, (at: number) => Instance]>([
    ['in one process', () => test.instance],
    ['in two processes on one database', (at) => (at % 2 === 0 ? test.instance : other)],
  ])('[L1] %s get 40 checkpoints, each once, and nobody is refused', async (_where, instanceOf) => {
    const group_id = await makeGroup(test)
    for (let milestones = 0; milestones < 4; milestones++) {
      const steps = Array.from({ length: 10 }, (_, step) => [`S${step}`, step < 5 ? [] : [`S${step - 5}`]])
      await makeMilestone(test, group_id, Object.fromEntries(steps))
    }
    const agent = await test.agent(group_id, 'crowd')
    const taken: string[] = []
    let idle = 0
    const work = async (at: number) => {
      const actor = { ...agent, session_id: `session ${at}` }
      const call = async (operation: typeof claimNext | typeof completeCheckpoint, input: object): Promise<Data> =>
        JSON.parse((await execute(instanceOf(at), operation, { input, actor })).data)
      for (let round = 0; round < 200 && taken.length < 40; round++) {
        const { claim, checkpoint, milestone_id } = await call(claimNext, { group_id })
        if (claim === null) {
          idle++
          continue
        }
        taken.push(checkpoint.checkpoint_id)
        await call(completeCheckpoint, { milestone_id, order: checkpoint.checkpoint_id, claim_id: claim.claim_id })
      }
    }
    await Promise.all(Array.from({ length: 16 }, (_, at) => work(at)))
    expect(taken).toHaveLength(40)
    expect(new Set(taken).size).toBe(40)
    expect(idle).toBeLessThan(16 * 200)
  })
})
