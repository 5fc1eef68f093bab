import type { Checkpoint } from '../schemas/checkpoint'
import { rowOf } from './checkpoint'
import { lines, words } from './quote'
import { next, type Say } from './say'
import { shortenedSentence } from './sentence'

const MOST_OF_A_SENTENCE = 100

type Waited = {
  reached: boolean
  impossible: boolean
  reason: string | null
  waiting_for: string | null
  milestone_id: string
  status: string
  version: number
  checkpoint: Checkpoint | null
}

type Asked = { until: string; since_seq?: number | undefined }

/** What a wait came to, and the next calls: the claim of what is ready now, what has changed, or the same wait again, from `seq` on. */
export const waitText = (answer: Waited, say: Say, { until, since_seq }: Asked, seq: number): string => {
  const { reached, impossible, reason, waiting_for, milestone_id, status, version, checkpoint } = answer
  const outcome = reached ? 'reached' : impossible ? 'impossible' : 'not yet'
  const address = { milestone_id, order: checkpoint?.order }
  const isChange = until === 'change'
  const again = { ...address, until, since_seq: isChange ? seq : undefined }
  // The row of a checkpoint says it all, unless it is blocked: then it does not say which dependencies are pending.
  const why = reason ?? (checkpoint === null || checkpoint.state === 'blocked' ? waiting_for : null)
  return lines(
    words(outcome, milestone_id, status, `v${version}`),
    checkpoint && rowOf(checkpoint),
    why && shortenedSentence(why, MOST_OF_A_SENTENCE),
    reached && until === 'ready' && next(say, 'claim_checkpoint', address),
    reached && isChange && next(say, 'list_events', { after: since_seq, milestone_id, checkpoint_id: checkpoint?.checkpoint_id }),
    !impossible && (!reached || isChange) && next(say, 'wait_for', again),
  )
}
