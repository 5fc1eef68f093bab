import type { Blockers, RootCause } from '../schemas/ready'
import { faceLine } from './checkpoint'
import { lines, listed, second, words } from './quote'

const MOST_STEPS = 6

export const blockersText = ({ sentence, blockers, root_causes, root_cause_count }: Blockers): string =>
  lines(
    sentence,
    listed(blockers.slice(0, 10), blockers.length, faceLine),
    root_causes.length > 0 && 'root causes:',
    listed(root_causes, root_cause_count, causeLine),
  )

const causeLine = (cause: RootCause): string => {
  const { claim_expires_at, path, length } = cause
  const way = path.length > MOST_STEPS ? [...path.slice(0, MOST_STEPS - 1), '…', ...path.slice(-1)] : path
  return words(
    faceLine(cause),
    claim_expires_at !== null && `until ${second(claim_expires_at)}`,
    length > 1 && `by way of ${way.join(' <- ')}`,
  )
}
