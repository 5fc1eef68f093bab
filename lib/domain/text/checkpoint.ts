import type { Blocker, Checkpoint, CheckpointRef } from '../schemas/checkpoint'
import type { CheckpointState } from '../state'
import { lines, quote, second, words } from './quote'

const MOST_OF_A_TITLE = 120
const MOST_OF_A_REASON = 160

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

export const titled = (title: string): string => quote(title, MOST_OF_A_TITLE)

const reasonOf = (reason: string): string => quote(reason, MOST_OF_A_REASON)

const arrow = (depends_on: readonly CheckpointRef[]): string | null => (depends_on.length > 0 ? `<-${depends_on.join(',')}` : null)

const claimOf = ({ claim }: Checkpoint): string | null => {
  if (!claim) return null
  return `by ${claim.held_by_you ? 'you' : quote(claim.held_by_name)} until ${second(claim.expires_at)}`
}

const failureOf = ({ state, last_failure, needs_attention }: Checkpoint): string | null => {
  if (state === 'completed' || !last_failure) return null
  const { attempt, reason, by_name } = last_failure
  return words(`attempt ${attempt} of`, quote(by_name), 'failed:', reasonOf(reason), needs_attention && 'needs a person')
}

const linksOf = ({ git_branch_url, git_pr_url, git_commit_url }: Checkpoint): string[] =>
  [git_branch_url, git_pr_url, git_commit_url].flatMap((url) => url ?? [])

const countedLinks = (checkpoint: Checkpoint): string | null => {
  const { length } = linksOf(checkpoint)
  return length === 0 ? null : `${length} ${length === 1 ? 'link' : 'links'}`
}

/** One checkpoint in the list of its milestone: its number, state, title, what it waits for, and whoever is at it. */
export const rowOf = (checkpoint: Checkpoint): string =>
  words(
    checkpoint.order,
    wordOf(checkpoint.state),
    titled(checkpoint.title),
    arrow(checkpoint.depends_on),
    claimOf(checkpoint),
    failureOf(checkpoint),
    checkpoint.state === 'awaiting_consensus' && checkpoint.requires_proposal_id,
    countedLinks(checkpoint),
  )

/** One checkpoint with all that an agent needs to work on it. */
export const wholeOf = (checkpoint: Checkpoint): string => {
  const { completed_by_name, completed_at, description, note, requires_proposal_id, proposal_status, state } = checkpoint
  return lines(
    words(
      checkpoint.order,
      wordOf(state),
      quote(checkpoint.title),
      arrow(checkpoint.depends_on),
      checkpoint.checkpoint_id,
      completed_by_name !== null && `by ${quote(completed_by_name)} at ${second(completed_at ?? '')}`,
      claimOf(checkpoint),
    ),
    failureOf(checkpoint),
    requires_proposal_id !== null && words('needs the vote', requires_proposal_id, proposal_status),
    ...checkpoint.blocked_by.map((blocker) => `waits for ${faceLine(blocker)}`),
    description !== '' && `description ${quote(description)}`,
    note !== '' && `note ${quote(note)}`,
    ...linksOf(checkpoint),
  )
}

/** A checkpoint as it is seen from another one, which may be in another milestone. */
export const faceLine = (face: Blocker): string => {
  if (face.private) return words(face.checkpoint_id, wordOf(face.state), 'in a group that you may not read')
  const elsewhere = typeof face.ref === 'string' && `in ${titled(face.milestone_title)} of ${face.group_slug}`
  return words(
    face.ref,
    wordOf(face.state),
    titled(face.title),
    face.held_by_name !== null && `by ${quote(face.held_by_name)}`,
    face.last_failure !== null && reasonOf(face.last_failure),
    elsewhere,
  )
}
