import type { Actor } from '@/lib/domain/context'
import { OPERATIONS } from '@/lib/operations'
import type { AnyOperation, Operation } from '@/lib/operations/define'
import { join, makePerson } from './client'
import type { Data, TestInstance } from './instance'

/** A group, and the member of it who makes the calls. */
export type Ground = { test: TestInstance; group_id: string; by: Actor }

export type Input = Record<string, unknown>

let counter = 0
const fresh = (what: string) => `${what} ${++counter}`

export const operationNamed = (name: string): Operation => {
  const operation = OPERATIONS.find((candidate) => candidate.name === name)
  if (!operation || operation.kind === 'stream') throw new Error(`there is no operation ${name} that answers once`)
  return operation
}

const run = async ({ test, by }: Ground, name: string, input: Input): Promise<Data> =>
  (await test.run(operationNamed(name), input, by)).data

const project = (on: Ground): Promise<Data> => run(on, 'create_project', { group_id: on.group_id, title: fresh('Project') })

/** Creates a milestone of two checkpoints, the second of which depends on the first. */
const milestone = (on: Ground): Promise<Data> => {
  const checkpoints = [{ title: 'First' }, { title: 'Second', depends_on: [1] }]
  return run(on, 'create_milestone', { group_id: on.group_id, title: fresh('Plan'), checkpoints })
}

const completedMilestone = async (on: Ground): Promise<Data> => {
  const { milestone_id } = await run(on, 'create_milestone', {
    group_id: on.group_id,
    title: fresh('Done'),
    checkpoints: [{ title: 'Only' }],
  })
  return run(on, 'complete_checkpoint', { milestone_id, order: 1 })
}

const ofProject = async (on: Ground): Promise<Input> => ({ project_id: (await project(on)).project_id })
const ofMilestone = async (on: Ground): Promise<Input> => ({ milestone_id: (await milestone(on)).milestone_id })
const ofCheckpoint = async (on: Ground, at: number): Promise<Input> => {
  const { milestone_id, checkpoints } = await milestone(on)
  return { milestone_id, order: checkpoints[at].checkpoint_id }
}

/** Another group with the visibility of the one on which a call is made. */
const groupLike = async (on: Ground, by: Actor): Promise<string> => {
  const { visibility } = await run(on, 'get_group', { group_id: on.group_id })
  return (await run({ ...on, by }, 'create_group', { name: fresh('Beside'), visibility })).group_id
}

const person = ({ test }: Ground): Promise<Actor> => makePerson(test, fresh('Person'))

const ofMember = async (on: Ground): Promise<Input> => {
  const { actor_id } = await person(on)
  await join(on.test, on.group_id, { ...on.by, actor_id }, 'member', on.by)
  return { group_id: on.group_id, user_id: actor_id }
}

const ofAgent = async (on: Ground): Promise<Input> => {
  const { group_id } = on
  const { agent_profile_id } = await run(on, 'create_agent_profile', { group_id, name: fresh('Agent') })
  return { group_id, agent_profile_id }
}

/** Asks the group of the ground to vote on something that gates nothing. */
const ofQuestion = async (on: Ground): Promise<Input> => {
  const { proposal_id } = await run(on, 'create_proposal', { group_id: on.group_id, title: fresh('Question') })
  return { proposal_id }
}

/** Gates a checkpoint. */
const ofGate = async (on: Ground): Promise<Input> => {
  const gated = [{ title: fresh('Gated'), requires_consensus: true }]
  const { checkpoints } = await run(on, 'create_milestone', { group_id: on.group_id, title: fresh('Plan'), checkpoints: gated })
  return { proposal_id: checkpoints[0].requires_proposal_id }
}

