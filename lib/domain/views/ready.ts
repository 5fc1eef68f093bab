import { atTime, hasFailed, liveClaim } from '../attempt'
import type { Context } from '../context'
import type { Checkpoint } from '../entities'
import { faceOf, needForFaces } from '../face'
import type { Some, Waiting } from '../ready'
import { milestoneOf } from '../resolve'
import type * as Wire from '../schemas/ready'
import { unitsOf } from '../state'
import { enumerated } from '../words'
import type { World } from '../world'
import { principalsOfAttempts, viewClaim } from './claim'

/** The name of a checkpoint, which is the same from wherever it is read. */
const named = ({ milestone_id, order, checkpoint_id, title }: Checkpoint) => ({ ref: `${milestone_id}:${order}`, checkpoint_id, title })

export const viewReady = (world: World, { now }: Context, checkpoint: Checkpoint, unblocks: number): Wire.ReadyCheckpoint => {
  const { checkpoint_id, milestone_id, order, title, attempts } = checkpoint
  const { title: milestone_title, project_id } = milestoneOf(world, milestone_id)
  return {
    milestone_id,
    order,
    checkpoint_id,
    title,
    milestone_title,
    project_id,
    state: hasFailed(checkpoint, now) ? 'failed' : 'ready',
    unblocks,
    attempts,
    last_failure: atTime(checkpoint, now).last_failure?.reason ?? null,
  }
}

/** The most checkpoints that are named to their holder. */
const MOST_HELD = 20

export const viewHeld = (held: readonly Checkpoint[]): Wire.Held[] =>
  held.slice(0, MOST_HELD).map((checkpoint) => ({ ...named(checkpoint), expires_at: checkpoint.claim_expires_at ?? '' }))

export const viewWaiting = (world: World, context: Context, waiting: Waiting): Wire.Waiting => {
  const { claimed, needs_attention, voting, blocked, elsewhere } = waiting
  world.need(
    unitsOf(
      'principal',
      claimed.first.flatMap((checkpoint) => principalsOfAttempts(checkpoint, context.now)),
    ),
  )
  needForFaces(world, context, elsewhere.first)
  return {
    sentence: sentenceOf(waiting),
    claimed: some(claimed, (checkpoint) => {
      const claim = liveClaim(checkpoint, context.now)
      const { held_by_name = '', held_by_you = false, expires_at = '' } = claim ? viewClaim(world, context, claim) : {}
      return { ...named(checkpoint), held_by_name, held_by_you, expires_at }
    }),
    needs_attention: some(needs_attention, (checkpoint) => {
      const { last_failure } = atTime(checkpoint, context.now)
      return { ...named(checkpoint), last_failure: last_failure?.reason ?? null }
    }),
    awaiting_consensus: some(voting, (checkpoint) => ({ ...named(checkpoint), proposal_id: checkpoint.proposal_id })),
    blocked,
    elsewhere: some(elsewhere, (checkpoint) => faceOf(world, context, '', checkpoint)),
  }
}

const some = <T>({ total, first }: Some<Checkpoint>, view: (checkpoint: Checkpoint) => T) => ({ total, checkpoints: first.map(view) })

const sentenceOf = ({ claimed, needs_attention, voting, blocked, elsewhere }: Waiting): string => {
  const counted = (count: number, one: string, many: string) => (count === 0 ? [] : [`${count} ${count === 1 ? one : many}`])
  const reasons = [
    ...counted(claimed.total, 'is claimed', 'are claimed'),
    ...counted(needs_attention.total, 'needs the attention of a person', 'need the attention of a person'),
    ...counted(voting.total, 'waits for a vote', 'wait for a vote'),
    ...counted(blocked, 'is blocked', 'are blocked'),
  ]
  if (reasons.length === 0) return 'No checkpoint is pending here.'
  const advice = [
    ...(claimed.total + elsewhere.total > 0 ? ['Wait with wait_for until one is free.'] : []),
    ...(needs_attention.total > 0 ? ['Ask a person to give back what has failed too often.'] : []),
    ...(voting.total > 0 ? ['Ask the members of the group to vote.'] : []),
  ]
  return [`No checkpoint can be claimed now: ${enumerated(reasons)}.`, ...advice].join(' ')
}
