import type { PlanNode, Relinked } from '@/lib/client/plan'

/** How many checkpoints wait for others than before after a withdrawal, as the second sentence about it; empty if none does. */
export function relinkedWords(seen: number, hidden: number): string {
  const all = seen + hidden
  if (all === 0) return ''
  if (all === 1) return ` One checkpoint${hidden === 1 ? ' that you may not see' : ''} waits for what it waited for.`
  const unseen = `, ${hidden === 1 ? 'one' : hidden} of which you may not see,`
  return ` ${all} checkpoints${hidden === 0 ? '' : unseen} wait for what it waited for.`
}

/** What becomes of those that a withdrawal changes in the same way. */
export type Alike = Pick<Relinked, 'instead' | 'becomesFree'> & { dependents: PlanNode[]; votes: boolean }

/** Those of which one sentence can be said, together, in the order of the first of each. */
export function alike(all: readonly Relinked[]): Alike[] {
  const groups = new Map<string, Alike>()
  for (const { dependent, instead, becomesFree } of all) {
    const votes = dependent.checkpoint?.requires_consensus ?? false
    const key = JSON.stringify([instead.map(({ id }) => id), becomesFree, votes])
    const group = groups.get(key)
    if (group) group.dependents.push(dependent)
    else groups.set(key, { dependents: [dependent], instead, becomesFree, votes })
  }
  return [...groups.values()]
}
