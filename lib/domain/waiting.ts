import { atTime, liveClaim, needsAttention } from './attempt'
import { blockedSentence, blockersOf } from './blocking'
import { claimedSentence } from './claim'
import type { Context } from './context'
import type { Checkpoint, Milestone } from './entities'
import type { Event } from './events'
import { groupOf } from './resolve'
import { CHECKPOINT_STATES, dependencyIds, isCompleted, neededForStates, stateOf } from './state'
import type { World } from './world'

// A wait is a question that is asked again whenever something happens on which its answer may hang. Here is what the answers are, and what they hang on.

export const UNTIL = ['ready', 'completed', 'closed', 'change'] as const
export type Until = (typeof UNTIL)[number]

/** What is waited for: a checkpoint, or a whole milestone. */
export type Awaited = { milestone: Milestone; checkpoint: Checkpoint | null }

/** What the caller of a wait for a change knows: everything up to `since_seq`, and the states that were shown when the wait began. */
export type Known = { since_seq: number; shown: string }

/** The events after which a checkpoint is completed, or is not any more. */
export const COMPLETIONS: readonly string[] = ['checkpoint.completed', 'checkpoint.reopened'] satisfies Event['type'][]
const NUMBERINGS: readonly string[] = ['checkpoint.added', 'checkpoint.deleted', 'checkpoint.withdrawn'] satisfies Event['type'][]

const inside = (milestone_id: string) => `${milestone_id}/*`
const completionOf = (checkpoint_id: string) => `${checkpoint_id}/completion`

/**
 * What an event is about, for those who wait: the group itself, the numbers of a milestone or the milestone itself, everything inside a milestone, a
 * checkpoint, and whether a checkpoint is completed. An event about a principal, such as the end of a key, concerns all waits of that principal.
 */
export const topicsOf = ({ type, group_id, project_id, milestone_id, checkpoint_id, data }: Event): string[] => {
  const topics: string[] = 'renumbers' in data ? data.renumbers.map(inside) : []
  if (group_id && !project_id) topics.push(group_id)
  if (milestone_id) topics.push(inside(milestone_id))
  if (milestone_id && (!checkpoint_id || NUMBERINGS.includes(type))) topics.push(milestone_id)
  if (checkpoint_id) topics.push(checkpoint_id)
  if (checkpoint_id && COMPLETIONS.includes(type)) topics.push(completionOf(checkpoint_id))
  return topics
}

export const principalOf = ({ data }: Event): string | null => ('principal_id' in data ? data.principal_id : null)

/** The topics of all events after which the answer may be another one. */
export const hangsOn = (world: World, until: Until, { milestone, checkpoint }: Awaited): string[] => {
  const { group_id, milestone_id } = milestone
  if (checkpoint) {
    const own = [group_id, milestone_id, checkpoint.checkpoint_id]
    return until === 'completed' ? own : [...own, ...checkpoint.depends_on.map(completionOf)]
  }
  if (until === 'closed') return [group_id, milestone_id]
  return [group_id, inside(milestone_id), ...outsideDependencies(world, milestone_id).map(completionOf)]
}

/** The checkpoints outside a milestone for which those in it wait, or waited. */
const outsideDependencies = (world: World, milestone_id: string): string[] => {
  const checkpoints = world.checkpoints(milestone_id)
  const own = new Set(checkpoints.map(({ checkpoint_id }) => checkpoint_id))
  return [...dependencyIds(checkpoints)].filter((id) => !own.has(id))
}

/** The checkpoints whose completion or reopening is a change of what is waited for, besides its own events. */
export const dependenciesIn = (world: World, { milestone, checkpoint }: Awaited): readonly string[] =>
  checkpoint ? checkpoint.depends_on : outsideDependencies(world, milestone.milestone_id)

const checkpointsIn = (world: World, { milestone, checkpoint }: Awaited): readonly Checkpoint[] =>
  checkpoint ? [checkpoint] : world.checkpoints(milestone.milestone_id)

/** When the answer may become another one although nothing happens: the first of the leases on which it hangs runs out. */
export const endOfLease = (world: World, until: Until, awaited: Awaited, now: string): string | null => {
  if (until === 'completed' || until === 'closed') return null
  const ends = checkpointsIn(world, awaited).flatMap((checkpoint) => liveClaim(checkpoint, now)?.expires_at ?? [])
  return ends.reduce<string | null>((first, end) => (first === null || end < first ? end : first), null)
}

