import * as z from 'zod'
import { isAdmin, roleIn } from '@/lib/domain/access'
import { claim, release } from '@/lib/domain/claim'
import type { Context } from '@/lib/domain/context'
import { notFound } from '@/lib/domain/errors'
import { EXAMPLE } from '@/lib/domain/example'
import type { Ids } from '@/lib/domain/kinds'
import { LIMITS } from '@/lib/domain/limits'
import { Checkpoint, Claim } from '@/lib/domain/schemas/checkpoint'
import { claimedText } from '@/lib/domain/text/milestone'
import { viewOneCheckpoint } from '@/lib/domain/views/milestone'
import type { World } from '@/lib/domain/world'
import { findCheckpoint } from './checkpoints'
import { decided, defineMutation, idIn } from './define'
import { CheckpointAddress, ClaimId, MilestoneReference } from './fields'
import { milestoneAnswer } from './milestones'

export const Lease = z
  .int()
  .min(30, 'is less than 30')
  .max(LIMITS.lease_seconds, `exceeds ${LIMITS.lease_seconds.toLocaleString('en')}`)
  .optional()
  .describe('how long the claim lasts from now on; default: 900, but a renewal without it never shortens the claim')

export const Claimed = z.object({
  claim: Claim.nullable().describe('your claim with its claim_id; null only in a repeated answer, if it has ended since'),
  milestone_id: z.string(),
  checkpoint: Checkpoint,
})

/** The claim that a call made or renewed, whose id this answer shows even to a caller without a session. @throws not_found for a replay after a deletion */
export const answerClaim = (world: World, ids: Ids, context: Context): z.input<typeof Claimed> => {
  const found = world.find('checkpoint', idIn(ids, 'checkpoint_id'))
  if (!found) throw notFound('checkpoint')
  const checkpoint = viewOneCheckpoint(world, context, found)
  const mine =
    checkpoint.claim && found.claim_id === ids.claim_id ? { ...checkpoint.claim, claim_id: found.claim_id, held_by_you: true } : null
  return { claim: mine, milestone_id: found.milestone_id, checkpoint: { ...checkpoint, claim: mine ?? checkpoint.claim } }
}

export const claimCheckpoint = defineMutation({
  name: 'claim_checkpoint',
  routes: ['POST /milestones/:milestone_id/checkpoints/:order/claim'],
  permission: 'milestones:complete',
  summary: 'Claim a checkpoint, so that nobody else works on it, or renew your claim; refused while it is blocked or claimed by another',
  command: 'claim',
  atWork: true,
  input: z.strictObject({ milestone_id: MilestoneReference, order: CheckpointAddress, ttl_seconds: Lease, claim_id: ClaimId }),
  example: { ttl_seconds: 1_800 },
  output: Claimed,
  errors: ['checkpoint_completed', 'blocked', 'claimed', 'claim_lost', 'needs_attention', 'consensus_required'],
  find: findCheckpoint,
  decide: (world, { ttl_seconds, claim_id }, context, { milestone, checkpoint }) => {
    const made = claim(world, context, milestone, checkpoint, ttl_seconds, claim_id)
    return decided(made.events, { claim_id: made.claim_id })
  },
  answer: answerClaim,
  text: (world, ids, context, _input, say) => claimedText(world, answerClaim(world, ids, context), context, say),
})

export const releaseCheckpoint = defineMutation({
  name: 'release_checkpoint',
  routes: ['DELETE /milestones/:milestone_id/checkpoints/:order/claim'],
  permission: 'milestones:complete',
  summary: 'Release a claim, so that others may claim the checkpoint. An admin of the group may release any claim',
  command: 'release',
  atWork: true,
  input: z.strictObject({ milestone_id: MilestoneReference, order: CheckpointAddress, claim_id: ClaimId }),
  example: { claim_id: EXAMPLE.claim_id },
  ...milestoneAnswer,
  errors: ['claimed', 'claim_lost'],
  find: findCheckpoint,
  decide: (world, { claim_id }, context, { milestone, checkpoint }) => {
    const mayReleaseAny = isAdmin(roleIn(world, context.caller, milestone.group_id))
    return decided(release(world, context, milestone, checkpoint, mayReleaseAny, claim_id))
  },
})
