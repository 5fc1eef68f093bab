import type { Checkpoint } from '../schemas/checkpoint'
import { rowOf, wordOf } from './checkpoint'

/** A milestone of more checkpoints is folded to so many rows. */
const MOST_ROWS = 60

/**
 * The rows of a milestone, and the checkpoints that have one. Of a long milestone, these are what can be worked on and then what is blocked, as far as
 * there is room; the others are counted at their place, so that every number is accounted for.
 */
export const rowsOf = (checkpoints: readonly Checkpoint[]): { rows: string[]; shown: readonly Checkpoint[] } => {
  if (checkpoints.length <= MOST_ROWS) return { rows: checkpoints.map((checkpoint) => rowOf(checkpoint)), shown: checkpoints }
  const pending = checkpoints.filter(({ state }) => state !== 'completed')
  const open = pending.filter(({ state }) => state !== 'blocked')
  const blocked = pending.filter(({ state }) => state === 'blocked')
  const chosen = new Set([...open, ...blocked].slice(0, MOST_ROWS))
  return { rows: folded(checkpoints, chosen), shown: checkpoints.filter((checkpoint) => chosen.has(checkpoint)) }
}

const folded = (checkpoints: readonly Checkpoint[], chosen: ReadonlySet<Checkpoint>): string[] => {
  const rows: string[] = []
  let run: Checkpoint[] = []
  const endRun = () => {
    if (run.length > 0) rows.push(foldOf(run))
    run = []
  }
  for (const checkpoint of checkpoints) {
    if (!chosen.has(checkpoint)) {
      run.push(checkpoint)
      continue
    }
    endRun()
    rows.push(rowOf(checkpoint))
  }
  endRun()
  return rows
}

/** "1-37 done" or "120-480 200 done, 161 blocked". */
const foldOf = (run: readonly Checkpoint[]): string => {
  const counts = new Map<string, number>()
  for (const { state } of run) counts.set(wordOf(state), (counts.get(wordOf(state)) ?? 0) + 1)
  const [first, last] = [run.at(0)?.order, run.at(-1)?.order]
  const states = counts.size === 1 ? [...counts.keys()] : Array.from(counts, ([word, count]) => `${count} ${word}`)
  return `${first === last ? first : `${first}-${last}`} ${states.join(', ')}`
}
