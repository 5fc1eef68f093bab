/** How many checkpoints wait for others than before after a withdrawal, as the second sentence about it; empty if none does. */
export function relinkedWords(seen: number, hidden: number): string {
  const all = seen + hidden
  if (all === 0) return ''
  if (all === 1) return ` One checkpoint${hidden === 1 ? ' that you may not see' : ''} waits for what it waited for.`
  const unseen = `, ${hidden === 1 ? 'one' : hidden} of which you may not see,`
  return ` ${all} checkpoints${hidden === 0 ? '' : unseen} wait for what it waited for.`
}