/** Gates a checkpoint, and lets people vote against it until it is rejected. */
const ofRejectedGate = async (on: Ground): Promise<Input> => {
  const of = await ofGate(on)
  let vote = await run(on, 'get_proposal', of)
  while (vote.decided !== 'rejected') {
    const { voter_id } = vote.not_voted.find(({ voter_type }: Data) => voter_type === 'user')
    const by: Actor = { actor_id: voter_id, key_id: null, session_id: null, via: 'web' }
    vote = await run({ ...on, by }, 'cast_vote', { ...of, vote: 'no', round: 1 })
  }
  await run(on, 'finalize_proposal', of)
  return of
}

/** For each operation, the input of a call that a member with all permissions may make. It first creates the things that the call is about. */
export const SAMPLES: Record<string, (on: Ground) => Promise<Input>> = {
  list_groups: async (on) => ({ slug: (await run(on, 'get_group', { group_id: on.group_id })).slug }),
  get_group: async ({ group_id }) => ({ group_id }),
  create_group: async () => ({ name: fresh('Group') }),
  update_group: async ({ group_id }) => ({ group_id, description: fresh('About') }),
  transfer_group: async (on) => ofMember({ ...on, group_id: await groupLike(on, on.by) }),
  list_members: async ({ group_id }) => ({ group_id }),
  update_member: async (on) => ({ ...(await ofMember(on)), role: 'admin' }),
  remove_member: ofMember,
  leave_group: async (on) => {
    const other = await person(on)
    const group_id = await groupLike(on, other)
    await join(on.test, group_id, on.by, 'member', other)
    return { group_id }
  },
  create_invitation: async ({ group_id }) => ({ group_id }),
  list_invitations: async ({ group_id }) => ({ group_id }),
  revoke_invitation: async (on) => ({
    invitation_id: (await run(on, 'create_invitation', { group_id: on.group_id })).invitation_id,
  }),
  accept_invitation: async (on) => {
    const other = await person(on)
    const { link } = await run({ ...on, by: other }, 'create_invitation', { group_id: await groupLike(on, other) })
    return { token: link }
  },
  update_person: async () => ({ name: fresh('Renamed') }),
  list_agent_profiles: async ({ group_id }) => ({ group_id }),
  create_agent_profile: async ({ group_id }) => ({ group_id, name: fresh('Agent') }),
  update_agent_profile: async (on) => ({ ...(await ofAgent(on)), name: fresh('Renamed') }),
  suspend_agent_profile: ofAgent,
  resume_agent_profile: async (on) => {
    const of = await ofAgent(on)
    await run(on, 'suspend_agent_profile', of)
    return of
  },
  delete_agent_profile: ofAgent,
  create_project: async ({ group_id }) => ({ group_id, title: fresh('Project') }),
  list_projects: async ({ group_id }) => ({ group_id }),
  get_project: ofProject,
  get_instructions: ofProject,
  update_project: async (on) => ({ ...(await ofProject(on)), title: fresh('Renamed') }),
  complete_project: ofProject,
  archive_project: ofProject,
  reopen_project: async (on) => {
    const of = await ofProject(on)
    await run(on, 'complete_project', of)
    return of
  },
  create_milestone: async ({ group_id }) => ({ group_id, title: fresh('Plan'), checkpoints: [{ title: 'Only' }] }),
  list_milestones: async ({ group_id }) => ({ group_id }),
  list_project_milestones: ofProject,
  get_milestone: ofMilestone,
  update_milestone: async (on) => ({ ...(await ofMilestone(on)), title: fresh('Renamed') }),
  delete_milestone: ofMilestone,
  reopen_milestone: async (on) => ({ milestone_id: (await completedMilestone(on)).milestone_id }),
  close_milestone: async (on) => {
    const { milestone_id } = await completedMilestone(on)
    await run(on, 'reopen_milestone', { milestone_id })
    return { milestone_id }
  },
  add_checkpoint: async (on) => ({ ...(await ofMilestone(on)), title: fresh('Step'), depends_on: [1] }),
  update_checkpoint: async (on) => ({ ...(await ofCheckpoint(on, 1)), title: fresh('Renamed') }),
  delete_checkpoint: (on) => ofCheckpoint(on, 1),
  complete_checkpoint: (on) => ofCheckpoint(on, 0),
  reopen_checkpoint: async (on) => {
    const { milestone_id } = await completedMilestone(on)
    return { milestone_id, order: 1, reason: 'It was not done' }
  },
  claim_checkpoint: (on) => ofCheckpoint(on, 0),
  claim_next: async (on) => {
    // Two milestones, so that the call finds something to claim twice.
    await milestone(on)
    await milestone(on)
    return { group_id: on.group_id }
  },
  release_checkpoint: async (on) => {
    const of = await ofCheckpoint(on, 0)
    return { ...of, claim_id: (await run(on, 'claim_checkpoint', of)).claim.claim_id }
  },
  fail_checkpoint: async (on) => ({ ...(await ofCheckpoint(on, 0)), reason: 'The tests are red' }),
  retry_checkpoint: async (on) => {
    const of = await ofCheckpoint(on, 0)
    await run(on, 'fail_checkpoint', { ...of, reason: 'The tests are red' })
    return of
  },
  list_ready: async ({ group_id }) => ({ group_id }),
  why_blocked: (on) => ofCheckpoint(on, 1),
  withdraw_checkpoint: async (on) => ({ ...(await ofCheckpoint(on, 0)), reason: 'Nobody needs it' }),
  create_proposal: async ({ group_id }) => ({ group_id, title: fresh('Question') }),
  list_proposals: async (on) => {
    await ofGate(on)
    return { group_id: on.group_id }
  },
  list_own_proposals: async (on) => {
    await ofGate(on)
    return {}
  },
  get_proposal: ofGate,
  cast_vote: async (on) => ({ ...(await ofQuestion(on)), vote: 'yes', round: 1 }),
  finalize_proposal: ofQuestion,
  start_round: async (on) => ({ ...(await ofRejectedGate(on)), reason: 'The plan is the same, and the objection is met' }),
  get_project_graph: ofProject,
  get_milestone_graph: ofMilestone,
  list_project_overview: async () => ({}),
  wait_for: async (on) => ({ ...(await ofCheckpoint(on, 0)), until: 'ready', timeout_seconds: 0 }),
  list_events: async ({ group_id }) => ({ group_id }),
  stream: async ({ group_id }) => ({ group_id }),
  get_my_permissions: async () => ({}),
  create_key: async ({ group_id }) => ({ group_id, name: fresh('Key') }),
  create_user_key: async () => ({ name: fresh('Key') }),
  list_keys: async ({ group_id }) => ({ group_id }),
  list_user_keys: async () => ({}),
  revoke_key: async (on) => ({ key_id: (await run(on, 'create_key', { group_id: on.group_id, name: fresh('Key') })).key_id }),
}

