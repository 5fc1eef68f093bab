import { isUuid } from './ids'

export const SLUG_LENGTH = 64

/** A slug consists of lower-case ASCII letters and digits, in words that are joined by single hyphens. */
export const SLUG_SHAPE = /^[a-z0-9]+(-[a-z0-9]+)*$/

/** Reserved for the default project, which a group gets with its first milestone that names no project. */
export const DEFAULT_SLUG = 'general'

/** Writes a character of any script in Latin letters and digits, as `transliterate.ts` does. */
export type Transliterate = (character: string) => string

/** Accents, and other marks that no script has to itself. */
const SHARED_MARK = /\p{Script=Inherited}/gu

const withoutAccents = (character: string): string => character.normalize('NFD').replace(SHARED_MARK, '')

/** Whether a character is a letter, a digit or a vowel sign that is not a Latin one with accents. */
const isForeign = (character: string): boolean =>
  /[\p{Letter}\p{Mark}\p{Number}]/u.test(character) && !/^\p{ASCII}*$/u.test(withoutAccents(character))

/** Whether a title has a character that is transliterated for its slug. */
export const needsTransliteration = (title: string): boolean => Array.from(title.normalize('NFKC')).some(isForeign)

/**
 * The slug of a title, or `fallback` if the title has nothing that can be written in Latin letters and digits or if the slug would look like an id.
 * Each Chinese character is a word of its own, because it is a syllable that nobody could tell from the next.
 */
export const slugFrom = (title: string, fallback: string, transliterate: Transliterate): string => {
  const inLatin = (character: string): string => {
    if (!isForeign(character)) return withoutAccents(character)
    const latin = transliterate(character).replace(/['`]/g, '')
    return /\p{Script=Han}/u.test(character) ? ` ${latin} ` : latin
  }
  const slug = title
    .normalize('NFKC')
    .replace(/[^\p{ASCII}]/gu, inLatin)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_LENGTH)
    .replace(/^-+|-+$/g, '')
  return slug === '' || isUuid(slug) ? fallback : slug
}

/** Up to this number, every number is tried. */
const TRIED_IN_TURN = 16

/**
 * The slug `wanted`, or one with a number if that is taken: `wanted-2`, `wanted-3` and so on. Each question may load something, so a large number is
 * found by doubling and then halving the gap, and need not be the lowest one that is free.
 */
export const freeSlug = (wanted: string, isTaken: (slug: string) => boolean): string => {
  let [taken, free] = [0, 1]
  while (isTaken(numbered(wanted, free))) {
    taken = free
    free += free < TRIED_IN_TURN ? 1 : free
  }
  while (free - taken > 1) {
    const middle = Math.floor((taken + free) / 2)
    if (isTaken(numbered(wanted, middle))) taken = middle
    else free = middle
  }
  return numbered(wanted, free)
}

const numbered = (slug: string, number: number): string => {
  if (number === 1) return slug
  const suffix = `-${number}`
  return slug.slice(0, SLUG_LENGTH - suffix.length).replace(/-$/, '') + suffix
}
