import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { recordKeyUse } from '@/db/queries/keys'
import type { Actor } from '@/lib/domain/context'
import type { DomainError } from '@/lib/domain/errors'
import { newKeyText } from '@/lib/domain/text/key'
import { permissionsText } from '@/lib/domain/text/permission'
import { agentKey, groupKey, keyWith, makePerson, milestoneKey, type TestKey, userKey } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { expectSound } from '@/lib/testing/soundness'
import { positionOf, refusal, watch } from '@/lib/testing/watch'
import {
  addCheckpoint,
  castVote,
  claimNext,
  completeCheckpoint,
  countVotes,
  createKey,
  createMilestone,
  createProject,
  createProposal,
  deleteCheckpoint,
  deleteMilestone,
  finalizeProposal,
  getMilestoneGraph,
  getMilestoneOperation,
  getMyPermissions,
  getProposalOperation,
  listEvents,
  listGroups,
  listKeys,
  listOwnProposals,
  listProposals,
  listReady,
  reopenCheckpoint,
  revokeKey,
  startRoundOperation,
  streamEvents,
  updateCheckpoint,
  updateGroup,
  updateMilestone,
  waitFor,
  whyBlocked,
  withdrawCheckpoint,
} from '.'
import { execute } from './execute'
import { follow, type Listener } from './follow'
import { connectAgent } from './keys'
import { listOwnMilestones } from './milestones'

const WITHIN = { interval: 10 }

