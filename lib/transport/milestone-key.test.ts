import { beforeAll, describe, expect, it } from 'vitest'
import { createGroup, createMilestone, getMilestoneOperation, getProposalOperation, OPERATIONS, updateGroup } from '@/lib/operations'
import { join, makePerson, milestoneKey, type Reply, type TestKey } from '@/lib/testing/client'
import { useInstance } from '@/lib/testing/instance'
import { toolAs } from '@/lib/testing/mcp'
import { makeMilestone } from '@/lib/testing/milestones'
import { ballotOnGate, type Ground, type Input, requestOf, sampleOf } from '@/lib/testing/samples'
import { eventsAfter, positionOf } from '@/lib/testing/watch'
import { findTool } from './mcp/tools'

/** ok: done · scope: forbidden, because it is not about the milestone of the key · 404: as if it did not exist. */
type Outcome = 'ok' | 'scope' | '404'

/** For a call about the milestone of the key, or its project, group or owner; about another one of its group; and about another group of its owner. */
type Row = readonly [own: Outcome, other: Outcome, elsewhere: Outcome]

const inside: Row = ['ok', '404', '404']
const aboutGroup: Row = ['scope', 'scope', '404']
const aboutProject: Row = ['scope', '404', '404']
const never: Row = ['scope', 'scope', 'scope']
const always: Row = ['ok', 'ok', 'ok']

const TABLE: Record<string, Row> = {
  list_groups: always,
  get_group: aboutGroup,
  create_group: never,
  update_group: aboutGroup,
  transfer_group: ['404', '404', '404'],
  list_members: aboutGroup,
  update_member: aboutGroup,
  remove_member: aboutGroup,
  leave_group: ['404', '404', '404'],
  create_invitation: aboutGroup,
  list_invitations: aboutGroup,
  revoke_invitation: ['scope', 'scope', '404'],
  accept_invitation: never,
  update_person: never,
  list_agent_profiles: aboutGroup,
  create_agent_profile: aboutGroup,
  update_agent_profile: aboutGroup,
  suspend_agent_profile: aboutGroup,
  resume_agent_profile: aboutGroup,
  delete_agent_profile: aboutGroup,
  create_project: aboutGroup,
  list_projects: aboutGroup,
  get_project: aboutProject,
  get_instructions: aboutProject,
  update_project: aboutProject,
  complete_project: aboutProject,
  archive_project: aboutProject,
  reopen_project: aboutProject,
  create_milestone: aboutGroup,
  list_milestones: aboutGroup,
  list_project_milestones: aboutProject,
  get_milestone: inside,
  wait_for: inside,
  update_milestone: inside,
  delete_milestone: ['scope', '404', '404'],
  reopen_milestone: inside,
  close_milestone: inside,
  add_checkpoint: inside,
  update_checkpoint: inside,
  delete_checkpoint: inside,
  complete_checkpoint: inside,
  reopen_checkpoint: inside,
  claim_checkpoint: inside,
  claim_next: inside,
  release_checkpoint: inside,
  fail_checkpoint: inside,
  // A person gives it back, and a key of group scope is none. That is judged after the reach of the key.
  retry_checkpoint: inside,
  list_ready: inside,
  why_blocked: inside,
  withdraw_checkpoint: inside,
  create_proposal: aboutGroup,
  // It is told of the votes in its milestone, whatever is asked.
  list_proposals: ['ok', 'ok', '404'],
  list_own_proposals: always,
  get_proposal: inside,
  cast_vote: inside,
  // About a vote that gates nothing, and so is in no milestone.
  finalize_proposal: ['scope', 'scope', '404'],
  start_round: inside,
  get_project_graph: aboutProject,
  get_milestone_graph: inside,
  list_project_overview: never,
  list_events: inside,
  stream: inside,
  get_my_permissions: always,
  create_key: aboutGroup,
  create_user_key: never,
  list_keys: aboutGroup,
  list_user_keys: never,
  revoke_key: ['scope', 'scope', '404'],
}

/** Calls that are about a milestone if they name one. Any other call of theirs is about that of the key. */
const NARROWED = ['claim_next', 'list_ready', 'list_events', 'stream']

const WHERE = ['own', 'other', 'elsewhere'] as const

