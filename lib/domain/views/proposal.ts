import { milestoneOf } from '../resolve'
import type { Proposal } from '../schemas/proposal'
import type { World } from '../world'

/** The proposal of a gate (G1): a vote of yes or no, decided by a majority of the group's members at the time of reading. */
export const viewProposal = (world: World, proposal_id: string): Proposal => {
  const proposal = world.find('proposal', proposal_id)
  const checkpoint = proposal && world.find('checkpoint', proposal.checkpoint_id)
  if (!checkpoint) throw new Error(`proposal ${proposal_id} is missing, although an entity refers to it`)
  const milestone = milestoneOf(world, checkpoint.milestone_id)
  return {
    proposal_id,
    group_id: proposal.group_id,
    title: checkpoint.title,
    description: `Complete checkpoint ${checkpoint.order} of ${milestone.title}`,
    proposer_id: proposal.proposer_id,
    voting_type: 'yes_no',
    threshold_type: 'majority',
    options: [],
    status: proposal.status,
    created_at: proposal.created_at,
    deadline: null,
    finalized_at: proposal.finalized_at,
    result: proposal.result,
    threshold_met: proposal.threshold_met,
    votes: [],
    vote_count: 0,
    tally: { yes: 0, no: 0 },
    linked_milestone_id: milestone.milestone_id,
    linked_checkpoint_order: checkpoint.order,
    round: proposal.round,
    sealed_by: null,
    electorate: world.list('group', proposal.group_id, 'member').length,
  }
}
