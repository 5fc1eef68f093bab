import type { Plan } from '@/lib/client/plan'
import { findNodes, numberOf } from '@/lib/client/plan'
import type { LoggedEvent } from '@/lib/domain/schemas/event'
import { enumerated } from '@/lib/domain/words'

type Told = Pick<LoggedEvent, 'type' | 'data'>
type Words = (event: Told, name: (id: unknown) => string) => string

// By event type; one that is missing here is read as its own words.
const WORDS: Record<string, Words> = {
  'checkpoint.added': () => 'added it',
  'checkpoint.updated': ({ data }) => (data.title === undefined ? 'changed the description' : `named it “${String(data.title)}”`),
  'checkpoint.linked': ({ data }) => linked(data),
  'checkpoint.dependency_added': ({ data }, name) => `made it wait for ${name(data.depends_on)}`,
  'checkpoint.dependency_removed': ({ data }, name) => `took away that it waits for ${name(data.depends_on)}`,
  'checkpoint.claimed': () => 'claimed it',
  'checkpoint.released': () => 'released it',
  'checkpoint.completed': () => 'completed it',
  'checkpoint.reopened': ({ data }, name) => `reopened it${data.cause ? ` together with ${name(data.cause)}` : ''}${reasonOf(data)}`,
  'proposal.opened': () => 'opened the vote',
  'proposal.round_started': ({ data }) => `began round ${String(data.round)} of the vote`,
}

/** What someone did to a checkpoint, as the end of a sentence that begins with their name. */
export function sentenceOf(event: Told, plan: Plan, milestone_id: string | null): string {
  const name = (id: unknown) => {
    const [node] = typeof id === 'string' ? findNodes(plan, [id]) : []
    return node && !node.private ? `${numberOf(node, milestone_id)} ${node.title}` : 'another checkpoint'
  }
  return WORDS[event.type]?.(event, name) ?? event.type.slice(event.type.indexOf('.') + 1).replaceAll('_', ' ')
}

const LINKS = { git_branch_url: 'the branch', git_pr_url: 'the pull request', git_commit_url: 'the commit' } as const

function linked(data: Record<string, unknown>) {
  const changed = Object.entries(LINKS).filter(([field]) => field in data)
  const set = changed.flatMap(([field, word]) => (data[field] ? word : []))
  const cleared = changed.flatMap(([field, word]) => (data[field] ? [] : word))
  const parts = [
    ...(set.length > 0 ? [`linked ${enumerated(set)}`] : []),
    ...(cleared.length > 0 ? [`unlinked ${enumerated(cleared)}`] : []),
    ...('note' in data ? [data.note ? 'wrote a note' : 'removed the note'] : []),
  ]
  return enumerated(parts) || 'changed its links'
}

const reasonOf = ({ reason }: Record<string, unknown>) => (typeof reason === 'string' && reason !== '' ? `: ${reason}` : '')
