import type { Context } from '../context'
import type { Checkpoint as Entity } from '../entities'
import type { Blocker, Checkpoint, Claim } from '../schemas/checkpoint'
import type { Milestone, MilestoneSummary } from '../schemas/milestone'
import { isCompleted, neededForStates, stateOf } from '../state'
import { viewOneCheckpoint, viewSummary } from '../views/milestone'
import type { World } from '../world'
import { faceLine, rowOf, titled, wholeOf, wordOf } from './checkpoint'
import { fitting } from './cost'
import { lines, listed, quote, words } from './quote'
import { claimText } from './ready'
import { rowsOf } from './rows'
import { next, nextPage, type Say } from './say'

const MOST_OF_A_DESCRIPTION = 300
const MOST_OUTSIDE = 20
const MOST_OPENED = 5
const MOST_TOKENS_OF_A_CHANGE = 110

/** The first line of a milestone, and its only one in a list. */
const headOf = ({ milestone_id, title, status, progress, version }: MilestoneSummary, most?: number): string =>
  words(milestone_id, titled(title, most), status, progress, `v${version}`)

const described = (description: string, most?: number): string | null =>
  description === '' ? null : `description ${quote(description, most)}`

export const milestoneText = (milestone: Milestone): string => {
  const { rows, shown } = rowsOf(milestone.checkpoints)
  const outside = outsideBlockers(shown)
  return lines(
    headOf(milestone),
    described(milestone.description, MOST_OF_A_DESCRIPTION),
    milestone.checkpoints.length === 0 && 'no checkpoints',
    rows,
    listed(outside.slice(0, MOST_OUTSIDE), outside.length, (blocker) => `waits for ${faceLine(blocker)}`),
  )
}

/** What the checkpoints wait for in other milestones, each once. */
const outsideBlockers = (checkpoints: readonly Checkpoint[]): Blocker[] => {
  const blockers = checkpoints.flatMap(({ blocked_by }) => blocked_by.filter(({ ref }) => typeof ref === 'string'))
  return [...new Map(blockers.map((blocker) => [blocker.checkpoint_id, blocker])).values()]
}

/** A milestone of which one checkpoint was asked for, with all texts of both. */
export const oneCheckpointText = (milestone: Milestone, say: Say): string =>
  lines(
    headOf(milestone),
    described(milestone.description),
    milestone.checkpoints.map((checkpoint) => lines(wholeOf(checkpoint), voteNext(checkpoint, say))),
  )

/** The call that shows the vote for which a checkpoint waits, and by which one votes. */
const voteNext = ({ state, requires_proposal_id }: Checkpoint, say: Say): string | null =>
  state === 'awaiting_consensus' ? next(say, 'get_proposal', { proposal_id: requires_proposal_id }) : null

type Listed = { milestones: MilestoneSummary[]; next_cursor: string | null }

/** @param operation the list that was asked for, of which there may be a next page */
export const milestonesText = ({ milestones, next_cursor }: Listed, say: Say, operation: string, asked: object): string =>
  lines(
    milestones.length === 0 && 'no milestones',
    milestones.map((milestone) => headOf(milestone)),
    nextPage(say, operation, { ...asked }, next_cursor),
  )

const summaryOf = (world: World, milestone_id: string, context: Context): MilestoneSummary =>
  viewSummary(world, milestone_id, world.counts(milestone_id), context)

/** What a change came to: the milestone, and the checkpoint that it was about. */
export const changeText = (world: World, milestone_id: string, checkpoint_id: string | null, context: Context): string =>
  tellChange(world, milestone_id, checkpoint_id === null ? null : world.find('checkpoint', checkpoint_id), context, [])

/** What a completion came to, with what is no longer blocked because of it. */
export const completedText = (world: World, milestone_id: string, checkpoint_id: string, context: Context): string => {
  const checkpoint = world.find('checkpoint', checkpoint_id)
  return tellChange(world, milestone_id, checkpoint, context, checkpoint ? openedBy(world, checkpoint, context) : [])
}

