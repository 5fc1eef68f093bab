import type { Checkpoint, Claim } from '../schemas/checkpoint'
import type { Held, ReadyCheckpoint, Waiting } from '../schemas/ready'
import { faceLine, titled, wholeOf } from './checkpoint'
import { lines, listed, quote, second, words } from './quote'
import type { Say } from './say'

const readyLine = ({ milestone_id, order, title, unblocks, state, attempts, last_failure }: ReadyCheckpoint): string =>
  words(
    `${milestone_id}:${order}`,
    titled(title),
    unblocks > 0 && `opens ${unblocks}`,
    state === 'failed' && words(`failed ${attempts} times:`, quote(last_failure ?? '', 80)),
  )

export const readyText = ({ checkpoints, total }: { checkpoints: ReadyCheckpoint[]; total: number }): string =>
  lines(total === 0 && 'nothing is ready', listed(checkpoints, total, readyLine))

type Claimed = { claim: Claim | null; milestone_id: string; checkpoint: Checkpoint }

/** A claim with the checkpoint as a whole, so that work can begin, and with the calls by which it ends. */
export const claimText = ({ claim, milestone_id, checkpoint }: Claimed, say: Say): string => {
  if (!claim) return lines('the claim has ended', wholeOf(checkpoint))
  const address = { milestone_id, order: checkpoint.order, claim_id: claim.claim_id }
  return lines(
    words('claimed', `${milestone_id}:${checkpoint.order}`, 'until', second(claim.expires_at), `attempt ${claim.attempt}`, claim.claim_id),
    wholeOf({ ...checkpoint, claim: null }),
    `when done: ${say('complete_checkpoint', address)}`,
    `if it fails: ${say('fail_checkpoint', { ...address, reason: '…' })}`,
    `for more time: ${say('claim_checkpoint', address)}`,
  )
}

type Next = { claim: Claim | null; milestone_id: string | null; checkpoint: Checkpoint | null; held: Held[]; waiting: Waiting | null }

export const claimNextText = ({ claim, milestone_id, checkpoint, held, waiting }: Next, say: Say): string =>
  lines(
    milestone_id !== null && checkpoint !== null && claimText({ claim, milestone_id, checkpoint }, say),
    waiting !== null && waitingText(waiting, say),
    held.map(({ ref, title, expires_at }) => words('you hold', ref, titled(title), 'until', second(expires_at))),
  )

const waitingText = ({ sentence, claimed, needs_attention, awaiting_consensus, elsewhere }: Waiting, say: Say): string => {
  const [first] = claimed.checkpoints
  const [milestone_id, order] = first?.ref.split(':') ?? []
  return lines(
    sentence,
    listed(claimed.checkpoints, claimed.total, ({ ref, title, held_by_name, held_by_you, expires_at }) =>
      words(ref, 'claimed', titled(title), `by ${held_by_you ? 'you' : quote(held_by_name)}`, 'until', second(expires_at)),
    ),
    listed(needs_attention.checkpoints, needs_attention.total, ({ ref, title, last_failure }) =>
      words(ref, 'needs a person', titled(title), last_failure !== null && quote(last_failure, 80)),
    ),
    listed(awaiting_consensus.checkpoints, awaiting_consensus.total, ({ ref, title, proposal_id }) =>
      words(ref, 'vote', titled(title), proposal_id),
    ),
    listed(elsewhere.checkpoints, elsewhere.total, (face) => `waits for ${faceLine(face)}`),
    milestone_id !== undefined && say('wait_for', { milestone_id, order: Number(order), until: 'completed' }),
  )
}
