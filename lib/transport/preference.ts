import { elementsOf, weightOf } from './elements'

/**
 * Whether a Prefer header (RFC 7240) prefers a minimal answer to a representation. If a preference is given twice, the first counts. Preferences that
 * are not known here are ignored.
 */
export const prefersMinimal = (prefer: string | null): boolean =>
  elementsOf(prefer)
    .find(({ name }) => name === 'return')
    ?.value.toLowerCase() === 'minimal'

/** Whether an Accept header weighs text/plain more than JSON, or than another type. */
export const prefersText = (accept: string | null, other?: string): boolean => prefers(accept, 'text/plain', other)

/** Whether an Accept header weighs a type more than JSON, or than another type. Of several elements that fit a type, the most specific counts (RFC 9110). */
export const prefers = (accept: string | null, type: string, other = 'application/json'): boolean => {
  if (accept === null || !accept.toLowerCase().includes(type.replace(/\/.*/, '/'))) return false
  const weights = new Map(elementsOf(accept).map((element) => [element.name, weightOf(element)]))
  const weigh = (type: string) => weights.get(type) ?? weights.get(type.replace(/\/.*/, '/*')) ?? weights.get('*/*') ?? 0
  return weigh(type) > weigh(other)
}
