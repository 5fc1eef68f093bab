import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Actor } from '@/lib/domain/context'
import { PROBLEM_CODES, type ProblemCode } from '@/lib/domain/errors'
import { NOWHERE } from '@/lib/domain/events'
import { join, makePerson, readOnlyKey, record } from '@/lib/testing/client'
import { useInstance } from '@/lib/testing/instance'
import { makeGroup } from '@/lib/testing/milestones'
import { type Ground, operationNamed, sampleOf } from '@/lib/testing/samples'
import { expectSound } from '@/lib/testing/soundness'
import { eventsAfter, positionOf, refusal, watch } from '@/lib/testing/watch'
import { OPERATIONS } from '.'

type Mutated = {
  /** The events of the sample, in order. */
  events: string[]
  /** What the same call comes to a second time: nothing more, one more thing, or a refusal. */
  again: 'same' | 'another' | ProblemCode
}

const MUTATIONS: Record<string, Mutated> = {
  create_group: { events: ['group.created', 'member.added'], again: 'another' },
  update_group: { events: ['group.updated'], again: 'same' },
  transfer_group: { events: ['group.transferred'], again: 'same' },
  update_member: { events: ['member.role_changed'], again: 'same' },
  remove_member: { events: ['member.removed'], again: 'not_found' },
  leave_group: { events: ['member.removed'], again: 'forbidden' },
  create_invitation: { events: ['invitation.created'], again: 'another' },
  revoke_invitation: { events: ['invitation.revoked'], again: 'not_found' },
  accept_invitation: { events: ['invitation.accepted', 'member.added'], again: 'same' },
  update_person: { events: ['person.updated'], again: 'same' },
  create_agent_profile: { events: ['agent_profile.created', 'member.added'], again: 'another' },
  update_agent_profile: { events: ['agent_profile.updated'], again: 'same' },
  suspend_agent_profile: { events: ['agent_profile.suspended'], again: 'same' },
  resume_agent_profile: { events: ['agent_profile.resumed'], again: 'same' },
  delete_agent_profile: { events: ['member.removed', 'agent_profile.deleted'], again: 'not_found' },
  create_project: { events: ['project.created'], again: 'another' },
  update_project: { events: ['project.updated'], again: 'same' },
  complete_project: { events: ['project.completed'], again: 'project_not_active' },
  archive_project: { events: ['project.archived'], again: 'project_not_active' },
  reopen_project: { events: ['project.reopened'], again: 'project_active' },
  create_milestone: { events: ['milestone.created', 'checkpoint.added'], again: 'another' },
  update_milestone: { events: ['milestone.updated'], again: 'same' },
  delete_milestone: { events: ['milestone.deleted'], again: 'not_found' },
  reopen_milestone: { events: ['milestone.reopened'], again: 'milestone_active' },
  close_milestone: { events: ['milestone.closed'], again: 'milestone_closed' },
  add_checkpoint: { events: ['checkpoint.added'], again: 'another' },
  update_checkpoint: { events: ['checkpoint.updated'], again: 'same' },
  delete_checkpoint: { events: ['checkpoint.deleted'], again: 'not_found' },
  complete_checkpoint: { events: ['checkpoint.completed'], again: 'same' },
  reopen_checkpoint: { events: ['checkpoint.reopened', 'milestone.reopened'], again: 'not_completed' },
  // Claiming it again renews the claim.
  claim_checkpoint: { events: ['claim.taken'], again: 'another' },
  claim_next: { events: ['claim.taken'], again: 'another' },
  release_checkpoint: { events: ['claim.released'], again: 'same' },
  fail_checkpoint: { events: ['checkpoint.failed'], again: 'another' },
  withdraw_checkpoint: { events: ['checkpoint.relinked', 'checkpoint.withdrawn'], again: 'not_found' },
  retry_checkpoint: { events: ['checkpoint.retried'], again: 'not_failed' },
  create_proposal: { events: ['proposal.created'], again: 'another' },
  cast_vote: { events: ['ballot.cast'], again: 'already_voted' },
  finalize_proposal: { events: ['proposal.finalized'], again: 'proposal_finalized' },
  start_round: { events: ['proposal.round_started'], again: 'not_rejected' },
  create_key: { events: ['key.created'], again: 'another' },
  create_user_key: { events: ['key.created'], again: 'another' },
  revoke_key: { events: ['key.revoked'], again: 'not_found' },
}

const NAMED = OPERATIONS.flatMap((operation) => (operation.kind === 'mutation' ? [[operation.name, operation] as const] : []))
// Any key of a person may end itself (P2).
const PERMITTED = NAMED.filter(([name]) => name !== 'revoke_key')
// These are about no group, or their callers need not be members, or only those who may end a thing know of it.
const BESIDE_GROUPS = ['create_group', 'accept_invitation', 'update_person', 'create_user_key', 'revoke_key', 'revoke_invitation']
const IN_A_GROUP = NAMED.filter(([name]) => !BESIDE_GROUPS.includes(name))

