import { elementsOf } from './elements'

/**
 * Whether a Prefer header (RFC 7240) prefers a minimal answer to a representation. If a preference is given twice, the first counts. Preferences that
 * are not known here are ignored.
 */
export const prefersMinimal = (prefer: string | null): boolean =>
  elementsOf(prefer)
    .find(({ name }) => name === 'return')
    ?.value.toLowerCase() === 'minimal'
