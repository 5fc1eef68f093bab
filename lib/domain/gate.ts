import type { Context } from './context'
import type { Checkpoint, Milestone } from './entities'
import { DomainError } from './errors'
import type { EventDraft } from './events'
import { scopeOfCheckpoint } from './resolve'
import { isGatePassed } from './state'
import { viewProposal } from './views/proposal'
import type { World } from './world'

/** G1. @throws consensus_required, with the proposal and its tally */
export const assertGatePassed = (world: World, { now }: Context, milestone: Milestone, checkpoint: Checkpoint): void => {
  if (isGatePassed(world, checkpoint, now) || !checkpoint.proposal_id) return
  throw new DomainError('consensus_required', voteSentence(checkpoint), {
    checkpoint_id: checkpoint.checkpoint_id,
    milestone_id: milestone.milestone_id,
    proposal: viewProposal(world, checkpoint.proposal_id),
  })
}

export const voteSentence = ({ order, proposal_id }: Checkpoint): string =>
  `Checkpoint ${order} needs a vote of the group, and its proposal ${proposal_id} has not passed. Vote on it, or wait until it has passed.`

/** The event that begins a new round of a gate after a change of content or a reopen (G1). Ballots of earlier rounds do not count in it. */
export const newRound = (world: World, milestone: Milestone, checkpoint: Checkpoint): EventDraft[] => {
  const proposal = checkpoint.proposal_id ? world.find('proposal', checkpoint.proposal_id) : null
  if (!proposal) return []
  const data = { proposal_id: proposal.proposal_id, round: proposal.round + 1 }
  return [{ ...scopeOfCheckpoint(milestone, checkpoint), type: 'proposal.round_started', data }]
}
