import { afterExpiry, claimOf, UNCLAIMED } from './attempt'
import type { Checkpoint, Entities, Member, Milestone, Proposal } from './entities'
import type { Event, RoundFacts } from './events'
import { entityId, type FoundKind } from './kinds'
import type { WorldState } from './world'

/** The settings of a new group. */
const GROUP_SETTINGS = {
  max_failures: 3,
  gate_threshold: 'majority',
  gate_deadline_hours: null,
  gate_voters: 'everyone',
  no_self_approval: true,
  gate_auto_finalize: false,
} as const

const given = <T extends object>(data: T): Partial<T> => data

/** Every event names what it is about. If one does not, the log is damaged, and applying it would damage the world too. */
const required = <T>(value: T | null, event: Event, what: string): T => {
  if (value === null) throw new Error(`event ${event.seq} ${event.type} has no ${what}`)
  return value
}

const present = <K extends FoundKind>(world: WorldState, event: Event, kind: K, id: string | null): Entities[K] =>
  required(world.find(kind, required(id, event, kind)), event, kind)

const memberIn = (world: WorldState, event: Event, principal_id: string): Member => {
  const group_id = required(event.group_id, event, 'group')
  return required(world.findIn('group', group_id, 'member', entityId('member', { group_id, principal_id })), event, 'member')
}

const touch = (world: WorldState, event: Event, change: Partial<Milestone> = {}) => {
  const milestone = present(world, event, 'milestone', event.milestone_id)
  world.put('milestone', { ...milestone, ...change, updated_at: event.at })
}

/** The milestone's version moves with each change of its texts, its project or its structure. */
const restructure = (world: WorldState, event: Event, change: Partial<Milestone> = {}) =>
  touch(world, event, { ...change, version: event.seq })

const count = (world: WorldState, event: Event, project_id: string | null, by: number) => {
  const project = present(world, event, 'project', project_id)
  world.put('project', { ...project, milestone_count: project.milestone_count + by })
}

const renumber = (world: WorldState, event: Event, shifted: Iterable<Checkpoint>, by: number, others: readonly string[]) => {
  for (const checkpoint of shifted) world.put('checkpoint', { ...checkpoint, order: checkpoint.order + by })
  for (const id of others) world.put('milestone', { ...present(world, event, 'milestone', id), version: event.seq })
}

const change = (world: WorldState, event: Event, changes: Partial<Checkpoint>) =>
  world.put('checkpoint', { ...present(world, event, 'checkpoint', event.checkpoint_id), ...changes })

