import fc from 'fast-check'
import { findMember } from '@/lib/domain/access'
import type { Actor } from '@/lib/domain/context'
import type { Checkpoint, Milestone, Proposal } from '@/lib/domain/entities'
import { DomainError } from '@/lib/domain/errors'
import { notVoted } from '@/lib/domain/proposal'
import type { Reference } from '@/lib/domain/reference'
import {
  acceptInvitation,
  addCheckpoint,
  archiveProject,
  castVote,
  claimCheckpoint,
  claimNext,
  closeMilestone,
  completeCheckpoint,
  completeProject,
  createGroup,
  createInvitation,
  createMilestone,
  createProject,
  createProposal,
  deleteAgentProfile,
  deleteCheckpoint,
  deleteMilestone,
  failCheckpoint,
  finalizeProposal,
  leaveGroup,
  releaseCheckpoint,
  removeMember,
  reopenCheckpoint,
  reopenMilestone,
  reopenProject,
  resumeAgentProfile,
  retryCheckpoint,
  revokeInvitation,
  startRoundOperation,
  suspendAgentProfile,
  transferGroup,
  updateAgentProfile,
  updateCheckpoint,
  updateGroup,
  updateMember,
  updateMilestone,
  updateProject,
  withdrawCheckpoint,
} from '@/lib/operations'
import { createAgentProfile } from '@/lib/operations/agents'
import type { Subject } from '@/lib/operations/define'
import { createKey } from '@/lib/operations/keys'
import { addMember } from '@/lib/operations/members'
import type { Workspace } from './sketch'

/** The links with which invitations were made, by workspace. They are kept nowhere else. */
const LINKS = new WeakMap<Workspace, { group_id: string; token: string }[]>()

/**
 * Fills a workspace with three groups, one of them private, whose work depends on each other's, and returns the actors: people and agents in one
 * group, in several or in none, sessions of one agent and none, keys of group scope, and a key without milestones:relax.
 */
export const stage = (sketch: Workspace): Actor[] => {
  sketch.group('Ops')
  sketch.group('Secret', 'private')
  const ada = sketch.as('Ada', { groups: ['team', 'ops'] })
  const sam = sketch.as('Sam', { groups: ['ops', 'secret'] })
  const bot = sketch.as('bot', { agent: true })
  const { owner } = sketch
  sketch.run(updateGroup, { group_id: 'ops', max_failures: 1, gate_auto_finalize: true })
  sketch.run(updateGroup, { group_id: 'team', max_failures: 2, gate_deadline_hours: 1 })
  const api = sketch.plan('api', { Draft: [], Deploy: ['Draft'], Verify: ['Draft', 'Deploy'], Report: [] }, { gated: ['Verify'] })
  // Inside a milestone, Deploy may not wait for Report, so Survey cannot be withdrawn.
  const far = sketch.plan('far', { Survey: ['api/Report'] })
  sketch.run(updateCheckpoint, { ...api.address('Deploy'), depends_on: [1, far.ref('Survey')] })
  sketch.plan('HIDDEN vault', { 'HIDDEN dig': [], 'HIDDEN sell': ['HIDDEN dig', 'api/Draft'] }, { group: 'secret' })
  const web = { Design: [], Build: ['Design', 'api/Draft'], Ship: ['Build', 'HIDDEN vault/HIDDEN dig'] }
  sketch.plan('web', web, { group: 'ops', actor: sam, gated: ['Ship'] })
  sketch.run(updateMember, { group_id: 'secret', user_id: sam.actor_id, role: 'admin' })
  const secret = { group_id: sketch.groupId('secret') }
  const expires_at = new Date(Date.parse(sketch.now) + 300_000).toISOString()
  const invitations = [
    sketch.run(createInvitation, { ...secret, expires_at }, sam),
    sketch.run(createInvitation, { ...secret, role: 'admin' }, sam),
  ]
  LINKS.set(
    sketch,
    invitations.flatMap(({ data: { link } }) => (link === null ? [] : [{ ...secret, token: link }])),
  )
  return [
    ...Array.from({ length: 6 }, () => owner),
    ada,
    ada,
    sam,
    sam,
    bot,
    { ...bot, session_id: 'another session of bot' },
    { ...bot, session_id: null },
    sketch.as('opsbot', { agent: true, groups: ['ops'] }),
    sketch.as('mole', { agent: true, groups: ['secret'] }),
    sketch.as('Guest', { groups: [] }),
    sketch.key(sam, { group: 'ops' }),
    sketch.key(ada, { permissions: { 'milestones:relax': false } }),
    sketch.key(ada, { permissions: { 'groups:admin': false } }),
    sketch.key(bot, { group: 'team' }),
  ]
}

