import { isUuid } from './ids'

export const SLUG_LENGTH = 64

/** A slug consists of lower-case ASCII letters and digits, in words that are joined by single hyphens. */
export const SLUG_SHAPE = /^[a-z0-9]+(-[a-z0-9]+)*$/

/** Reserved for the default project, which a group gets with its first milestone that names no project. */
export const DEFAULT_SLUG = 'general'

/** The slug of a title, or `fallback` if the title has no Latin letter or digit or if the slug would look like an id. */
export const slugFrom = (title: string, fallback: string): string => {
  const slug = title
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_LENGTH)
    .replace(/^-+|-+$/g, '')
  return slug === '' || isUuid(slug) ? fallback : slug
}
