import type { Blockers, RootCause } from '../schemas/ready'
import { faceLine, NEEDS_A_PERSON } from './checkpoint'
import { lines, listed, plain, second, words } from './quote'
import { next, type Say } from './say'
import { withCount } from './sentence'

const MOST_BLOCKERS = 10
const MOST_STEPS = 6

type Asked = { milestone_id: string; order: string | number }

/** What stands in the way, the causes of that, and how to work on the nearest cause, or else to wait. */
export const blockersText = ({ sentence, state, blockers, root_causes, root_cause_count }: Blockers, say: Say, asked: Asked): string => {
  // A direct blocker that waits for nothing is a cause itself, and is told already.
  const near = new Map(root_causes.filter(({ length }) => length === 1).map((cause) => [cause.checkpoint_id, cause]))
  const far = root_causes.filter(({ length }) => length > 1)
  return lines(
    plain(withCount(sentence, blockers)),
    listed(blockers.slice(0, MOST_BLOCKERS), blockers.length, (blocker) =>
      words(faceLine(blocker), standingOf(near.get(blocker.checkpoint_id))),
    ),
    far.length > 0 && lines('root causes:', listed(far, root_cause_count - near.size, causeLine)),
    state === 'blocked' && claimOf(root_causes, say, asked),
    state !== 'completed' && state !== 'ready' && next(say, 'wait_for', { ...addressOf(asked), until: 'ready' }),
    state === 'ready' && next(say, 'claim_checkpoint', addressOf(asked)),
  )
}

const addressOf = ({ milestone_id, order }: Asked) => ({ milestone_id, order })

/** The claim of the nearest cause in the same milestone that can be claimed: of one that has failed only if no other is free. */
const claimOf = (causes: readonly RootCause[], say: Say, { milestone_id }: Asked): string | null => {
  const here = causes.filter(({ ref, needs_attention }) => typeof ref === 'number' && !needs_attention)
  const free = here.find(({ state }) => state === 'ready') ?? here.find(({ state }) => state === 'failed')
  return free ? next(say, 'claim_checkpoint', { milestone_id, order: free.ref }) : null
}

const causeLine = (cause: RootCause): string => {
  const between = cause.path.slice(1, -1)
  const way = between.length > MOST_STEPS ? [...between.slice(0, MOST_STEPS - 1), '…', ...between.slice(-1)] : between
  return words(faceLine(cause), standingOf(cause), `by way of ${way.join('<-')}`)
}

/** When its claim ends, or that nobody can claim it. */
const standingOf = (cause: RootCause | undefined): string | null => {
  if (cause?.needs_attention) return NEEDS_A_PERSON
  return cause?.claim_expires_at ? `until ${second(cause.claim_expires_at)}` : null
}