/** A random call. Each number is reduced to a choice among the things that exist when the call is made. */
export type Move = { kind: Kind; who: number; what: number; which: number; flag: boolean; refs: readonly number[] }

export type Outcome = { move: Kind; actor: Actor; input: object; said: unknown; refusal: DomainError | null }

/** The relative frequency of each kind of call. */
const WEIGHTS = {
  complete: 30,
  claim: 14,
  next: 8,
  renew: 6,
  release: 5,
  fail: 10,
  retry: 5,
  withdraw: 8,
  wait: 8,
  patience: 3,
  depend: 18,
  replace: 6,
  unlink: 6,
  add: 12,
  texts: 5,
  links: 4,
  delete: 8,
  reopen: 8,
  plan: 6,
  edit: 3,
  scrap: 3,
  reopen_milestone: 3,
  close: 2,
  project: 2,
  project_state: 5,
  project_texts: 1,
  group: 1,
  visibility: 1,
  people: 2,
  role: 3,
  remove: 2,
  leave: 2,
  transfer: 2,
  invite: 4,
  accept: 4,
  revoke: 1,
  assign: 3,
  suspend: 2,
  resume: 3,
  erase: 1,
  vote: 30,
  finalize: 14,
  start_round: 4,
  gate: 5,
  lift: 3,
  ask: 4,
  voting: 4,
  agent_key: 3,
  sleep: 2,
} as const
export type Kind = keyof typeof WEIGHTS

const number = fc.nat({ max: 9_999 })
const isKind = (name: string): name is Kind => name in WEIGHTS
const kinds = Object.entries(WEIGHTS).flatMap(([kind, weight]) => (isKind(kind) ? [{ arbitrary: fc.constant(kind), weight }] : []))

export const moves = (most: number) =>
  fc.array(
    fc.record<Move>({
      kind: fc.oneof(...kinds),
      who: number,
      what: number,
      which: number,
      flag: fc.boolean(),
      refs: fc.array(number, { maxLength: 4 }),
    }),
    { maxLength: most, size: 'max' },
  )

const pick = <T>(from: readonly T[], by: number): T | undefined => from[by % Math.max(1, from.length)]

const nothing: Pick<Checkpoint, 'checkpoint_id' | 'milestone_id' | 'order'> = {
  checkpoint_id: 'cp_none',
  milestone_id: 'ms_none',
  order: 1,
}

/** Mostly checkpoints that the move can change, such as ready ones to complete and completed ones to reopen. */
const likely = (world: Workspace['world'], { kind, which }: Move, all: readonly Checkpoint[]): readonly Checkpoint[] => {
  const done = (id: string) => world.find('checkpoint', id)?.completed_at !== null
  const ready = ({ completed_at, depends_on }: Checkpoint) => completed_at === null && depends_on.every(done)
  const wanted: { [K in Kind]?: (checkpoint: Checkpoint) => boolean } = {
    complete: (checkpoint) => which % 2 > 0 || ready(checkpoint),
    reopen: ({ completed_at }) => which % 3 === 0 || completed_at !== null,
    unlink: ({ completed_at, depends_on }) => completed_at === null && depends_on.length > 0,
    claim: (checkpoint) => which % 5 === 0 || ready(checkpoint),
    renew: ({ claim_id }) => claim_id !== null,
    release: ({ claim_id }) => claim_id !== null,
    fail: (checkpoint) => which % 5 === 0 || ready(checkpoint),
    retry: ({ failures }) => failures > 0,
    withdraw: ({ completed_at }) => which % 5 === 0 || completed_at === null,
    gate: ({ completed_at, requires_consensus }) => which % 5 === 0 || (completed_at === null && !requires_consensus),
    lift: ({ requires_consensus }) => requires_consensus,
  }
  const found = all.filter(wanted[kind] ?? (() => true))
  return found.length > 0 ? found : all
}

