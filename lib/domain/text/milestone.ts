import type { Context } from '../context'
import type { Checkpoint as Entity } from '../entities'
import type { Blocker, Checkpoint } from '../schemas/checkpoint'
import type { Milestone, MilestoneSummary } from '../schemas/milestone'
import { isCompleted, stateOf, unitsOf } from '../state'
import { viewOneCheckpoint, viewSummary } from '../views/milestone'
import type { World } from '../world'
import { faceLine, rowOf, titled, wholeOf } from './checkpoint'
import { lines, listed, nextPage, quote, words } from './quote'

/** A milestone of more checkpoints is shown without those that are done, and without what is beyond this number of rows. */
const MOST_ROWS = 100

const MOST_OPENED = 5

/** The first line of a milestone, and its only one in a list. */
const headOf = ({ milestone_id, title, status, progress, version }: MilestoneSummary): string =>
  words(milestone_id, quote(title), status, progress, `v${version}`)

export const milestoneText = (milestone: Milestone): string => {
  const { checkpoints } = milestone
  const shown = checkpoints.length > MOST_ROWS ? checkpoints.filter(({ state }) => state !== 'completed') : checkpoints
  const done = checkpoints.length - shown.length
  const rows = shown.slice(0, MOST_ROWS)
  return lines(
    headOf(milestone),
    done > 0 && `${done} done are not listed`,
    listed(rows, shown.length, rowOf),
    outsideBlockers(rows).map((blocker) => `waits for ${faceLine(blocker)}`),
  )
}

/** What the checkpoints wait for in other milestones, each once. */
const outsideBlockers = (checkpoints: readonly Checkpoint[]): Blocker[] => {
  const blockers = checkpoints.flatMap(({ blocked_by }) => blocked_by.filter(({ ref }) => typeof ref === 'string'))
  return [...new Map(blockers.map((blocker) => [blocker.checkpoint_id, blocker])).values()]
}

/** A milestone of which one checkpoint was asked for. */
export const oneCheckpointText = (milestone: Milestone): string => lines(headOf(milestone), milestone.checkpoints.map(wholeOf))

export const milestonesText = ({ milestones, next_cursor }: { milestones: MilestoneSummary[]; next_cursor: string | null }): string =>
  lines(milestones.length === 0 && 'no milestones', milestones.map(headOf), nextPage(next_cursor))

/** What a change came to: the milestone, the checkpoint that it was about, and what can be claimed now that could not be before. */
export const changeText = (world: World, milestone_id: string, checkpoint_id: string | null, context: Context): string => {
  const checkpoint = checkpoint_id === null ? null : world.find('checkpoint', checkpoint_id)
  const opened = checkpoint && isCompleted(checkpoint) ? openedBy(world, checkpoint, context) : []
  return lines(
    changedHead(viewSummary(world, milestone_id, world.counts(milestone_id), context)),
    checkpoint && rowOf(viewOneCheckpoint(world, context, checkpoint)),
    opened.length > 0 && 'now ready:',
    listed(opened.slice(0, MOST_OPENED), opened.length, ({ order, title }) => words(order, titled(title))),
  )
}

/** Without the title, which whoever made the change knows. */
const changedHead = ({ milestone_id, status, progress, version }: MilestoneSummary): string =>
  words(milestone_id, status, progress, `v${version}`)

/** The checkpoints of the same milestone that waited for this one, and that can be claimed now. */
const openedBy = (world: World, { checkpoint_id, milestone_id }: Entity, { now }: Context): Entity[] => {
  const dependents = world.checkpoints(milestone_id).filter(({ depends_on }) => depends_on.includes(checkpoint_id))
  world.need(
    unitsOf(
      'checkpoint',
      dependents.flatMap(({ depends_on }) => depends_on),
    ),
  )
  return dependents.filter((dependent) => ['ready', 'failed'].includes(stateOf(world, dependent, now)))
}

/** A milestone that was just created, whose plan its maker knows: the id, and what can be claimed. */
export const createdText = (world: World, milestone_id: string, context: Context): string => {
  const ready = world.checkpoints(milestone_id).filter((checkpoint) => stateOf(world, checkpoint, context.now) === 'ready')
  const { url, ...summary } = viewSummary(world, milestone_id, world.counts(milestone_id), context)
  return lines(
    headOf({ ...summary, url }),
    url,
    ready.length > 0 && 'ready:',
    listed(ready.slice(0, MOST_OPENED), ready.length, ({ order, title }) => words(order, titled(title))),
  )
}

/** A milestone from which a checkpoint was withdrawn, after `change`: what waits for other checkpoints instead. */
export const withdrawalText = (change: string, relinked: readonly Blocker[], private_count: number): string =>
  lines(
    change,
    relinked.length > 0 && 'wait for what it waited for:',
    relinked.map(faceLine),
    private_count > 0 && `and ${private_count} that you may not read`,
  )
