import * as z from 'zod'
import { Blocker, Checkpoint, CheckpointRef, CheckpointState, Claim } from './checkpoint'

/** A checkpoint that can be claimed, with what one needs to choose and to claim it. */
export const ReadyCheckpoint = z
  .object({
    milestone_id: z.string(),
    order: z.int().describe('its number in the milestone: claim it by milestone_id and order'),
    checkpoint_id: z.string(),
    title: z.string(),
    milestone_title: z.string(),
    project_id: z.string(),
    state: CheckpointState.extract(['ready', 'failed']),
    unblocks: z.int().describe('the number of pending checkpoints, of all groups, that depend on it directly'),
    attempts: z.int(),
    last_failure: z.string().nullable().describe('why the latest failed attempt failed'),
  })
  .meta({ id: 'ReadyCheckpoint' })

const named = { ref: z.string().describe('milestone_id:order'), checkpoint_id: z.string(), title: z.string() }

/** The first of some checkpoints, and how many there are. */
const some = <T extends z.ZodType>(checkpoint: T) => z.object({ total: z.int(), checkpoints: z.array(checkpoint) })

/** A checkpoint that the caller holds already. */
export const Held = z.object({ ...named, expires_at: z.string() }).meta({ id: 'Held' })

/** Why nothing can be claimed. */
export const Waiting = z
  .object({
    sentence: z.string(),
    claimed: some(z.object({ ...named, held_by_name: z.string(), held_by_you: z.boolean(), expires_at: z.string() })).describe(
      'those that wait only for their claim to end; the claim that expires first comes first',
    ),
    needs_attention: some(z.object({ ...named, last_failure: z.string().nullable() })).describe(
      'those that have failed so often that a person must give them back',
    ),
    awaiting_consensus: some(z.object({ ...named, proposal_id: z.string().nullable() })).describe('those that wait for a vote'),
    blocked: z.int().describe('the number of those that depend on pending checkpoints'),
    elsewhere: some(Blocker).describe('pending checkpoints outside of what was asked for, on which the blocked ones depend'),
  })
  .meta({ id: 'Waiting' })

/** A pending checkpoint that depends on no other pending one, and the way to it. */
export const RootCause = Blocker.extend({
  claim_expires_at: Claim.shape.expires_at.nullable(),
  needs_attention: Checkpoint.shape.needs_attention,
  path: z
    .array(CheckpointRef)
    .describe('the shortest way to it, from the checkpoint that was asked for; of a long one, the first ten steps and the last ten'),
  length: z.int().describe('the number of dependencies on the way'),
}).meta({ id: 'RootCause' })

export const Blockers = z
  .object({
    checkpoint_id: z.string(),
    state: CheckpointState,
    sentence: z.string().describe('what stands in its way'),
    blockers: z.array(Blocker).describe('the unmet direct dependencies'),
    root_causes: z
      .array(RootCause)
      .describe(
        'the pending checkpoints on which it depends, directly or through others, and which depend on no other pending one; at most 20, nearest first',
      ),
    root_cause_count: z.int(),
  })
  .meta({ id: 'Blockers' })

export type ReadyCheckpoint = z.infer<typeof ReadyCheckpoint>
export type Held = z.infer<typeof Held>
export type Waiting = z.infer<typeof Waiting>
export type RootCause = z.infer<typeof RootCause>
export type Blockers = z.infer<typeof Blockers>