/** Mostly proposals that the move can change. */
const likelyProposals = ({ kind, which }: Move, all: readonly Proposal[]): readonly Proposal[] => {
  const wanted: { [K in Kind]?: (proposal: Proposal) => boolean } = {
    vote: ({ status }) => which % 7 === 0 || status === 'open',
    finalize: ({ status }) => which % 7 === 0 || status === 'open',
    start_round: ({ threshold_met }) => which % 5 === 0 || threshold_met === false,
  }
  const found = all.filter(wanted[kind] ?? (() => true))
  return found.length > 0 ? found : all
}

/** A ballot for a proposal: mostly a valid one, and mostly yes. */
const ballotFor = ({ voting_type, options }: Pick<Proposal, 'voting_type' | 'options'>, { what, which }: Move): string => {
  if (which % 29 === 0) return 'perhaps'
  if (voting_type === 'yes_no') return which % 4 === 0 ? 'no' : 'YES'
  const at = what % options.length
  const [first = ''] = options.slice(at)
  if (voting_type === 'single') return first
  if (which % 11 === 0) return [...options.slice(1), first].join(',')
  return [...options.slice(at), ...options.slice(0, at)].join(', ')
}

const nowhere: Pick<Proposal, 'proposal_id' | 'round' | 'voting_type' | 'options'> = {
  proposal_id: 'prop_none',
  round: 1,
  voting_type: 'yes_no',
  options: [],
}

/** The dependencies of a step inside its plan: usually an earlier step, sometimes named twice, and sometimes a later step. */
const planned = (by: number, at: number): number[] => {
  if (by % 13 === 0) return [at + 2]
  if (at === 0 || by % 3 === 0) return []
  const earlier = 1 + (by % at)
  return by % 5 === 0 ? [earlier, earlier] : [earlier]
}

const OF_HOLDERS: ReadonlySet<Kind> = new Set(['complete', 'renew', 'release', 'fail'])