/** A ballot on a gate, on which whoever gated the checkpoint does not vote unless the group allows it (G1). */
export const ballotOnGate = async (on: Ground): Promise<Input> => ({ ...(await ofGate(on)), vote: 'yes', round: 1 })

/** Makes a sample of an operation. Throws if there is none for it yet. */
export const sampleOf = ({ name }: AnyOperation, on: Ground): Promise<Input> => {
  const make = SAMPLES[name]
  if (!make) throw new Error(`lib/testing/samples.ts has no sample of ${name}`)
  return make(on)
}

export type Sent = { method: string; path: string; body: Input | undefined }

/** Distributes an operation's input over the path, the query and the body, as its first route takes them. */
export const requestOf = ({ routes }: AnyOperation, input: Input): Sent => {
  const [method = '', pattern = ''] = (routes[0] ?? '').split(' ')
  const rest = { ...input }
  const path = pattern.replace(/:(\w+)/g, (_all, name: string) => {
    delete rest[name]
    return encodeURIComponent(String(input[name]))
  })
  if (method !== 'GET' && method !== 'DELETE') return { method, path, body: rest }
  const query = new URLSearchParams(Object.entries(rest).map(([name, value]) => [name, String(value)]))
  return { method, path: query.size > 0 ? `${path}?${query}` : path, body: undefined }
}
