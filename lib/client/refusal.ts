import type { Refusal } from '@/lib/domain/answer'

/** The sentence of a refusal about one field, by its input path. The server sends a predicate ("is empty"), and the form shows the field's name. */
export function fieldError(refusal: Refusal | null, path: string): string | undefined {
  return sentenceOf(fieldProblems(refusal).find((problem) => problem.path === path))
}

/** The sentence of a refusal about a field that is a list, or about one of its entries. */
export function fieldErrorWithin(refusal: Refusal | null, path: string): string | undefined {
  return sentenceOf(fieldProblems(refusal).find((problem) => problem.path === path || problem.path.startsWith(`${path}.`)))
}

const sentenceOf = (problem: { message: string } | undefined) => problem && `It ${problem.message}.`

/** All that a refusal says about fields, by their input paths, as predicates. */
export function fieldProblems(refusal: Refusal | null): { path: string; message: string }[] {
  const fields = refusal?.details.fields
  return Array.isArray(fields) ? fields.map((field) => ({ path: pathOf(field) ?? '', message: messageOf(field) })) : []
}

function pathOf(field: unknown) {
  if (typeof field !== 'object' || field === null || !('path' in field)) return null
  return Array.isArray(field.path) ? field.path.join('.') : String(field.path)
}

function messageOf(field: unknown) {
  return typeof field === 'object' && field !== null && 'message' in field ? String(field.message) : 'is not accepted'
}

/** The checkpoints that a refusal names in any of its lists, such as blockers or dependents. */
export function namedCheckpoints(
  refusal: Refusal | null,
): { checkpoint_id: string; title: string; ref: string; milestone_title: string }[] {
  for (const value of Object.values(refusal?.details ?? {})) {
    if (!Array.isArray(value)) continue
    const named = value.flatMap((item: unknown) => {
      if (typeof item !== 'object' || item === null || !('checkpoint_id' in item)) return []
      const textOf = (name: 'title' | 'ref' | 'milestone_title') => (name in item ? String(Reflect.get(item, name)) : '')
      return {
        checkpoint_id: String(item.checkpoint_id),
        title: textOf('title'),
        ref: textOf('ref'),
        milestone_title: textOf('milestone_title'),
      }
    })
    if (named.length > 0) return named
  }
  return []
}
