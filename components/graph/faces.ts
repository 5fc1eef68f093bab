import type { Checkpoint } from '@/lib/client/graph'
import { blockersOf, nameOf, type Plan, type PlanNode } from '@/lib/client/plan'
import { isolated } from '@/lib/domain/bidi'
import type { Claim } from '@/lib/domain/schemas/checkpoint'
import type { CheckpointState } from '@/lib/domain/state'
import { firstOf } from '@/lib/domain/words'
import type { GitFields } from '../git/fields'
import { STATUS, type Status, statusOf } from '../status/status'

/** All that a card shows, and nothing that does not change its picture. */
export type Face = {
  id: string
  state: CheckpointState
  status: Status
  title: string
  order: number | null
  milestone_id: string | null
  milestone_title: string
  group_slug: string
  private: boolean
  /** Spoken: what it is, how it stands, where it belongs. */
  name: string
  /** The second line: a word in the status's colour, then what explains it. */
  word: string
  more: string | null
  /** Who holds it, and until when. */
  claim: Pick<Claim, 'held_by' | 'held_by_name' | 'expires_at'> | null
  git: GitFields | null
}

export function facesOf(plan: Plan, known: ReadonlyMap<string, Face>): Map<string, Face> {
  return new Map(
    [...plan.nodes.values()].map((node) => {
      const face = faceOf(plan, node)
      const before = known.get(node.id)
      // The same object for the same picture: a card is drawn again only when it looks different.
      return [node.id, before && JSON.stringify(before) === JSON.stringify(face) ? before : face]
    }),
  )
}

function faceOf(plan: Plan, node: PlanNode): Face {
  const { id, state, title, order, milestone_id, milestone_title, group_slug, checkpoint } = node
  const status = statusOf(checkpoint ?? node)
  const place = { id, state, status, title, order, milestone_id, milestone_title, group_slug, private: node.private }
  const { word } = STATUS[status]
  const bare = { ...place, name: spokenName(plan, node, word), word, more: workedOn(node), claim: null, git: null }
  if (!checkpoint) return bare
  const { git_branch_url, git_pr_url, git_commit_url } = checkpoint
  return {
    ...bare,
    ...secondLine(bare, checkpoint, blockersOf(plan, node)),
    claim: state === 'claimed' ? shownOf(checkpoint.claim) : null,
    git: { git_branch_url, git_pr_url, git_commit_url },
  }
}

const shownOf = (claim: Claim | null): Face['claim'] =>
  claim && { held_by: claim.held_by, held_by_name: claim.held_by_name, expires_at: claim.expires_at }

/** Who works on it, or why the last attempt failed. */
function workedOn({ state, held_by_name, last_failure, checkpoint }: PlanNode): string | null {
  if (state === 'claimed') return checkpoint?.claim?.held_by_you ? 'you' : held_by_name && isolated(held_by_name)
  return state === 'failed' ? last_failure && isolated(last_failure) : null
}

function secondLine(
  { state, word, more, milestone_id }: Pick<Face, 'state' | 'word' | 'more' | 'milestone_id'>,
  checkpoint: Checkpoint,
  blockers: readonly PlanNode[],
): Pick<Face, 'word' | 'more'> {
  if (state === 'completed') return { word, more: checkpoint.completed_by_name && isolated(checkpoint.completed_by_name) }
  if (state === 'awaiting_consensus') return { word, more: ballot(checkpoint) }
  if (state !== 'blocked') return { word, more }
  const vote = checkpoint.requires_consensus && checkpoint.proposal_status !== 'approved' ? ', then a vote' : null
  const [first, second, ...rest] = blockers.toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0))
  if (!first) return { word, more: vote }
  if (rest.length > 0 || (second && !isLocal(blockers, milestone_id)))
    return { word: `Blocked by ${blockers.length} checkpoints`, more: vote }
  if (second) return { word: `Blocked by ${first.order} and ${second.order}`, more: vote }
  if (first.private) return { word: 'Blocked by', more: `a private checkpoint${vote ?? ''}` }
  // Its number where that says it all, and its name, which may be cut: the number is not.
  if (first.milestone_id === milestone_id) return { word: `Blocked by ${first.order}`, more: vote ?? isolated(first.title) }
  return { word: 'Blocked by', more: `${isolated(first.title)}, ${isolated(first.milestone_title)}` }
}

const isLocal = (nodes: readonly PlanNode[], milestone_id: string | null) => nodes.every((node) => node.milestone_id === milestone_id)

function ballot({ proposal_status }: Checkpoint) {
  if (proposal_status === 'open') return 'is open'
  return proposal_status === 'rejected' ? 'did not pass' : 'is not open yet'
}

function spokenName(plan: Plan, node: PlanNode, word: string) {
  if (node.private) return `Private checkpoint. ${word}.`
  const { order, title, milestone, milestone_title, group_slug } = node
  const place = milestone ? `${order} of ${milestone.checkpoints.length}` : `group ${group_slug}, not drawn here`
  return `Checkpoint ${order}, ${isolated(title)}. ${standing(plan, node, word)}. Milestone ${isolated(milestone_title)}, ${place}.`
}

function standing(plan: Plan, node: PlanNode, word: string) {
  const { checkpoint, state, milestone_id } = node
  const more = workedOn(node)
  if (more) return state === 'claimed' ? `${word} by ${more}` : `${word}: ${more}`
  if (!checkpoint) return word
  if (state === 'completed') return checkpoint.completed_by_name ? `${word} by ${isolated(checkpoint.completed_by_name)}` : word
  if (state === 'awaiting_consensus') return `Waits for a vote, which ${ballot(checkpoint)}`
  const blockers = blockersOf(plan, node)
  if (state !== 'blocked' || blockers.length === 0) return word
  return `Blocked by ${firstOf(
    blockers.map((other) => nameOf(other, milestone_id)),
    3,
  )}`
}
