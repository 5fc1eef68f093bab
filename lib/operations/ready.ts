import * as z from 'zod'
import { selectReady } from '@/db/queries/ready'
import { claim, expiryOf } from '@/lib/domain/claim'
import type { Context } from '@/lib/domain/context'
import type { Ids } from '@/lib/domain/kinds'
import { assertWithin, heldBy, nextClaimable, type Where, waitingIn } from '@/lib/domain/ready'
import { getMilestone, getProject, groupOf, milestoneOf, scopeOfMilestone } from '@/lib/domain/resolve'
import { Checkpoint } from '@/lib/domain/schemas/checkpoint'
import { Held, ReadyCheckpoint, Waiting } from '@/lib/domain/schemas/ready'
import { IdReference } from '@/lib/domain/schemas/text'
import { unitsOf } from '@/lib/domain/state'
import { claimedText } from '@/lib/domain/text/milestone'
import { lines } from '@/lib/domain/text/quote'
import { heldText, nothingText, readyText } from '@/lib/domain/text/ready'
import type { Say } from '@/lib/domain/text/say'
import { viewHeld, viewReady, viewWaiting } from '@/lib/domain/views/ready'
import type { World } from '@/lib/domain/world'
import { answerClaim, Claimed, Lease } from './claims'
import { decided, defineMutation, defineQuery, idIn } from './define'
import { GroupReference, inMilestone, limit } from './fields'
import { findGroup } from './groups'

const where = {
  project_id: IdReference.optional().describe('only in this project, even if it is not active'),
  milestone_id: IdReference.optional().describe('only in this milestone, even if its project is not active'),
}

type Asked = { group_id: string } & Where

/** The group, and whether the caller may read what else the call names. @throws not_found */
const findWhere = (world: World, input: Asked, context: Context) => {
  if (input.project_id !== undefined) getProject(world, context, input.project_id)
  const milestone = input.milestone_id === undefined ? null : getMilestone(world, context, input.milestone_id)
  const { scope, group } = findGroup(world, input, context)
  return { scope: milestone?.group_id === group.group_id ? scopeOfMilestone(milestone) : scope, group }
}

/** What the caller holds there already, besides the claim that this call made. */
const otherClaims = (world: World, ids: Ids, context: Context, input: Asked) => {
  const group = groupOf(world, idIn(ids, 'group_id'))
  return viewHeld(heldBy(world, context, group, input).filter(({ checkpoint_id }) => checkpoint_id !== ids.checkpoint_id))
}

/** Why nothing can be claimed. */
const waitingThere = (world: World, ids: Ids, context: Context, input: Asked) =>
  viewWaiting(world, context, waitingIn(world, context, groupOf(world, idIn(ids, 'group_id')), input))

const answerNext = (world: World, ids: Ids, context: Context, input: Asked) => {
  const held = otherClaims(world, ids, context, input)
  if (ids.checkpoint_id) return { ...answerClaim(world, ids, context), held, waiting: null }
  return { claim: null, milestone_id: null, checkpoint: null, held, waiting: waitingThere(world, ids, context, input) }
}

const nextText = (world: World, ids: Ids, context: Context, input: Asked, say: Say): string => {
  const held = otherClaims(world, ids, context, input)
  if (!ids.checkpoint_id) return nothingText({ held, waiting: waitingThere(world, ids, context, input) }, context, say)
  return lines(claimedText(world, answerClaim(world, ids, context), context, say), heldText(held))
}

export const claimNext = defineMutation({
  name: 'claim_next',
  routes: ['POST /groups/:group_id/claim-next'],
  permission: 'milestones:complete',
  summary:
    'Claim the next task of a group: the ready checkpoint that unblocks most. If none can be claimed, the answer says what is waited for. Called again, it claims another one',
  command: 'claim-next',
  atWork: true,
  repeats: true,
  input: z.strictObject({ group_id: GroupReference, ...where, ttl_seconds: Lease }),
  output: z.object({
    claim: Claimed.shape.claim.describe('your claim with its claim_id; null if nothing can be claimed'),
    milestone_id: z.string().nullable(),
    checkpoint: Checkpoint.nullable(),
    held: z.array(Held).describe('what you hold there already, besides this claim; at most 20, the claim that expires first comes first'),
    waiting: Waiting.nullable().describe('why nothing can be claimed; null if something was'),
  }),
  errors: [],
  within: inMilestone,
  find: findWhere,
  decide: (world, { ttl_seconds, ...input }, context, { group }) => {
    const checkpoint = nextClaimable(world, context, group, input)
    if (!checkpoint) return decided([])
    const milestone = milestoneOf(world, checkpoint.milestone_id)
    const { events, claim_id } = claim(world, context, milestone, checkpoint, ttl_seconds)
    const { project_id, milestone_id } = milestone
    const made = { project_id, milestone_id, checkpoint_id: checkpoint.checkpoint_id, claim_id }
    return decided([...expiryOf(milestone, checkpoint, context.now), ...events], made)
  },
  answer: answerNext,
  text: nextText,
})

export const listReady = defineQuery({
  name: 'list_ready',
  routes: ['GET /groups/:group_id/ready'],
  permission: 'milestones:read',
  summary: 'List the tasks of a group that can be claimed now, in the order in which claim_next takes them',
  command: 'ready',
  atWork: true,
  input: z.strictObject({ group_id: GroupReference, ...where, limit: limit(20, 200) }),
  output: z.object({ checkpoints: z.array(ReadyCheckpoint), total: z.int().describe('how many can be claimed') }),
  errors: [],
  within: inMilestone,
  find: findWhere,
  read: async ({ select, world }, { project_id, milestone_id, limit }, context, { group }) => {
    await world((known) => assertWithin(known, context, group, { project_id, milestone_id }))
    const { total, first } = await select(selectReady, group, { project_id, milestone_id }, limit)
    const checkpoints = await world((known) => {
      known.need(
        first.flatMap(({ checkpoint_id, milestone_id }) => [
          ...unitsOf('checkpoint', [checkpoint_id]),
          ...unitsOf('milestone', [milestone_id]),
        ]),
      )
      return first.flatMap(({ checkpoint_id, unblocks }) => {
        const checkpoint = known.find('checkpoint', checkpoint_id)
        return checkpoint ? viewReady(known, context, checkpoint, unblocks) : []
      })
    })
    return { checkpoints, total }
  },
  text: readyText,
})
