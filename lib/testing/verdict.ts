import type { Checkpoint } from '@/lib/domain/entities'
import { failuresOf, groupOfStep, hasFailed, isBlocked, isHeld, isHolder, isShut } from './attempts'
import type { By } from './call-checker'
import type { Copy } from './copy'

/**
 * What a call about an attempt must come to, told from the rows alone: the code of its refusal, `unchanged` or `done`. Null for calls of other kinds.
 * It does not look at what comes first: whether the checkpoint may be read, the permissions and the version.
 */
export const verdictOf = (rows: Copy, move: string, by: By, step: Checkpoint, now: string): string | null => {
  const held = isHeld(step, now)
  const mine = held && isHolder(by, step)
  const failures = failuresOf(step, now)
  const inRow: { [verdict: string]: boolean } = {
    blocked: isBlocked(rows, step),
    claimed: held && !mine,
    claim_lost: by.claim_id !== undefined && !(held && by.claim_id === step.claim_id),
    needs_attention: failures >= (groupOfStep(rows, step)?.max_failures ?? 0),
    consensus_required: isShut(rows, step),
  }
  const first = (...verdicts: string[]) => verdicts.find((verdict) => inRow[verdict]) ?? 'done'
  const isDone = step.completed_at !== null
  if (move === 'complete') return isDone ? 'unchanged' : first('blocked', 'claimed', 'claim_lost', 'consensus_required')
  if (move === 'fail') return isDone ? 'checkpoint_completed' : first(...(mine ? [] : ['blocked']), 'claimed', 'claim_lost')
  if (move === 'retry') return !isDone && (inRow.needs_attention || hasFailed(step, now)) ? 'done' : 'not_failed'
  if (move === 'withdraw') return isDone ? 'checkpoint_completed' : null
  if (move !== 'claim' && move !== 'renew') return null
  if (isDone) return 'checkpoint_completed'
  return mine ? first('claim_lost') : first('blocked', 'claimed', 'claim_lost', 'needs_attention', 'consensus_required')
}