describe('[K2] a key of one milestone', () => {
  const test = useInstance()
  let group_id: string
  let mine: Data
  let other: Data
  let key: TestKey

  beforeAll(async () => {
    group_id = await makeGroup(test)
  })

  beforeEach(async () => {
    // It would be claimed first, because it is older.
    other = await makeMilestone(test, group_id, { Upstream: [], Later: ['Upstream'] })
    mine = await makeMilestone(test, group_id, { A: [], B: ['A', `${other.milestone_id}:1`], C: [] })
    key = await milestoneKey(test, group_id, mine.milestone_id)
  })

  const outOfReach = () => ({ code: 'forbidden', details: { missing: 'scope', milestone_id: mine.milestone_id } })
  const own = (order: number) => ({ milestone_id: mine.milestone_id, order })
  const dependOnMine = (order: number) => makeMilestone(test, group_id, { Downstream: [`${mine.milestone_id}:${order}`] })

  it('is made for a milestone of its group, and says so wherever it is shown', async () => {
    const asked = { group_id, name: 'k', milestone_id: mine.milestone_id }
    for (const operation of [createKey, connectAgent]) {
      const { data, events } = await watch(test, operation, asked)
      expect(data).toMatchObject({ scope_type: 'group', group_id, milestone_id: mine.milestone_id })
      expect(events[0].data).toMatchObject({ group_id, milestone_id: mine.milestone_id })
      const { data: listed } = await test.run(listKeys, { group_id })
      expect(listed.keys[0]).toMatchObject({ key_id: data.key_id, milestone_id: mine.milestone_id })
      const actor: Actor = { ...test.owner, key_id: data.key_id, via: 'rest' }
      const { data: permissions } = await test.run(getMyPermissions, {}, actor)
      expect(permissions).toMatchObject({ scope_type: 'group', scope_id: group_id, milestone_id: mine.milestone_id })
      expect(newKeyText(data)).toContain(` only ${mine.milestone_id} `)
      expect(permissionsText(permissions)).toContain(`only the milestone ${mine.milestone_id} of the group ${group_id}`)
    }
    expect((await test.run(createKey, { group_id, name: 'k' })).data.milestone_id).toBeNull()
    const hider = await makePerson(test, 'Hider')
    const hidden = await makeGroup(test)
    const { milestone_id } = await makeMilestone(test, hidden, { A: [] })
    for (const [operation, input, by] of [
      [createKey, { ...asked, group_id: await makeGroup(test) }, test.owner],
      [createKey, { ...asked, milestone_id: 'ms_aaaaaaaaaaaa' }, test.owner],
      [connectAgent, { ...asked, milestone_id }, test.owner],
      [createKey, asked, hider],
    ] as const)
      expect((await refusal(test, operation, input, by)).code).toBe(by === hider ? 'forbidden' : 'not_found')
  })

  it('is told and claims only what is in it, without naming it', async () => {
    const { data } = await test.run(listReady, { group_id }, key.actor)
    expect(data.checkpoints.map(({ milestone_id, title }: Data) => [milestone_id, title])).toEqual([
      [mine.milestone_id, 'A'],
      [mine.milestone_id, 'C'],
    ])
    const titles: string[] = []
    for (let turn = 0; turn < 2; turn++) titles.push((await test.run(claimNext, { group_id }, key.actor)).data.checkpoint.title)
    expect(titles).toEqual(['A', 'C'])
    const { data: none } = await test.run(claimNext, { group_id }, key.actor)
    expect(none).toMatchObject({ claim: null, waiting: { blocked: 1, elsewhere: { checkpoints: [{ title: 'Upstream' }] } } })
    expect(none.waiting.claimed.total).toBe(2)
    expect(JSON.stringify(none)).not.toContain('Later')
    const unbound = await groupKey(test, group_id)
    expect((await test.run(listReady, { group_id }, unbound.actor)).data.total).toBeGreaterThan(data.total)
  })

  it('[H4] repeats its own calls, and not those of another key of its owner outside of it', async () => {
    const unbound = await groupKey(test, group_id)
    const once = (idempotency_key: string) => ({ idempotency_key })
    const first = await test.run(claimNext, { group_id }, key.actor, once('in'))
    expect(await test.run(claimNext, { group_id }, key.actor, once('in'))).toMatchObject({ replayed: true, seq: first.seq })
    await test.run(claimNext, { group_id }, key.actor)
    const none = await test.run(claimNext, { group_id }, key.actor, once('none'))
    expect(none.data.claim).toBeNull()
    expect(await test.run(claimNext, { group_id }, key.actor, once('none'))).toMatchObject({ replayed: true, data: { claim: null } })
    const outside = await test.run(claimNext, { group_id }, unbound.actor, once('out'))
    expect(outside.data.milestone_id).not.toBe(mine.milestone_id)
    expect(await refusal(test, claimNext, { group_id }, key.actor, once('out'))).toMatchObject(outOfReach())
  })

  it('reads the events of its milestone and no others, with and without naming it', async () => {
    await test.run(completeCheckpoint, own(1))
    await test.run(completeCheckpoint, { milestone_id: other.milestone_id, order: 1 })
    for (const filter of [{}, { group_id }, { milestone_id: mine.milestone_id }, { project_id: mine.project_id }, { before: 1_000_000 }]) {
      const { data } = await test.run(listEvents, { ...filter, limit: 1_000 }, key.actor)
      expect(new Set(data.events.map((event: Data) => event.milestone_id))).toEqual(new Set([mine.milestone_id]))
      expect(data.events.map(({ type }: Data) => type)).toContain('checkpoint.completed')
    }
    const { data: named } = await test.run(listEvents, { checkpoint_id: mine.checkpoints[0].checkpoint_id }, key.actor)
    expect(named.events.length).toBeGreaterThan(0)
  })

  it('[G1] is shown the votes of its milestone, votes on them, and knows of no other', async () => {
    const gated = async () => {
      const checkpoints = [{ title: 'Gated', requires_consensus: true }]
      const { data } = await test.run(createMilestone, { group_id, title: 'Gated', checkpoints })
      return { milestone_id: data.milestone_id, proposal_id: data.checkpoints[0].requires_proposal_id }
    }
    const own = await gated()
    const beside = await gated()
    const { proposal_id: question } = (await test.run(createProposal, { group_id, title: 'Shall we?' })).data
    const { actor } = await milestoneKey(test, group_id, own.milestone_id)
    for (const [operation, input] of [
      [listProposals, { group_id }],
      [listProposals, { group_id, status: 'open' }],
      [listOwnProposals, {}],
      [listOwnProposals, { status: 'waiting' }],
    ] as const) {
      const { data } = await test.run(operation, input, actor)
      expect(data.proposals.map(({ proposal_id }: Data) => proposal_id)).toEqual([own.proposal_id])
    }
    expect((await test.run(countVotes, {}, actor)).data).toEqual({ waiting: 1 })
    const ballot = { vote: 'yes', round: 1 }
    for (const [operation, more] of [
      [getProposalOperation, {}],
      [castVote, ballot],
      [finalizeProposal, {}],
      [startRoundOperation, { reason: 'x' }],
    ] as const) {
      const [hidden, missing] = [
        await refusal(test, operation, { proposal_id: beside.proposal_id, ...more }, actor),
        await refusal(test, operation, { proposal_id: 'prop_aaaaaaaaaaaa', ...more }, actor),
      ]
      expect([hidden.code, hidden.message]).toEqual(['not_found', missing.message])
      const refused = await refusal(test, operation, { proposal_id: question, ...more }, actor)
      expect(refused).toMatchObject({ code: 'forbidden', details: { missing: 'scope', milestone_id: own.milestone_id } })
    }
    expect((await watch(test, castVote, { proposal_id: own.proposal_id, ...ballot }, actor)).types).toEqual(['ballot.cast'])
    expect((await watch(test, finalizeProposal, { proposal_id: own.proposal_id }, actor)).types).toEqual(['proposal.finalized'])
    const { data } = await test.run(listEvents, { milestone_id: own.milestone_id, limit: 100 }, actor)
    expect(data.events.map(({ type }: Data) => type)).toEqual(expect.arrayContaining(['ballot.cast', 'proposal.finalized']))
  })

  it('lists its group and its milestone and nothing else', async () => {
    expect((await test.run(listGroups, {}, key.actor)).data.groups.map((group: Data) => group.group_id)).toEqual([group_id])
    const { resources } = (await test.run(listOwnMilestones, {}, key.actor)).data
    expect(resources.map(({ id }: Data) => id)).toEqual([mine.milestone_id])
  })

  it('is shown the faces of what its checkpoints wait for, and not of what waits for them', async () => {
    await dependOnMine(2)
    const { data } = await test.run(getMilestoneOperation, { milestone_id: mine.milestone_id }, key.actor)
    const face = { ref: `${other.milestone_id}:1`, title: 'Upstream', private: false }
    expect(data.checkpoints[1].blocked_by).toEqual([expect.objectContaining({ ref: 1 }), expect.objectContaining(face)])
    const { data: why } = await test.run(whyBlocked, own(2), key.actor)
    expect(JSON.stringify(why)).toContain('Upstream')
    const { data: graph } = await test.run(getMilestoneGraph, { milestone_id: mine.milestone_id }, key.actor)
    expect(graph.neighbours.map(({ title }: Data) => title)).toEqual(['Upstream'])
    const refused = await refusal(test, deleteCheckpoint, own(2), key.actor)
    expect(refused).toMatchObject({ code: 'has_dependents', details: { dependents: [], private_count: 1 } })
    const unbound = await groupKey(test, group_id)
    const { data: whole } = await test.run(getMilestoneGraph, { milestone_id: mine.milestone_id }, unbound.actor)
    expect(whole.neighbours.map(({ title }: Data) => title)).toEqual(['Upstream', 'Downstream'])
    expect((await refusal(test, deleteCheckpoint, own(2), unbound.actor)).details.private_count).toBe(0)
  })

  it('is told when what it waits for outside is done', async () => {
    await test.run(completeCheckpoint, own(1))
    const input = { ...own(2), until: 'ready', timeout_seconds: 50 }
    const waiting = execute(test.instance, waitFor, { input, actor: key.actor })
    await expect.poll(() => test.instance.waits.size, WITHIN).toBe(1)
    await test.run(completeCheckpoint, { milestone_id: other.milestone_id, order: 1 })
    expect((await waiting).outcome).toBe('reached')
  })

  it('adds no dependency on what is outside, and may write back what it was shown', async () => {
    const outside = `${other.milestone_id}:2`
    for (const [operation, input] of [
      [addCheckpoint, { milestone_id: mine.milestone_id, title: 'D', depends_on: [outside] }],
      [addCheckpoint, { milestone_id: mine.milestone_id, title: 'D', depends_on: [other.checkpoints[1].checkpoint_id] }],
      [updateCheckpoint, { ...own(3), depends_on: [`${other.milestone_id}:1`] }],
    ] as const) {
      const refused = await refusal(test, operation, input, key.actor)
      expect(refused).toMatchObject({ code: 'invalid_dependency', details: { reason: expect.stringContaining('no such checkpoint') } })
    }
    const back = await test.run(updateCheckpoint, { ...own(2), depends_on: mine.checkpoints[1].depends_on }, key.actor)
    expect(back.changed).toBe(false)
    await test.run(addCheckpoint, { milestone_id: mine.milestone_id, title: 'D', depends_on: [1, 2] }, key.actor)
  })

  it('changes nothing outside, not even through what it may change', async () => {
    const down = await dependOnMine(1)
    expect(await refusal(test, withdrawCheckpoint, { ...own(1), reason: 'no' }, key.actor)).toMatchObject(outOfReach())
    await test.run(completeCheckpoint, own(1))
    await test.run(completeCheckpoint, { milestone_id: down.milestone_id, order: 1 })
    const refused = await refusal(test, reopenCheckpoint, { ...own(1), reason: 'no' }, key.actor)
    expect(refused).toMatchObject({ code: 'dependents_completed', details: { dependents: [], private_count: 1 } })
    expect(refused.message).not.toContain(down.milestone_id)
    const cascade = { ...own(1), reason: 'no', cascade: true }
    expect(await refusal(test, reopenCheckpoint, cascade, key.actor)).toMatchObject(outOfReach())
    // What stays inside is done.
    expect((await watch(test, withdrawCheckpoint, { ...own(3), reason: 'no' }, key.actor)).types).toEqual(['checkpoint.withdrawn'])
    expect((await test.run(reopenCheckpoint, cascade)).changed).toBe(true)
  })

  it('neither moves nor deletes its milestone, and may rename it', async () => {
    const { milestone_id } = await makeMilestone(test, group_id, {})
    const { actor } = await milestoneKey(test, group_id, milestone_id)
    const { data: project } = await test.run(createProject, { group_id, title: 'Elsewhere' })
    const move = async (project_id: string) => {
      const { code, message } = await refusal(test, updateMilestone, { milestone_id, title: 'Renamed', project_id }, actor)
      return { code, message }
    }
    expect(await move(project.project_id)).toMatchObject({ code: 'invalid' })
    expect(await move(project.project_id)).toEqual(await move('proj_aaaaaaaaaaaa'))
    expect(await refusal(test, deleteMilestone, { milestone_id }, actor)).toMatchObject({
      code: 'forbidden',
      details: { missing: 'scope' },
    })
    expect((await test.run(updateMilestone, { milestone_id, title: 'Renamed' }, actor)).changed).toBe(true)
  })

  it('stays with its milestone when others move that', async () => {
    const { data: project } = await test.run(createProject, { group_id, title: 'New home' })
    await test.run(updateMilestone, { milestone_id: mine.milestone_id, project_id: project.project_id })
    const { data } = await test.run(getMilestoneOperation, { milestone_id: mine.milestone_id }, key.actor)
    expect(data.project_id).toBe(project.project_id)
    expect((await test.run(listReady, { group_id, project_id: project.project_id }, key.actor)).data.total).toBe(2)
    expect((await refusal(test, listReady, { group_id, project_id: mine.project_id }, key.actor)).code).toBe('not_found')
  })

  it('[E2] and a key from before there were such keys are replayed to the same rows', async () => {
    const older = await keyWith(test, test.owner, {})
    const text = 'select k.milestone_id, e.data from api_keys k join events e on e.data->>$2 = k.key_id where k.key_id = $1'
    const { rows } = await test.instance.pool.query(text, [older.actor.key_id, 'key_id'])
    expect(rows).toEqual([{ milestone_id: null, data: expect.not.objectContaining({ milestone_id: null }) }])
    expect((await test.run(getMilestoneOperation, { milestone_id: other.milestone_id }, older.actor)).data.title).toBe(other.title)
    await expectSound(test.instance)
  })

  it('has no more of its group than its owner', async () => {
    const hider = await makePerson(test, 'Private')
    const { actor } = await milestoneKey(test, group_id, mine.milestone_id)
    const { group_id: closed } = (await (await userKey(test, hider)).call('POST', '/groups', { name: 'Closed', visibility: 'private' }))
      .data
    expect((await refusal(test, listReady, { group_id: closed }, actor)).code).toBe('not_found')
    const agent = await agentKey(test, group_id)
    expect((await test.run(getMyPermissions, {}, agent.actor)).data.milestone_id).toBeNull()
  })
})

