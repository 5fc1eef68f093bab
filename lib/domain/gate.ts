import { atTime } from './attempt'
import type { Context } from './context'
import type { Checkpoint, Milestone } from './entities'
import { DomainError } from './errors'
import type { EventDraft, Scope } from './events'
import { type Gate, lapseOf, nextRound, proposalAt, roundFacts } from './proposal'
import { groupOf, scopeOfCheckpoint } from './resolve'
import { isGatePassed, unitsOf } from './state'
import { viewProposal } from './views/proposal'
import type { World } from './world'

/** G1. @throws consensus_required, with the proposal and its tally */
export const assertGatePassed = (world: World, context: Context, milestone: Milestone, checkpoint: Checkpoint): void => {
  if (isGatePassed(world, checkpoint) || !checkpoint.proposal_id) return
  throw new DomainError('consensus_required', voteSentence(checkpoint), {
    checkpoint_id: checkpoint.checkpoint_id,
    milestone_id: milestone.milestone_id,
    proposal: viewProposal(world, checkpoint.proposal_id, context),
  })
}

export const voteSentence = ({ order, proposal_id }: Checkpoint): string =>
  `Checkpoint ${order} needs a vote of the group, and its proposal ${proposal_id} has not passed. Vote on it, or wait until it has passed.`

/** The event that opens the vote on a new gate. @param last_done_by who last completed the checkpoint or failed at it, which a new one has not seen yet */
export const opening = (
  world: World,
  { caller, now }: Context,
  scope: Scope,
  proposal_id: string,
  last_done_by: string | null = null,
): EventDraft => {
  const constituency = { milestone_id: scope.milestone_id ?? '', proposer_id: caller.principal.principal_id, last_done_by }
  const facts = roundFacts(world, groupOf(world, scope.group_id ?? ''), now, constituency)
  return { ...scope, type: 'proposal.opened', data: { proposal_id, ...facts } }
}

/** The events by which a pending checkpoint without a gate gets one. */
export const addGate = (world: World, context: Context, milestone: Milestone, checkpoint: Checkpoint): EventDraft[] => {
  const scope = scopeOfCheckpoint(milestone, checkpoint)
  const proposal_id = context.ids.newId('prop')
  const { last_done_by } = atTime(checkpoint, context.now)
  return [{ ...scope, type: 'checkpoint.gated', data: { proposal_id } }, opening(world, context, scope, proposal_id, last_done_by)]
}

/** The event that lifts a gate (P1). Its proposal and the ballots end with it, and the log keeps them. */
export const liftGate = (world: World, milestone: Milestone, checkpoint: Checkpoint, reason: string): EventDraft[] => {
  const { proposal_id } = checkpoint
  if (!proposal_id) return []
  needVote(world, [checkpoint])
  return [{ ...scopeOfCheckpoint(milestone, checkpoint), type: 'checkpoint.gate_lifted', data: { proposal_id, reason } }]
}

/** Asks for the votes on these checkpoints' gates, which end together with them. */
export const needVote = (world: World, checkpoints: readonly Checkpoint[]): void => {
  const ids = checkpoints.flatMap(({ proposal_id }) => proposal_id ?? [])
  world.need([...unitsOf('proposal', ids), ...unitsOf('ballots', ids)])
}

/** The events that begin a new round of a gate after a change of content or a reopen (G1). Ballots of earlier rounds do not count in it. */
export const newRound = (world: World, context: Context, milestone: Milestone, checkpoint: Checkpoint): EventDraft[] => {
  const proposal = checkpoint.proposal_id ? world.find('proposal', checkpoint.proposal_id) : null
  if (!proposal) return []
  const lapsed = lapseOf(world, proposal, context.now).filter(({ type }) => type === 'proposal.finalized')
  // A gate from before there were electorates is read as in its next round, so ballots for that one may be on their way.
  const present = proposalAt(world, proposal, context.now)
  return [...lapsed, beginning(world, context, { proposal: present, milestone, checkpoint })]
}

const beginning = (world: World, { now }: Context, gate: Gate, reason = ''): EventDraft => {
  const { proposal_id } = gate.proposal
  const facts = { proposal_id, ...(reason === '' ? {} : { reason }), ...nextRound(world, now, gate) }
  return { ...scopeOfCheckpoint(gate.milestone, gate.checkpoint), type: 'proposal.round_started', data: facts }
}

/** The events that begin another round of a gate that was rejected, with the same content. @throws not_rejected */
export const startRound = (world: World, context: Context, gate: Gate, reason: string): EventDraft[] => {
  const { proposal } = gate
  const { status, threshold_met } = proposalAt(world, proposal, context.now)
  if (status === 'finalized' && threshold_met === false)
    return [...lapseOf(world, proposal, context.now), beginning(world, context, gate, reason)]
  const standing = status === 'open' ? 'is open' : 'has passed'
  throw notRejected(
    proposal.proposal_id,
    `its present round ${standing}. A new round follows a rejection, and begins by itself with each change of content.`,
  )
}

export const notRejected = (proposal_id: string, why: string): DomainError =>
  new DomainError('not_rejected', `No new round of the proposal ${proposal_id} can begin: ${why}`, { proposal_id })
