import type { Refusal } from '@/lib/domain/answer'

/** The sentence of a refusal about one field, by its input path. The server sends a predicate ("is empty"), and the form shows the field's name. */
export function fieldError(refusal: Refusal | null, path: string): string | undefined {
  return findFieldError(refusal, (found) => found === path)
}

/** The sentence of a refusal about a field that is a list, or about one of its entries. */
export function fieldErrorWithin(refusal: Refusal | null, path: string): string | undefined {
  return findFieldError(refusal, (found) => found === path || found?.startsWith(`${path}.`) === true)
}

function findFieldError(refusal: Refusal | null, isMeant: (path: string | null) => boolean): string | undefined {
  const fields: unknown = refusal?.details.fields
  const field = Array.isArray(fields) ? fields.find((each: unknown) => isMeant(pathOf(each))) : undefined
  return field === undefined ? undefined : `It ${messageOf(field)}.`
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