/** Applies one event. No other code changes the entities of a world, neither in the lane nor in a replay of the log. */
export const evolve = (world: WorldState, event: Event): void => {
  switch (event.type) {
    case 'person.registered':
      world.create('principal', {
        ...event.data,
        kind: 'user',
        group_id: null,
        description: '',
        accountable_id: null,
        suspended_at: null,
        deleted_at: null,
        created_at: event.at,
      })
      return
    case 'agent_profile.created':
      world.create('principal', {
        description: '',
        ...event.data,
        kind: 'agent_profile',
        email: '',
        group_id: required(event.group_id, event, 'group'),
        instance_owner: false,
        accountable_id: event.actor_id,
        suspended_at: null,
        deleted_at: null,
        created_at: event.at,
      })
      return
    case 'person.updated':
    case 'agent_profile.updated':
    case 'agent_profile.assigned':
      world.put('principal', { ...present(world, event, 'principal', event.data.principal_id), ...given(event.data) })
      return
    case 'agent_profile.suspended':
      world.put('principal', { ...present(world, event, 'principal', event.data.principal_id), suspended_at: event.at })
      return
    case 'agent_profile.resumed':
      world.put('principal', { ...present(world, event, 'principal', event.data.principal_id), suspended_at: null })
      return
    case 'agent_profile.deleted':
      world.put('principal', { ...present(world, event, 'principal', event.data.principal_id), deleted_at: event.at })
      return
    case 'key.created':
      world.create('key', {
        milestone_id: null,
        ...event.data,
        created_by: event.actor_id,
        made_with: event.key_id,
        created_at: event.at,
        revoked_at: null,
      })
      return
    case 'key.revoked': {
      world.put('key', { ...present(world, event, 'key', event.data.key_id), revoked_at: event.at })
      return
    }
    case 'group.created': {
      const group_id = required(event.group_id, event, 'group')
      const times = { created_at: event.at, updated_at: event.at }
      world.create('group', { ...GROUP_SETTINGS, ...event.data, group_id, owner_id: event.actor_id, ...times })
      return
    }
    case 'group.updated':
      world.put('group', { ...present(world, event, 'group', event.group_id), ...given(event.data), updated_at: event.at })
      return
    case 'group.transferred': {
      const { from, to } = event.data
      world.put('group', { ...present(world, event, 'group', event.group_id), owner_id: to, updated_at: event.at })
      world.put('member', { ...memberIn(world, event, from), role: 'admin' })
      world.put('member', { ...memberIn(world, event, to), role: 'owner' })
      return
    }
    case 'member.added':
      world.create('member', { ...event.data, group_id: required(event.group_id, event, 'group'), joined_at: event.at })
      return
    case 'member.role_changed':
      world.put('member', { ...memberIn(world, event, event.data.principal_id), role: event.data.role })
      return
    case 'member.removed':
      world.remove('member', entityId('member', memberIn(world, event, event.data.principal_id)))
      return
    case 'invitation.created':
      world.create('invitation', {
        ...event.data,
        group_id: required(event.group_id, event, 'group'),
        created_by: event.actor_id,
        created_at: event.at,
        accepted_by: null,
        accepted_at: null,
        revoked_at: null,
      })
      return
    case 'invitation.accepted': {
      const invitation = present(world, event, 'invitation', event.data.invitation_id)
      world.put('invitation', { ...invitation, accepted_by: event.actor_id, accepted_at: event.at })
      return
    }
    case 'invitation.revoked':
      world.put('invitation', { ...present(world, event, 'invitation', event.data.invitation_id), revoked_at: event.at })
      return
    case 'project.created':
      world.create('project', {
        ...event.data,
        project_id: required(event.project_id, event, 'project'),
        group_id: required(event.group_id, event, 'group'),
        status: 'active',
        milestone_count: 0,
        created_by: event.actor_id,
        created_at: event.at,
        updated_at: event.at,
        completed_at: null,
        completed_by: null,
        archived_at: null,
        archived_by: null,
        reopened_at: null,
        reopened_by: null,
      })
      return
    case 'project.updated':
    case 'project.completed':
    case 'project.archived':
    case 'project.reopened':
      evolveProject(world, event)
      return
    case 'milestone.created':
      world.create('milestone', {
        ...event.data,
        milestone_id: required(event.milestone_id, event, 'milestone'),
        group_id: required(event.group_id, event, 'group'),
        project_id: required(event.project_id, event, 'project'),
        status: 'active',
        created_by: event.actor_id,
        created_at: event.at,
        updated_at: event.at,
        closed_at: null,
        version: event.seq,
      })
      count(world, event, event.project_id, 1)
      return
    case 'milestone.updated':
      if (event.data.project_id) {
        count(world, event, present(world, event, 'milestone', event.milestone_id).project_id, -1)
        count(world, event, event.data.project_id, 1)
      }
      restructure(world, event, given(event.data))
      return
    case 'milestone.closed':
      touch(world, event, { status: 'closed', closed_at: event.at })
      return
    case 'milestone.reopened':
      touch(world, event, { status: 'active', closed_at: null })
      return
    case 'milestone.deleted': {
      const milestone_id = required(event.milestone_id, event, 'milestone')
      for (const checkpoint of world.checkpoints(milestone_id)) removeCheckpoint(world, checkpoint)
      world.remove('milestone', milestone_id)
      count(world, event, event.project_id, -1)
      return
    }
    case 'checkpoint.added': {
      const milestone_id = required(event.milestone_id, event, 'milestone')
      const { renumbers, ...facts } = event.data
      const later = world.checkpoints(milestone_id).filter((checkpoint) => checkpoint.order >= facts.order)
      renumber(world, event, later, 1, renumbers)
      world.create('checkpoint', {
        ...facts,
        checkpoint_id: required(event.checkpoint_id, event, 'checkpoint'),
        milestone_id,
        note: '',
        created_by: event.actor_id,
        completed_at: null,
        completed_by: null,
        completed_seq: null,
        completed_session: null,
        completed_for: null,
        ...UNCLAIMED,
        attempts: 0,
        failures: 0,
        last_failure: null,
        last_done_by: null,
      })
      restructure(world, event)
      return
    }
    case 'checkpoint.updated':
      change(world, event, given(event.data))
      restructure(world, event)
      return
    case 'checkpoint.linked':
      change(world, event, given(event.data))
      touch(world, event)
      return
    case 'checkpoint.dependency_added': {
      const { depends_on } = present(world, event, 'checkpoint', event.checkpoint_id)
      change(world, event, { depends_on: [...depends_on, event.data.depends_on] })
      restructure(world, event)
      return
    }
    case 'checkpoint.dependency_removed': {
      const { depends_on } = present(world, event, 'checkpoint', event.checkpoint_id)
      change(world, event, { depends_on: depends_on.filter((id) => id !== event.data.depends_on) })
      restructure(world, event)
      return
    }
    case 'checkpoint.completed':
      change(world, event, {
        completed_at: event.at,
        completed_by: event.actor_id,
        completed_seq: event.seq,
        completed_session: event.session_id,
        completed_for: event.on_behalf_of,
        ...UNCLAIMED,
        failures: 0,
        last_failure: null,
        last_done_by: event.actor_id,
      })
      touch(world, event)
      return
    case 'checkpoint.reopened':
      change(world, event, { completed_at: null, completed_by: null, completed_seq: null, completed_session: null, completed_for: null })
      touch(world, event)
      return
    case 'claim.taken': {
      const { claim_id, attempt, expires_at } = event.data
      change(world, event, {
        claim_id,
        claimed_by: event.actor_id,
        claim_session: event.session_id,
        claimed_for: event.on_behalf_of,
        claim_via: event.via,
        claimed_at: event.at,
        claim_expires_at: expires_at,
        attempts: attempt,
      })
      return
    }
    case 'claim.renewed':
      change(world, event, { claim_expires_at: event.data.expires_at })
      return
    case 'claim.released':
      change(world, event, UNCLAIMED)
      return
    case 'claim.expired': {
      const checkpoint = present(world, event, 'checkpoint', event.checkpoint_id)
      world.put('checkpoint', afterExpiry(checkpoint, required(claimOf(checkpoint), event, 'claim')))
      return
    }
    case 'checkpoint.failed': {
      const { failures } = present(world, event, 'checkpoint', event.checkpoint_id)
      const { reason, attempt } = event.data
      const last_failure = { reason, at: event.at, by: event.actor_id, attempt }
      change(world, event, { ...UNCLAIMED, attempts: attempt, failures: failures + 1, last_failure, last_done_by: event.actor_id })
      touch(world, event)
      return
    }
    case 'checkpoint.retried':
      change(world, event, { failures: 0 })
      touch(world, event)
      return
    case 'checkpoint.relinked': {
      const { depends_on } = present(world, event, 'checkpoint', event.checkpoint_id)
      change(world, event, { depends_on: [...depends_on.filter((id) => id !== event.data.withdrawn), ...event.data.depends_on] })
      restructure(world, event)
      return
    }
    case 'checkpoint.withdrawn':
    case 'checkpoint.deleted': {
      const checkpoint = present(world, event, 'checkpoint', event.checkpoint_id)
      const later = world.checkpoints(checkpoint.milestone_id).filter((other) => other.order > checkpoint.order)
      removeCheckpoint(world, checkpoint)
      renumber(world, event, later, -1, event.data.renumbers)
      restructure(world, event)
      return
    }
    case 'checkpoint.gated':
      change(world, event, { requires_consensus: true, proposal_id: event.data.proposal_id })
      restructure(world, event)
      return
    case 'checkpoint.gate_lifted':
      removeProposal(world, event.data.proposal_id)
      change(world, event, { requires_consensus: false, proposal_id: null })
      restructure(world, event)
      return
    case 'proposal.created':
    case 'proposal.opened':
    case 'proposal.round_started':
    case 'proposal.voter_added':
    case 'proposal.finalized':
    case 'ballot.cast':
      evolveProposal(world, event)
      return
    default:
      event satisfies never
  }
}

