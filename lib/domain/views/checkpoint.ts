import { isUntouched, liveClaim, needsAttention } from '../attempt'
import type { Context } from '../context'
import type { Checkpoint } from '../entities'
import { byReference, type Faces } from '../face'
import { proposalAt } from '../proposal'
import { groupAround } from '../resolve'
import type * as Wire from '../schemas/checkpoint'
import { dependenciesOf, isCompleted } from '../state'
import type { World } from '../world'
import { nameOfPrincipal, viewClaim, viewLastFailure } from './claim'

/** A checkpoint with its dependencies and blockers. `faces` are those of the answer, as seen from its milestone. */
export const viewCheckpoint = (world: World, context: Context, checkpoint: Checkpoint, faces: Faces): Wire.Checkpoint => {
  const { now } = context
  const claim = liveClaim(checkpoint, now)
  const { state } = faces(checkpoint)
  const dependencies = byReference(dependenciesOf(world, checkpoint).map(faces))
  return {
    order: checkpoint.order,
    title: checkpoint.title,
    description: checkpoint.description,
    status: isCompleted(checkpoint) ? 'completed' : 'pending',
    completed_by: checkpoint.completed_by,
    completed_at: checkpoint.completed_at,
    requires_proposal_id: checkpoint.proposal_id,
    proposal_status: proposalStatus(world, checkpoint, now),
    depends_on: dependencies.map(({ ref }) => ref),
    git_branch_url: checkpoint.git_branch_url,
    git_pr_url: checkpoint.git_pr_url,
    git_commit_url: checkpoint.git_commit_url,
    checkpoint_id: checkpoint.checkpoint_id,
    state,
    requires_consensus: checkpoint.requires_consensus,
    note: checkpoint.note,
    blocked_by: state === 'blocked' ? dependencies.filter((face) => face.state !== 'completed') : [],
    claim: claim && viewClaim(world, context, claim),
    attempts: checkpoint.attempts,
    last_failure: viewLastFailure(world, checkpoint, now),
    needs_attention: !isUntouched(checkpoint) && needsAttention(checkpoint, groupAround(world, checkpoint), now),
    completed_by_name: checkpoint.completed_by && nameOfPrincipal(world, checkpoint.completed_by),
    completed_session: checkpoint.completed_session,
    completed_for_name: checkpoint.completed_for && nameOfPrincipal(world, checkpoint.completed_for),
  }
}

const proposalStatus = (world: World, { proposal_id }: Checkpoint, now: string): Wire.Checkpoint['proposal_status'] => {
  const stored = proposal_id ? world.find('proposal', proposal_id) : null
  if (!stored) return null
  // Also a gate whose next round has yet to begin is open.
  if (stored.round_started_at === null && stored.status === 'open') return 'open'
  const proposal = proposalAt(world, stored, now)
  if (proposal.status === 'open') return 'open'
  return proposal.threshold_met ? 'approved' : 'rejected'
}