describe('[K2] the end of a milestone ends its keys', () => {
  const test = useInstance({ each: true })

  type Heard = { types: string[]; milestones: Set<unknown>; ended: string[] }

  const listen = async (actor: Actor, input: object = {}): Promise<Heard> => {
    const heard: Heard = { types: [], milestones: new Set(), ended: [] }
    const listener: Listener = {
      waiting: () => 0,
      taken: () => 0,
      hear: (events) => {
        for (const { type, event } of events) {
          heard.types.push(type)
          heard.milestones.add(event.milestone_id)
        }
      },
      beat: () => undefined,
      end: (why) => heard.ended.push(why),
    }
    await follow(test.instance, streamEvents, { input, actor, listener })
    return heard
  }

  const setUp = async () => {
    const group_id = await makeGroup(test)
    const [kept, gone] = [await makeMilestone(test, group_id, { A: [] }), await makeMilestone(test, group_id, { A: [] })]
    const [living, dying] = [await milestoneKey(test, group_id, kept.milestone_id), await milestoneKey(test, group_id, gone.milestone_id)]
    return { group_id, kept, gone, living, dying }
  }

  it('for every call, also those that are open', async () => {
    const { group_id, kept, gone, living, dying } = await setUp()
    const streams = [await listen(living.actor), await listen(dying.actor), await listen(dying.actor, { after: 0 })]
    const wait = (milestone_id: string, { actor }: TestKey) =>
      execute(test.instance, waitFor, { input: { milestone_id, until: 'closed', timeout_seconds: 50 }, actor }).then(
        ({ outcome }) => outcome,
        ({ code }: DomainError) => code,
      )
    const waits = [wait(kept.milestone_id, living), wait(gone.milestone_id, dying)]
    await expect.poll(() => test.instance.waits.size, WITHIN).toBe(2)
    await test.run(deleteMilestone, { milestone_id: gone.milestone_id })
    expect(await waits[1]).toBe('unauthenticated')
    await expect.poll(() => streams.map(({ ended }) => ended), WITHIN).toEqual([[], ['unauthenticated'], ['unauthenticated']])
    for (const [method, path] of [
      ['GET', '/groups'],
      ['GET', '/api-keys/me/permissions'],
      ['GET', '/events'],
      ['GET', `/milestones/${gone.milestone_id}`],
      ['POST', `/groups/${group_id}/claim-next`],
    ] as const)
      expect(await dying.call(method, path), path).toMatchObject({ status: 401, error: 'unauthenticated' })

    await test.run(completeCheckpoint, { milestone_id: kept.milestone_id, order: 1 })
    expect(await waits[0]).toBe('reached')
    await expect.poll(() => streams[0]?.types, WITHIN).toEqual(['checkpoint.completed', 'milestone.closed'])
    expect(streams[0]?.milestones).toEqual(new Set([kept.milestone_id]))
    expect(streams[1]?.types).toEqual([])
    expect(streams[2]?.milestones).toEqual(new Set([gone.milestone_id]))
    await expectSound(test.instance)
  })

  it('for lists, for the record of its use and for whoever would revoke it', async () => {
    const { group_id, gone, living, dying } = await setUp()
    const ids = async () => (await test.run(listKeys, { group_id })).data.keys.map(({ key_id }: Data) => key_id)
    expect(await ids()).toEqual([dying.actor.key_id, living.actor.key_id])
    await test.run(deleteMilestone, { milestone_id: gone.milestone_id })
    expect(await ids()).toEqual([living.actor.key_id])
    expect((await refusal(test, revokeKey, { key_id: dying.actor.key_id ?? '' })).code).toBe('not_found')
    const use = { via: 'rest', call: 'list_groups', client: null, isNameless: true, isContact: false } as const
    for (const { actor } of [dying, living]) await recordKeyUse(test.instance, actor.key_id ?? '', use)
    const { rows } = await test.instance.pool.query('select key_id from api_key_uses')
    expect(rows).toEqual([{ key_id: living.actor.key_id }])
  })

  it('and leaves the streams and keys of others as they are', async () => {
    const { group_id, gone } = await setUp()
    const person = await userKey(test)
    const heard = await listen(person.actor)
    await test.run(deleteMilestone, { milestone_id: gone.milestone_id })
    await test.run(updateGroup, { group_id, description: 'Still here' })
    await expect.poll(() => heard.types, WITHIN).toEqual(['milestone.deleted', 'group.updated'])
    expect(heard.ended).toEqual([])
    expect((await positionOf(test)).seq).toBeGreaterThan(0)
  })
})
