import { isUuid } from './ids'

export const SLUG_LENGTH = 64

/** Lower-case letters and digits, in words joined by single hyphens. */
export const SLUG_SHAPE = /^[a-z0-9]+(-[a-z0-9]+)*$/

/** Reserved for the project that a group gets with the first milestone that names none. */
export const DEFAULT_SLUG = 'general'

/** Lower-case ASCII words of a title joined by hyphens; `fallback` where it has no Latin letter or digit, or would be taken for an id. */
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