const removeProposal = (world: WorldState, proposal_id: string) => {
  for (const ballot of world.list('ballots', proposal_id, 'ballot')) world.remove('ballot', entityId('ballot', ballot))
  world.remove('proposal', proposal_id)
}

const removeCheckpoint = (world: WorldState, checkpoint: Checkpoint) => {
  if (checkpoint.proposal_id) removeProposal(world, checkpoint.proposal_id)
  world.remove('checkpoint', checkpoint.checkpoint_id)
}

const evolveProject = (
  world: WorldState,
  event: Extract<Event, { type: 'project.updated' | 'project.completed' | 'project.archived' | 'project.reopened' }>,
) => {
  const project = { ...present(world, event, 'project', event.project_id), updated_at: event.at }
  switch (event.type) {
    case 'project.updated':
      world.put('project', { ...project, ...given(event.data) })
      return
    case 'project.completed':
      world.put('project', { ...project, status: 'completed', completed_at: event.at, completed_by: event.actor_id })
      return
    case 'project.archived':
      world.put('project', { ...project, status: 'archived', archived_at: event.at, archived_by: event.actor_id })
      return
    case 'project.reopened':
      world.put('project', {
        ...project,
        status: 'active',
        completed_at: null,
        completed_by: null,
        archived_at: null,
        archived_by: null,
        reopened_at: event.at,
        reopened_by: event.actor_id,
      })
      return
    default:
      event satisfies never
  }
}

