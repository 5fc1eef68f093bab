import { isUuid } from './ids'

/** Lower-case ASCII words of a title joined by hyphens; `fallback` where it has no Latin letter or digit, or would be taken for an id. */
export const slugFrom = (title: string, fallback: string): string => {
  const slug = title
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 64)
    .replace(/^-+|-+$/g, '')
  return slug === '' || isUuid(slug) ? fallback : slug
}