describe('[K2] what a key of one milestone may do where', () => {
  const test = useInstance()
  let own: Ground
  let elsewhere: Ground

  beforeAll(async () => {
    const other = await makePerson(test, 'Other')
    const group = async (name: string, by = test.owner): Promise<Ground> => {
      const { data } = await test.run(createGroup, { name }, by)
      // Whoever makes the samples votes on them, too.
      await test.run(updateGroup, { group_id: data.group_id, no_self_approval: false }, by)
      return { test, group_id: data.group_id, by }
    }
    own = await group('Own')
    elsewhere = await group('Elsewhere', other)
    await join(test, elsewhere.group_id, test.owner, 'admin', other)
  })

  it('names every operation', () => {
    expect(Object.keys(TABLE).sort()).toEqual(OPERATIONS.map(({ name }) => name).sort())
  })

  /** The milestone that a call is about, also by a vote that gates one of its checkpoints. */
  const milestoneIn = async ({ milestone_id, proposal_id }: Input): Promise<string | null> => {
    if (typeof milestone_id === 'string') return milestone_id
    return proposal_id === undefined ? null : (await test.run(getProposalOperation, { proposal_id })).data.linked_milestone_id
  }

  /** A key, and a call that is about its milestone, about something else in its group, or about another group. */
  const prepare = async (operation: (typeof OPERATIONS)[number], where: (typeof WHERE)[number]) => {
    const ground = where === 'elsewhere' ? elsewhere : own
    const sample = await (operation.name === 'cast_vote' ? ballotOnGate(ground) : sampleOf(operation, ground))
    const named = where === 'own' ? await milestoneIn(sample) : null
    const milestone_id = named ?? (await makeMilestone(test, own.group_id, { First: [], Second: ['First'] })).milestone_id
    const { data } = await test.run(getMilestoneOperation, { milestone_id })
    const key = await milestoneKey(test, own.group_id, milestone_id)
    const input: Input = { ...sample }
    if (where === 'own' && sample.project_id !== undefined) input.project_id = data.project_id
    if (where === 'other' && NARROWED.includes(operation.name))
      input.milestone_id = (await makeMilestone(test, own.group_id, { Hidden: [] })).milestone_id
    return { key, milestone_id, input }
  }

  const cells = OPERATIONS.flatMap((operation) => WHERE.map((where, at) => [operation.name, where, operation, at] as const))

  it.each(cells)('%s, %s', async (name, where, operation, at) => {
    const outcome = (TABLE[name] ?? expect.fail(`${name} is not in the table`))[at]
    const { key, milestone_id, input } = await prepare(operation, where)
    const { method, path, body } = requestOf(operation, input)
    const before = await positionOf(test)
    const reply = await key.call(method, path, body)
    expectOutcome(name, reply, outcome, milestone_id)
    const events = await eventsAfter(test, before.seq)
    expect(events.filter((event) => event.milestone_id !== milestone_id)).toEqual([])
    if (outcome !== 'ok') expect(await positionOf(test)).toEqual(before)
    if (where === 'elsewhere') expect(reply.text).not.toContain(elsewhere.group_id)
  })

  const expectOutcome = (name: string, reply: Reply, outcome: Outcome | undefined, milestone_id: string) => {
    if (outcome === 'scope') {
      expect(reply, reply.text).toMatchObject({ status: 403, error: 'forbidden', details: { missing: 'scope', milestone_id } })
      expect(reply.message).toContain(milestone_id)
    } else if (outcome === '404') expect(reply, reply.text).toMatchObject({ status: 404, error: 'not_found' })
    else if (name === 'retry_checkpoint') expect(reply, reply.text).toMatchObject({ status: 403, details: { missing: 'person' } })
    else expect(reply.status, reply.text).toBe(200)
  }

  it.each(cells.filter(([name]) => findTool(name)))('%s, %s, as a tool', async (name, where, operation, at) => {
    const { key, input } = await prepare(operation, where)
    const { text, isError } = await toolAs(test, key.secret)(name, input)
    const outcome = (TABLE[name] ?? expect.fail(`${name} is not in the table`))[at]
    expect(isError, text).toBe(outcome !== 'ok' || name === 'retry_checkpoint')
    if (outcome === 'scope') expect(text).toMatch(/^forbidden: /)
    if (outcome === '404') expect(text).toMatch(/^not_found: /)
  })

  it('is the same about what does not exist and what it may not know', async () => {
    const { milestone_id } = await makeMilestone(test, own.group_id, { A: [] })
    const other = await test.run(createMilestone, { group_id: own.group_id, title: 'Other', checkpoints: [{ title: 'A' }] })
    const [{ checkpoint_id }] = other.data.checkpoints
    const key: TestKey = await milestoneKey(test, own.group_id, milestone_id)
    const told = async (path: string) => {
      const { status, json } = await key.call('GET', path)
      return { status, message: json.message, details: json.details }
    }
    for (const [there, nowhere] of [
      [`/milestones/${other.data.milestone_id}`, '/milestones/ms_aaaaaaaaaaaa'],
      [`/milestones/${other.data.milestone_id}/checkpoints/1/blockers`, '/milestones/ms_aaaaaaaaaaaa/checkpoints/1/blockers'],
      [
        `/milestones/${milestone_id}/checkpoints/${checkpoint_id}/blockers`,
        `/milestones/${milestone_id}/checkpoints/cp_aaaaaaaaaaaa/blockers`,
      ],
      [
        `/wait?milestone_id=${milestone_id}&order=${checkpoint_id}&until=ready`,
        `/wait?milestone_id=${milestone_id}&order=cp_aaaaaaaaaaaa&until=ready`,
      ],
      [`/events?checkpoint_id=${checkpoint_id}`, '/events?checkpoint_id=cp_aaaaaaaaaaaa'],
      [`/events?milestone_id=${other.data.milestone_id}`, '/events?milestone_id=ms_aaaaaaaaaaaa'],
    ] as const) {
      const reply = await told(there)
      expect(reply).toMatchObject({ status: 404 })
      expect(reply, there).toEqual(await told(nowhere))
    }
  })
})