/** The states that are shown of what is waited for, as a text that differs whenever one of them does. */
export const shownOf = (world: World, awaited: Awaited, now: string): string => {
  const checkpoints = checkpointsIn(world, awaited)
  const group = groupOf(world, awaited.milestone.group_id)
  world.need(neededForStates(checkpoints))
  const states = checkpoints.map((checkpoint) => {
    const state = CHECKPOINT_STATES.indexOf(stateOf(world, checkpoint, now))
    return needsAttention(checkpoint, group, now) ? `${state}!` : `${state}`
  })
  return [awaited.checkpoint?.order ?? awaited.milestone.status, ...states].join(' ')
}

const isClaimable = (world: World, { milestone, checkpoint }: Awaited, now: string): boolean => {
  if (!checkpoint || needsAttention(checkpoint, groupOf(world, milestone.group_id), now)) return false
  return ['ready', 'failed'].includes(stateOf(world, checkpoint, now))
}

const isAbout = ({ type, milestone_id, checkpoint_id }: Event, { milestone, checkpoint }: Awaited): boolean => {
  if (!checkpoint) return milestone_id === milestone.milestone_id
  if (checkpoint_id === checkpoint.checkpoint_id) return true
  return checkpoint_id !== null && COMPLETIONS.includes(type) && checkpoint.depends_on.includes(checkpoint_id)
}

/** Whether what is waited for is true. `events` are those that happened since the answer was last looked for. */
export const isReached = (
  world: World,
  until: Until,
  awaited: Awaited,
  { since_seq, shown }: Known,
  events: readonly Event[],
  now: string,
): boolean => {
  const { milestone, checkpoint } = awaited
  if (until === 'closed') return milestone.status === 'closed'
  if (until === 'completed') return checkpoint !== null && isCompleted(checkpoint)
  if (until === 'ready') return isClaimable(world, awaited, now)
  if (events.some((event) => event.seq > since_seq && isAbout(event, awaited))) return true
  return (checkpoint === null && milestone.version > since_seq) || shownOf(world, awaited, now) !== shown
}

/** Why what is waited for is over, so that waiting is in vain, or null. Whatever people may still bring about is not over. */
export const whyOver = (until: Until, { checkpoint }: Awaited): string | null =>
  until === 'ready' && checkpoint && isCompleted(checkpoint)
    ? `Checkpoint ${checkpoint.order} is completed. It becomes ready only if it is reopened.`
    : null

/** A sentence that says what has to happen first, or null if any change would do. */
export const whatIsMissing = (world: World, context: Context, until: Until, { milestone, checkpoint }: Awaited): string | null => {
  if (until === 'change') return null
  if (!checkpoint) return missingToClose(world, milestone)
  const { now } = context
  const { order } = checkpoint
  const state = stateOf(world, checkpoint, now)
  if (state === 'blocked')
    return blockedSentence(
      order,
      blockersOf(world, context, checkpoint).map(({ ref }) => ref),
    )
  if (state === 'awaiting_consensus') return `Checkpoint ${order} waits for a vote`
  const claim = liveClaim(checkpoint, now)
  if (claim) return claimedSentence(world, checkpoint, claim)
  if (needsAttention(checkpoint, groupOf(world, milestone.group_id), now))
    return `Checkpoint ${order} has failed ${atTime(checkpoint, now).failures} times in a row and waits for a person who gives it back`
  return state === 'failed'
    ? `Checkpoint ${order} has failed and waits for another attempt`
    : `Checkpoint ${order} is ready and not claimed`
}

const missingToClose = (world: World, { milestone_id }: Milestone): string => {
  const checkpoints = world.checkpoints(milestone_id)
  const pending = checkpoints.filter((checkpoint) => !isCompleted(checkpoint)).length
  if (checkpoints.length === 0) return 'The milestone has no checkpoint yet'
  if (pending === 0) return 'All checkpoints are completed, and the milestone is open until it is closed with close_milestone'
  return `${pending} of ${checkpoints.length} checkpoints ${pending === 1 ? 'is' : 'are'} pending`
}