const tellChange = (world: World, milestone_id: string, found: Entity | null, context: Context, opened: readonly Entity[]): string => {
  const checkpoint = found && viewOneCheckpoint(world, context, found)
  // Whoever made the change knows the title of the milestone.
  const { status, progress, version } = summaryOf(world, milestone_id, context)
  return fitting(MOST_TOKENS_OF_A_CHANGE, (most) =>
    lines(
      words(milestone_id, status, progress, `v${version}`),
      checkpoint && rowOf(checkpoint, most),
      listed(opened.slice(0, MOST_OPENED), opened.length, (open) => `now ${briefRow(world, open, context, most)}`),
    ),
  )
}

const briefRow = (world: World, checkpoint: Entity, { now }: Context, most?: number): string => {
  const state = stateOf(world, checkpoint, now)
  const vote = state === 'awaiting_consensus' && checkpoint.proposal_id
  return words(checkpoint.order, wordOf(state), titled(checkpoint.title, most), vote)
}

/** The checkpoints of the same milestone that waited for this one, and are free now. Those of other milestones may not be loaded. */
const openedBy = (world: World, checkpoint: Entity, { now }: Context): Entity[] => {
  const { checkpoint_id, milestone_id } = checkpoint
  if (!isCompleted(checkpoint)) return []
  const dependents = world.checkpoints(milestone_id).filter(({ depends_on }) => depends_on.includes(checkpoint_id))
  world.need(neededForStates(dependents))
  return dependents.filter((dependent) => ['ready', 'failed', 'awaiting_consensus'].includes(stateOf(world, dependent, now)))
}

/** A milestone that was just created, whose plan its maker knows: the id, the page for people, and what can be claimed. */
export const createdText = (world: World, milestone_id: string, context: Context): string => {
  const checkpoints = world.checkpoints(milestone_id)
  world.need(neededForStates(checkpoints))
  const ready = checkpoints.filter((checkpoint) => stateOf(world, checkpoint, context.now) === 'ready')
  const summary = summaryOf(world, milestone_id, context)
  return lines(
    headOf(summary),
    summary.url,
    listed(ready.slice(0, MOST_OPENED), ready.length, (open) => briefRow(world, open, context)),
  )
}

type Claimed = { claim: Claim | null; milestone_id: string; checkpoint: Checkpoint }

/** A claim with the milestone and the checkpoint, so that work can begin. */
export const claimedText = (world: World, claimed: Claimed, context: Context, say: Say): string => {
  const summary = summaryOf(world, claimed.milestone_id, context)
  return claimText(lines(headOf(summary), described(summary.description)), claimed, say)
}

/** A milestone from which a checkpoint was withdrawn, after `change`: what waits for other checkpoints instead. */
export const withdrawalText = (change: string, relinked: readonly Blocker[], private_count: number): string =>
  lines(
    change,
    relinked.length + private_count > 0 && 'these waited for it, and wait for what it waited for now:',
    listed(relinked.slice(0, MOST_OUTSIDE), relinked.length, (face) => faceLine(face)),
    private_count > 0 && `and ${private_count} that you may not read`,
  )

/** The text of a change after which the checkpoints that come later have other numbers than before. */
export const renumberedText = (change: string, to: 'higher' | 'lower'): string =>
  lines(change, `later checkpoints are numbered one ${to} now`)

/** The text of a change by which a checkpoint went, under the number or id by which the caller named it. */
export const removedText = (world: World, milestone_id: string, change: string, named: string | number): string => {
  const text = lines(change, `deleted ${named}`)
  return Number(named) > world.counts(milestone_id).total ? text : renumberedText(text, 'lower')
}

/** The text of a reopening. No checkpoint is completed that depends on a pending one (D1). */
export const reopenedText = (change: string, cascade: boolean): string =>
  lines(change, cascade && 'what depends on it is pending again, in other milestones too')