describe('every mutation', () => {
  const test = useInstance()
  let ground: Ground
  let reader: Actor
  let stranger: Actor

  beforeAll(async () => {
    ground = { test, group_id: await makeGroup(test), by: test.owner }
    const person = await makePerson(test, 'Reader')
    await join(test, ground.group_id, person)
    reader = (await readOnlyKey(test, person)).actor
    stranger = await makePerson(test, 'Stranger')
    // The first milestone makes the default project, which is no sample's doing.
    await sampleOf(operationNamed('get_milestone'), ground)
  })

  it('is in this table, with the refusal of a repeat documented', () => {
    expect(Object.keys(MUTATIONS).sort()).toEqual(NAMED.map(([name]) => name).sort())
    for (const [name, operation] of NAMED) {
      const again = MUTATIONS[name]?.again ?? 'same'
      const code = PROBLEM_CODES.find((known) => known === again)
      if (code && code !== 'not_found' && code !== 'forbidden') expect(operation.errors, name).toContain(code)
    }
  })

  const letIn = (group_id: string, { actor_id }: Actor) =>
    record(test, [{ ...NOWHERE, group_id, type: 'member.added', data: { principal_id: actor_id, role: 'member' } }])

  it.each(NAMED)('[E2] %s writes its events, by whom and about what', async (name, operation) => {
    const { events, types, changed } = await watch(test, operation, await sampleOf(operation, ground))
    expect(types).toEqual(MUTATIONS[name]?.events)
    expect(changed).toBe(true)
    for (const event of events) {
      expect(event).toMatchObject({ actor_id: test.owner.actor_id, actor_type: 'user', via: 'web', key_id: null, session_id: null })
      // Which keys there are is no business of the group's readers, and a person is in no single group.
      if (!/^(key|person)\./.test(event.type)) expect(event.group_id).not.toBeNull()
      if (event.checkpoint_id !== null) expect(event.milestone_id).not.toBeNull()
      if (event.milestone_id !== null) expect(event.project_id).not.toBeNull()
    }
  })

  it.each(NAMED)('%s twice is one fact, or another thing, or a refusal that writes nothing', async (name, operation) => {
    const input = await sampleOf(operation, ground)
    const first = await watch(test, operation, input)
    const again = MUTATIONS[name]?.again
    // A claim that is renewed in the same millisecond ends at the same time, so nothing would change.
    await sleep(2)
    const second = again === 'another' || again === 'same' ? await watch(test, operation, input) : await refusal(test, operation, input)
    if (again === 'another') expect(second).toMatchObject({ changed: true })
    else if (again === 'same') expect(second).toMatchObject({ changed: false, types: [], seq: first.seq, data: first.data })
    else expect(second).toMatchObject({ code: again })
  })

  it.each(PERMITTED)('%s without the permission is forbidden, naming it, and writes nothing', async (name, operation) => {
    const input = await sampleOf(operation, ground)
    // A group that a sample made beside the ground.
    if (typeof input.group_id === 'string' && input.group_id !== ground.group_id) await letIn(input.group_id, reader)
    const error = await refusal(test, operation, input, reader)
    const missing = operation.permission === 'owner' ? 'groups:admin' : operation.permission
    expect(error.code).toBe('forbidden')
    expect(error.details.missing).toBe(missing)
    expect(error.message, name).toContain(missing)
  })

  it.each(IN_A_GROUP)('%s by somebody who is no member is forbidden, naming the group, and writes nothing', async (_name, operation) => {
    const error = await refusal(test, operation, await sampleOf(operation, ground), stranger)
    expect(error).toMatchObject({ code: 'forbidden', details: { missing: 'membership' } })
    expect(error.message).toContain(String(error.details.group))
  })

  it.each(IN_A_GROUP)('%s of what one may not read is refused like what does not exist', async (_name, operation) => {
    const hidden = { ...ground, group_id: await makeGroup(test, { visibility: 'private' }) }
    const input = await sampleOf(operation, hidden)
    const nowhere = { group_id: 'nowhere', project_id: 'proj_nowhere', milestone_id: 'ms_nowhere', proposal_id: 'prop_nowhere' }
    const made = Object.fromEntries(Object.entries(nowhere).filter(([name]) => name in input))
    const [unreadable, missing] = [
      await refusal(test, operation, input, stranger),
      await refusal(test, operation, { ...input, ...made }, stranger),
    ]
    expect(unreadable.code).toBe('not_found')
    expect({ ...unreadable }).toEqual({ ...missing })
    expect(unreadable.message).toBe(missing.message)
  })

  it('[O2] revoke_invitation by somebody who is no member is refused like what does not exist', async () => {
    const operation = operationNamed('revoke_invitation')
    const refused = await refusal(test, operation, await sampleOf(operation, ground), stranger)
    expect(refused).toMatchObject({ code: 'not_found' })
    expect(refused.message).toBe((await refusal(test, operation, { invitation_id: 'inv_nowhere' }, stranger)).message)
  })

  it.each(NAMED)('[E2] %s by an unknown actor is unauthenticated, and writes nothing', async (_name, operation) => {
    const nobody: Actor = { actor_id: 'usr_nobody', key_id: null, session_id: null, via: 'rest' }
    const input = await sampleOf(operation, ground)
    expect((await refusal(test, operation, input, nobody)).code).toBe('unauthenticated')
    const borrowed: Actor = { ...test.owner, key_id: reader.key_id }
    expect((await refusal(test, operation, input, borrowed)).code).toBe('unauthenticated')
  })

  it('[H2] [E1] a refused call among others of one batch leaves no gap and nothing of its own', async () => {
    const operation = operationNamed('create_milestone')
    const { seq } = await positionOf(test)
    const plan = (title: string, depends_on: unknown[]) => ({ group_id: ground.group_id, title, checkpoints: [{ title: 'A', depends_on }] })
    const calls = [plan('one', []), plan('two', [1]), plan('three', []), plan('four', ['ms_x:1'])]
    const settled = await Promise.allSettled(calls.map((input) => test.run(operation, input)))
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected'])
    const events = await eventsAfter(test, seq)
    expect(events.map((event) => event.seq)).toEqual([1, 2, 3, 4].map((at) => seq + at))
    expect(events.flatMap(({ data }) => data.title)).toEqual(['one', 'A', 'three', 'A'])
  })

  it('leaves a sound workspace', () => expectSound(test.instance))
})
