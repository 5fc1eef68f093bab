import { fieldProblems } from '@/lib/client/refusal'
import type { Refusal } from '@/lib/domain/answer'

/**
 * What is wrong with one field. `field` is its name in the milestone form, and null if the form does not have it. `said` is said at the field,
 * `named` where one does not see it.
 */
export type Problem = { field: string | null; said: string; named: string }

export const titleField = (index: number) => `checkpoints.${index}.title`
export const waitsField = (index: number) => `checkpoints.${index}.depends_on`
export const voteField = (index: number) => `checkpoints.${index}.requires_consensus`

/** What a refusal says about fields, in their order. `indexOf` tells where a row is now, by its place among those that were sent. */
export function problemsOf(refusal: Refusal | null, indexOf: (sent: number) => number | null): Problem[] {
  if (refusal?.error === 'invalid_dependency' && typeof refusal.details.order === 'number') {
    const index = indexOf(refusal.details.order - 1)
    return [{ field: index === null ? null : waitsField(index), said: refusal.message, named: refusal.message }]
  }
  return fieldProblems(refusal).map(({ path, message }) => {
    const [field, name] = fieldAt(path, indexOf)
    return { field, said: `It ${message}.`, named: `${name} ${message}.` }
  })
}

function fieldAt(path: string, indexOf: (sent: number) => number | null): [field: string | null, name: string] {
  if (path === 'title') return [path, 'The title of the milestone']
  if (path === 'description') return [path, 'The description']
  const [, sent, part] = /^checkpoints\.(\d+)\.(title|depends_on)\b/.exec(path) ?? []
  const index = sent === undefined ? null : indexOf(Number(sent))
  if (index === null) return [null, path]
  return part === 'title'
    ? [titleField(index), `The title of checkpoint ${index + 1}`]
    : [waitsField(index), `What checkpoint ${index + 1} waits for`]
}
