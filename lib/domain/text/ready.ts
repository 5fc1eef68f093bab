import type { Context } from '../context'
import type { Checkpoint, Claim } from '../schemas/checkpoint'
import type { Held, ReadyCheckpoint, Waiting } from '../schemas/ready'
import { faceLine, failedBy, heldBy, NEEDS_A_PERSON, titled, wholeOf } from './checkpoint'
import { lines, listed, plain, second, words } from './quote'
import { next, type Say } from './say'

const MOST_OF_A_REASON = 80

type Ready = { checkpoints: ReadyCheckpoint[]; total: number }

/** What can be claimed. The title of a milestone is told once. */
export const readyText = ({ checkpoints, total }: Ready, say: Say, { limit: _limit, ...asked }: Record<string, unknown>): string => {
  const named = new Set<string>()
  const line = ({ milestone_id, order, title, milestone_title, state, unblocks, last_failure }: ReadyCheckpoint): string => {
    const isNew = !named.has(milestone_id)
    named.add(milestone_id)
    return words(
      `${milestone_id}:${order}`,
      state,
      titled(title),
      unblocks > 0 && `unblocks ${unblocks}`,
      state === 'failed' && last_failure !== null && failedBy(last_failure, MOST_OF_A_REASON),
      isNew && `in ${titled(milestone_title)}`,
    )
  }
  if (total === 0) return lines('nothing can be claimed now; claim_next says why', next(say, 'claim_next', asked))
  return lines(listed(checkpoints, total, line))
}

type Claimed = { claim: Claim | null; milestone_id: string; checkpoint: Checkpoint }

/** A claim after the head of its milestone: the checkpoint as a whole, so that work can begin, and the calls by which the claim ends. */
export const claimText = (head: string, { claim, milestone_id, checkpoint }: Claimed, say: Say): string => {
  if (!claim) return lines(head, wholeOf(checkpoint), 'your claim has ended')
  const address = { milestone_id, order: checkpoint.order, claim_id: claim.claim_id }
  return lines(
    head,
    wholeOf(checkpoint, claim),
    `when done: ${say('complete_checkpoint', address)}`,
    `if it fails: ${say('fail_checkpoint', { ...address, reason: '…' })}`,
    `for more time: ${say('claim_checkpoint', address)}`,
  )
}

type Waited = { held: Held[]; waiting: Waiting }

/**
 * Why nothing can be claimed, and how to wait. Agents that have nothing to do are told different claims to wait for: if all waited for the same one, its
 * end would wake all of them for the work of one.
 */
export const nothingText = ({ held, waiting }: Waited, { ids }: Pick<Context, 'ids'>, say: Say): string => {
  const { sentence, claimed, needs_attention, awaiting_consensus, elsewhere } = waiting
  // The caller's own claims are listed by themselves.
  const others = claimed.checkpoints.filter(({ held_by_you }) => !held_by_you)
  return lines(
    plain(sentence),
    listed(others, claimed.total - claimed.checkpoints.length + others.length, ({ ref, title, ...claim }) =>
      words(ref, 'claimed', titled(title), heldBy(claim)),
    ),
    listed(needs_attention.checkpoints, needs_attention.total, ({ ref, title, last_failure }) =>
      words(ref, 'failed', titled(title), NEEDS_A_PERSON, last_failure !== null && failedBy(last_failure, MOST_OF_A_REASON)),
    ),
    listed(awaiting_consensus.checkpoints, awaiting_consensus.total, ({ ref, title, proposal_id }) =>
      words(ref, 'vote', titled(title), proposal_id),
    ),
    listed(elsewhere.checkpoints, elsewhere.total, (face) => `waits for ${faceLine(face)}`),
    heldText(held),
    awaiting_consensus.checkpoints.slice(0, 1).map(({ proposal_id }) => next(say, 'get_proposal', { proposal_id })),
    waitFor(ids.pick(others) ?? firstSeen([...elsewhere.checkpoints, ...needs_attention.checkpoints]), 'completed', say) ??
      waitFor(firstSeen(awaiting_consensus.checkpoints), 'ready', say),
  )
}

/** What the caller holds besides. */
export const heldText = (held: readonly Held[]): string[] =>
  held.map(({ ref, title, expires_at }) => words('you hold', ref, titled(title), 'until', second(expires_at)))

type Referred = { ref: string | number }

/** The first of these that the caller may see. The others have no number. */
const firstSeen = (pending: readonly Referred[]): Referred | undefined => pending.find(({ ref }) => String(ref).includes(':'))

const waitFor = (awaited: Referred | undefined, until: 'completed' | 'ready', say: Say): string | null => {
  if (!awaited) return null
  const [milestone_id, order] = String(awaited.ref).split(':')
  return next(say, 'wait_for', { milestone_id, order: Number(order), until })
}
