import type { Blocker, Checkpoint, CheckpointRef, Claim } from '../schemas/checkpoint'
import type { CheckpointState } from '../state'
import { counted, lines, listed, quote, second, words } from './quote'

const MOST_OF_A_TITLE = 120
const MOST_OF_A_REASON = 160
const MOST_BLOCKERS = 10

/** Short, because they stand in every row. */
const WORDS: { [S in CheckpointState]: string } = {
  completed: 'done',
  blocked: 'blocked',
  awaiting_consensus: 'vote',
  claimed: 'claimed',
  failed: 'failed',
  ready: 'ready',
}

export const wordOf = (state: CheckpointState): string => WORDS[state]

export const titled = (title: string, most = MOST_OF_A_TITLE): string => quote(title, Math.min(most, MOST_OF_A_TITLE))

/** What has failed so often that nobody can claim it. */
export const NEEDS_A_PERSON = 'needs a person'

/** Why the last attempt failed. */
export const failedBy = (reason: string, most = MOST_OF_A_REASON): string => `last failure ${quote(reason, most)}`

const arrow = (depends_on: readonly CheckpointRef[]): string | null => (depends_on.length > 0 ? `<-${depends_on.join(',')}` : null)

/** Who holds a checkpoint, and until when. */
export const heldBy = ({ held_by_name, held_by_you, expires_at }: Pick<Claim, 'held_by_name' | 'held_by_you' | 'expires_at'>): string =>
  `by ${held_by_you ? 'you' : titled(held_by_name)} until ${second(expires_at)}`

const failureOf = ({ state, last_failure, needs_attention }: Checkpoint, most?: number): string | null => {
  if (state === 'completed' || !last_failure) return null
  const { attempt, reason, by_name } = last_failure
  return words(needs_attention && `${NEEDS_A_PERSON},`, failedBy(reason, most), `by ${titled(by_name, most)} in attempt ${attempt}`)
}

/** The vote that a checkpoint needs. The word itself is left out where the state says it. */
const voteOf = ({ state, requires_proposal_id, proposal_status }: Checkpoint): string | null =>
  requires_proposal_id === null || state === 'completed'
    ? null
    : words(state !== 'awaiting_consensus' && 'vote', requires_proposal_id, proposal_status)

const linksOf = ({ git_branch_url, git_pr_url, git_commit_url }: Checkpoint) =>
  Object.entries({ branch: git_branch_url, pr: git_pr_url, commit: git_commit_url }).filter(([, url]) => url !== null)

/** That there is more to read. */
const attachedTo = (checkpoint: Checkpoint): string => {
  const { length } = linksOf(checkpoint)
  return [length > 0 ? counted(length, 'link') : '', checkpoint.note === '' ? '' : 'note'].filter(Boolean).join(', ')
}

/** One checkpoint in the list of its milestone: its number, state, title, what it waits for, and whoever is at it. */
export const rowOf = (checkpoint: Checkpoint, most?: number): string =>
  words(
    checkpoint.order,
    wordOf(checkpoint.state),
    titled(checkpoint.title, most),
    arrow(checkpoint.depends_on),
    checkpoint.claim && heldBy(checkpoint.claim),
    voteOf(checkpoint),
    failureOf(checkpoint, most),
    attachedTo(checkpoint),
  )

/** One checkpoint with all that an agent needs to work on it. `made` is the claim on it that the reader has just made. */
export const wholeOf = (checkpoint: Checkpoint, made?: Claim): string => {
  const { completed_by_name, completed_at, description, note, blocked_by, claim } = checkpoint
  return lines(
    words(
      checkpoint.order,
      wordOf(checkpoint.state),
      quote(checkpoint.title),
      arrow(checkpoint.depends_on),
      checkpoint.checkpoint_id,
      completed_by_name !== null && `by ${quote(completed_by_name)} at ${second(completed_at ?? '')}`,
      claim && heldBy(claim),
      made && made.attempt > 1 ? `attempt ${made.attempt}` : null,
      voteOf(checkpoint),
    ),
    failureOf(checkpoint, Number.POSITIVE_INFINITY),
    listed(blocked_by.slice(0, MOST_BLOCKERS), blocked_by.length, (blocker) => `waits for ${faceLine(blocker)}`),
    description !== '' && `description ${quote(description)}`,
    note !== '' && `note ${quote(note)}`,
    linksOf(checkpoint).map(([name, url]) => `${name} ${url}`),
  )
}

/** A checkpoint as it is seen from another one, which may be in another milestone. */
export const faceLine = (face: Blocker, most?: number): string => {
  if (face.private) return words(face.checkpoint_id, wordOf(face.state), 'in a group that you may not read')
  return words(
    face.ref,
    wordOf(face.state),
    titled(face.title, most),
    face.held_by_name !== null && `by ${titled(face.held_by_name, most)}`,
    face.last_failure !== null && failedBy(face.last_failure, most),
    typeof face.ref === 'string' && `in ${titled(face.milestone_title, most)} of ${face.group_slug}`,
  )
}
