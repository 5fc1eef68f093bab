import { decoded, INVISIBLE } from './decoded'
import { findShown } from './hosts'
import type { Shown } from './pages'

/** `unknown`: a page of the web whose address has no shape that we know. */
export type GitKind = Shown['kind'] | 'unknown'
export type GitUrl = { kind: GitKind; label: string; repo: string | null }

const SHORT_SHA = 7

/** How a person would say the address: `org/repo#42`, `feature/auth`, `abc123`. Never throws. */
export function describeGitUrl(url: string): GitUrl {
  const parsed = parseWebUrl(url)
  if (!parsed) return { kind: 'unknown', label: url, repo: null }
  const shown = findShown(parsed)
  if (shown) {
    const { kind, name, repo } = shown
    const label = kind === 'pr' ? `${repo ?? ''}${name}` : kind === 'commit' ? name.slice(0, SHORT_SHA) : name
    if (!INVISIBLE.test(label + (repo ?? ''))) return { kind, label, repo }
  }
  const { host, pathname, search, hash } = parsed
  return { kind: 'unknown', label: decoded(host + pathname + search + hash).replace(/\/+$/, ''), repo: null }
}

/** The address if it may be followed: `javascript:` and the like are not. */
export function parseWebUrl(url: string): URL | null {
  if (!URL.canParse(url)) return null
  const parsed = new URL(url)
  return parsed.protocol === 'https:' || parsed.protocol === 'http:' ? parsed : null
}