/** Makes the call that a move describes and returns its answer or its refusal. It throws only for a bug. */
export const play = (sketch: Workspace, actors: readonly Actor[], move: Move): Outcome => {
  const { world } = sketch
  const { who, what, which, flag, refs } = move
  const closed = move.kind === 'reopen_milestone' ? world.all('milestone').filter(({ status }) => status === 'closed') : []
  const milestone: Pick<Milestone, 'milestone_id'> = pick(closed, what) ?? pick(world.all('milestone'), what) ?? nothing
  const all = world.all('checkpoint')
  const chosen = pick(likely(world, move, all), what)
  const checkpoint = chosen ?? nothing
  // Mostly whoever holds the checkpoint goes on with it.
  const holder = actors.find(({ actor_id, session_id }) => actor_id === chosen?.claimed_by && session_id === chosen.claim_session)
  const links = LINKS.get(sketch) ?? []
  // Mostly one of the newest invitations, accepted by somebody who is no member yet.
  const offer = pick(flag ? links.slice(-2) : links, what)
  const joiner = actors.find(
    ({ actor_id, key_id }) =>
      key_id === null && world.find('principal', actor_id)?.kind === 'user' && offer && !findMember(world, offer.group_id, actor_id),
  )
  const asked = pick(likelyProposals(move, world.all('proposal')), what)
  const proposal = asked ?? nowhere
  // Mostly somebody who may vote and has not.
  const voters = actors.filter(({ actor_id }) => asked && notVoted(world, asked).includes(actor_id))
  const likelier = (move.kind === 'accept' && flag && joiner) || (OF_HOLDERS.has(move.kind) && which % 4 > 0 && holder) || null
  const voter = move.kind === 'vote' && which % 5 > 0 ? pick(voters, who) : null
  const actor = voter ?? likelier ?? pick(actors, who) ?? sketch.owner
  const claim_ids = [chosen?.claim_id, ...sketch.log.map((event) => (event.type === 'claim.taken' ? event.data.claim_id : null))]
  const fenced =
    who % 3 === 0
      ? {
          claim_id:
            pick(
              claim_ids.filter((id) => id != null),
              which % 2 === 0 ? 0 : which,
            ) ?? 'clm_none',
        }
      : {}
  const lease = { ttl_seconds: pick([30, 60, 120], refs.length) ?? 30 }
  const address = { milestone_id: checkpoint.milestone_id, order: flag ? checkpoint.order : checkpoint.checkpoint_id }
  const siblings = all.filter((other) => other.milestone_id === checkpoint.milestone_id)
  const group = pick(world.all('group'), which)
  const group_id = group?.group_id ?? 'none'
  const project_id = pick(world.all('project'), which)?.project_id ?? 'proj_none'
  const ownProject = pick(group ? world.list('group', group.group_id, 'project') : [], who)?.project_id ?? null
  // Every text of the private group begins with HIDDEN, so that a leak can be seen.
  const text = (group_id: string | undefined, name: string) => (group_id === sketch.groupId('secret') ? `HIDDEN ${name}` : name)
  const groupOf = (milestone_id: string) => world.find('milestone', milestone_id)?.group_id
  const here = (name: string) => text(groupOf(checkpoint.milestone_id), name)

  const reference = (by: number): Reference => {
    if (by % 17 === 0) return pick<Reference>([0, -1, 501, 'cp_none', 'ms_none:1', `${checkpoint.milestone_id}:0`, ''], by) ?? 0
    if (by % 2 === 0) return (by % Math.max(1, siblings.length)) + (by % 11 === 0 ? 1 : 0)
    const target = pick(all, by) ?? nothing
    return by % 3 === 0 ? target.checkpoint_id : `${target.milestone_id}:${target.order}`
  }
  const depends_on = refs.map(reference)

  // Mostly a member of the group and an agent of it.
  const people = world.all('principal').filter(({ kind }) => kind === 'user')
  const members = people.filter(({ principal_id }) => findMember(world, group_id, principal_id))
  const user_id = pick(which % 7 === 0 ? people : members, what)?.principal_id ?? 'usr_none'
  const agents = world.all('principal').filter(({ kind }) => kind === 'agent_profile')
  // Often one who has voted is stopped, or one who was stopped goes on.
  const voted = new Set(world.all('ballot').map(({ voter_id }) => voter_id))
  const interesting = agents.filter(({ principal_id, suspended_at }) =>
    move.kind === 'suspend' ? voted.has(principal_id) : move.kind === 'resume' && suspended_at !== null,
  )
  const agent = pick(which % 3 > 0 && interesting.length > 0 ? interesting : agents, what)
  const agentAddress = {
    group_id: which % 7 === 0 ? group_id : (agent?.group_id ?? 'none'),
    agent_profile_id: agent?.principal_id ?? 'ap_none',
  }

  const call: { [K in Kind]: () => { input: object; run: () => unknown } } = {
    complete: () => calling(completeCheckpoint, { ...address, ...fenced, ...(flag && which % 5 === 0 ? { note: here('done') } : {}) }),
    next: () =>
      calling(claimNext, { group_id, ...(flag ? {} : { milestone_id: milestone.milestone_id }), ttl_seconds: 30 + (which % 100) }),
    claim: () => calling(claimCheckpoint, { ...address, ...lease, ...(which % 7 === 0 ? fenced : {}) }),
    renew: () => calling(claimCheckpoint, { ...address, ...lease, ...fenced }),
    release: () => calling(releaseCheckpoint, { ...address, ...fenced }),
    fail: () => {
      const link = which % 4 === 0 ? { git_pr_url: `https://git.test/${which % 3}` } : {}
      return calling(failCheckpoint, { ...address, ...fenced, ...link, reason: here('red') })
    },
    retry: () => calling(retryCheckpoint, address),
    withdraw: () => calling(withdrawCheckpoint, { ...address, reason: here('no need'), ...stale(checkpoint.milestone_id, which) }),
    wait: () => ({ input: {}, run: () => sketch.wait(what % 100) }),
    patience: () => calling(updateGroup, { group_id, max_failures: 1 + (what % 2) }),
    depend: () => {
      const target = pick(siblings.length > 1 && which % 2 === 0 ? siblings : all, which)
      const now = world.find('checkpoint', checkpoint.checkpoint_id)?.depends_on ?? []
      return calling(updateCheckpoint, { ...address, depends_on: target ? [...now, target.checkpoint_id] : [...now] })
    },
    unlink: () => {
      const now = world.find('checkpoint', checkpoint.checkpoint_id)?.depends_on ?? []
      return calling(updateCheckpoint, { ...address, depends_on: now.filter((_, at) => at !== which % Math.max(1, now.length)) })
    },
    replace: () => calling(updateCheckpoint, { ...address, depends_on }),
    add: () => {
      const { milestone_id } = milestone
      const position = flag ? { position: 1 + (which % (siblings.length + 2)) } : {}
      return calling(addCheckpoint, {
        milestone_id,
        title: text(groupOf(milestone_id), `step ${what}`),
        requires_consensus: which % 5 === 0,
        depends_on,
        ...position,
        ...stale(milestone_id, which),
      })
    },
    texts: () => calling(updateCheckpoint, { ...address, title: here(`named ${which % 3}`), description: here(flag ? 'more' : '') }),
    links: () => calling(updateCheckpoint, { ...address, git_pr_url: flag ? `https://git.test/${which % 3}` : null, note: here('note') }),
    delete: () => calling(deleteCheckpoint, { ...address, ...(which % 4 === 0 ? stale(checkpoint.milestone_id, which) : {}) }),
    reopen: () => calling(reopenCheckpoint, { ...address, reason: here('undone'), cascade: which % 4 < 2 }),
    plan: () => {
      const steps = refs.map((by, at) => ({
        title: text(group_id, `step ${at}`),
        requires_consensus: by % 6 === 0,
        depends_on: [...planned(by, at), ...(by % 4 === 0 ? [reference(by + 1)] : [])],
        ...(which % 4 === 0 ? { order: by % 19 === 0 ? at + 2 : refs.length - at } : {}),
      }))
      return calling(createMilestone, {
        group_id,
        title: text(group_id, `plan ${what}`),
        checkpoints: steps,
        ...(flag ? { project_id: what % 4 === 0 ? project_id : ownProject } : {}),
      })
    },
    edit: () => {
      const title = text(groupOf(milestone.milestone_id), `plan ${which % 4}`)
      return calling(updateMilestone, { milestone_id: milestone.milestone_id, ...(flag ? { title } : { project_id }) })
    },
    scrap: () => calling(deleteMilestone, { milestone_id: milestone.milestone_id }),
    reopen_milestone: () => calling(reopenMilestone, { milestone_id: milestone.milestone_id }),
    close: () => calling(closeMilestone, { milestone_id: milestone.milestone_id }),
    project: () => calling(createProject, { group_id, title: text(group_id, flag ? `project ${which % 5}` : '計画') }),
    project_state: () =>
      calling(pick([completeProject, archiveProject, reopenProject, reopenProject], what) ?? reopenProject, { project_id }),
    project_texts: () =>
      calling(updateProject, { project_id, title: text(world.find('project', project_id)?.group_id, `project ${what % 5}`) }),
    group: () => calling(createGroup, { name: flag ? `group ${which % 3}` : '仲間' }),
    visibility: () =>
      group?.slug === 'secret'
        ? calling(updateGroup, { group_id, description: here('words') })
        : calling(updateGroup, { group_id, visibility: flag ? 'private' : 'workspace' }),
    people: () => {
      if (flag) return calling(addMember, { group_id, principal_id: actor.actor_id, role: 'member' })
      return what % 2 === 0
        ? calling(createAgentProfile, { group_id, name: `agent ${what}` })
        : calling(createKey, { group_id, name: 'key' })
    },
    role: () => calling(updateMember, { group_id, user_id, role: flag ? 'admin' : 'member' }),
    remove: () => calling(removeMember, { group_id, user_id }),
    leave: () => calling(leaveGroup, { group_id }),
    transfer: () => calling(transferGroup, { group_id, user_id }),
    invite: () => {
      const input = { group_id, role: flag ? ('admin' as const) : ('member' as const) }
      const soon = new Date(Date.parse(sketch.now) + 60_000).toISOString()
      const { run } = calling(createInvitation, which % 5 === 0 ? { ...input, expires_at: soon } : input)
      const invite = () => {
        const made = run()
        if (isLinked(made)) links.push({ group_id, token: made.link })
        return made
      }
      return { input, run: invite }
    },
    accept: () => calling(acceptInvitation, { token: offer?.token ?? 'none' }),
    revoke: () => calling(revokeInvitation, { invitation_id: pick(world.all('invitation'), what)?.invitation_id ?? 'inv_none' }),
    assign: () =>
      calling(updateAgentProfile, { ...agentAddress, accountable_id: user_id, ...(flag ? { name: `named ${which % 3}` } : {}) }),
    suspend: () => calling(suspendAgentProfile, agentAddress),
    resume: () => calling(resumeAgentProfile, agentAddress),
    erase: () => calling(deleteAgentProfile, agentAddress),
    vote: () => {
      const round = pick([undefined, proposal.round, proposal.round, proposal.round, Math.max(1, proposal.round - 1)], refs.length)
      return calling(castVote, { proposal_id: proposal.proposal_id, vote: ballotFor(proposal, move), ...(round ? { round } : {}) })
    },
    finalize: () => {
      const stated = which % 3 === 0 ? { total_eligible_voters: 1 + (which % 9) } : {}
      return calling(finalizeProposal, { proposal_id: proposal.proposal_id, ...stated })
    },
    start_round: () => calling(startRoundOperation, { proposal_id: proposal.proposal_id, reason: text(asked?.group_id, 'again') }),
    gate: () => calling(updateCheckpoint, { ...address, requires_consensus: true, ...(flag ? { title: here('gated') } : {}) }),
    lift: () => calling(updateCheckpoint, { ...address, requires_consensus: false, reason: here('agreed at the table') }),
    ask: () => {
      const voting_type = pick(['yes_no', 'single', 'ranked'] as const, what) ?? 'yes_no'
      const threshold_type = pick(['majority', 'two_thirds', 'unanimous', 'quorum'] as const, who) ?? 'majority'
      const options = voting_type === 'yes_no' ? [] : ['A', 'B', 'C'].slice(0, 2 + (which % 2)).map((option) => text(group_id, option))
      const deadline = flag ? {} : { deadline_hours: 1 }
      return calling(createProposal, { group_id, title: text(group_id, 'question'), voting_type, threshold_type, options, ...deadline })
    },
    voting: () => {
      const settings = [
        { gate_threshold: pick(['majority', 'two_thirds', 'unanimous'] as const, what) ?? 'majority' },
        { gate_deadline_hours: flag ? 1 : null },
        { gate_voters: flag ? ('people' as const) : ('everyone' as const) },
        { no_self_approval: flag },
        { gate_auto_finalize: flag },
      ]
      return calling(updateGroup, { group_id, ...pick(settings, which) })
    },
    agent_key: () => calling(createKey, { ...agentAddress, name: 'key', permissions: flag ? {} : { 'proposals:vote': what % 2 === 0 } }),
    sleep: () => ({ input: {}, run: () => sketch.wait(3_600 + (what % 100)) }),
  }
  const calling: Calling = (operation, input) => ({ input, run: () => sketch.run(operation, input, actor).data })
  const { input, run } = call[move.kind]()
  try {
    return { move: move.kind, actor, input, said: run(), refusal: null }
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return { move: move.kind, actor, input, said: { message: error.message, details: error.details }, refusal: error }
  }

  function stale(milestone_id: string, by: number) {
    const version = world.find('milestone', milestone_id)?.version
    if (version === undefined || by % 3 === 0) return {}
    return { expected_version: by % 7 === 0 ? version - 1 : version }
  }
}

const isLinked = (made: unknown): made is { link: string } =>
  typeof made === 'object' && made !== null && 'link' in made && typeof made.link === 'string'

type Calling = <Parsed, Given extends object, Shown, Answer, S extends Subject>(
  operation: Parameters<typeof Workspace.prototype.run<Parsed, Given, Shown, Answer, S>>[0],
  input: Given,
) => { input: object; run: () => unknown }