type ProposalEvent = Extract<Event, { type: `proposal.${string}` | `ballot.${string}` }>

const UNSEALED = {
  status: 'open',
  threshold_met: null,
  result: null,
  tally: null,
  runoff: [],
  eligible: null,
  uncounted: [],
  sealed_by: null,
  finalized_at: null,
} as const satisfies Partial<Proposal>

/** What a proposal has from the round that an event begins. Those from before there were electorates name none. */
const roundFrom = (facts: Partial<RoundFacts>, at: string) => {
  const {
    electorate,
    threshold_type = 'majority',
    deadline = null,
    voters = 'everyone',
    no_self_approval = true,
    auto_finalize = false,
  } = facts
  const round_started_at = electorate ? at : null
  return { electorate: electorate ?? [], round_started_at, threshold_type, deadline, voters, no_self_approval, auto_finalize }
}

const evolveProposal = (world: WorldState, event: ProposalEvent) => {
  const { proposal_id } = event.data
  const proposal = () => present(world, event, 'proposal', proposal_id)
  switch (event.type) {
    case 'proposal.created':
      world.create('proposal', {
        ...event.data,
        ...UNSEALED,
        group_id: required(event.group_id, event, 'group'),
        checkpoint_id: null,
        proposer_id: event.actor_id,
        round: 1,
        round_started_at: event.at,
        round_reason: '',
        electorate: [],
        voters: 'everyone',
        no_self_approval: false,
        auto_finalize: false,
        created_at: event.at,
      })
      return
    case 'proposal.opened':
      world.create('proposal', {
        ...UNSEALED,
        ...roundFrom(event.data, event.at),
        proposal_id,
        group_id: required(event.group_id, event, 'group'),
        checkpoint_id: required(event.checkpoint_id, event, 'checkpoint'),
        title: '',
        description: '',
        proposer_id: event.actor_id,
        voting_type: 'yes_no',
        options: [],
        round: 1,
        round_reason: '',
        created_at: event.at,
      })
      return
    case 'proposal.round_started': {
      const { round, reason = '' } = event.data
      world.put('proposal', { ...proposal(), ...UNSEALED, ...roundFrom(event.data, event.at), round, round_reason: reason })
      return
    }
    case 'proposal.voter_added': {
      const { electorate } = proposal()
      world.put('proposal', { ...proposal(), electorate: [...electorate, event.data.voter_id] })
      return
    }
    case 'proposal.finalized': {
      const { by, round: _round, ...outcome } = event.data
      const isByDeadline = by === 'deadline'
      const finalized_at = isByDeadline ? (proposal().deadline ?? event.at) : event.at
      const sealed_by = isByDeadline ? null : event.actor_id
      world.put('proposal', { ...proposal(), ...outcome, status: 'finalized', sealed_by, finalized_at })
      return
    }
    case 'ballot.cast':
      world.create('ballot', { ...event.data, voter_id: event.actor_id, voted_at: event.at, voted_for: event.on_behalf_of })
      return
    default:
      event satisfies never
  }
}
