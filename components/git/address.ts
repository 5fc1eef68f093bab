/** `unknown`: a page of the web whose address has no shape that we know. */
export type GitKind = 'branch' | 'pr' | 'commit' | 'unknown'
export type GitUrl = { kind: GitKind; label: string; repo: string | null }

type Shape = { kind: GitKind; path: RegExp; mark?: '#' | '!' }

// Shapes of addresses, not names of hosts: most GitLab, Gitea and Forgejo servers have a name of their own.
const SHAPES: readonly Shape[] = [
  { kind: 'pr', path: /^(.+?)\/-\/merge_requests\/(\d+)/, mark: '!' },
  { kind: 'branch', path: /^(.+?)\/-\/tree\/(.+)$/ },
  { kind: 'commit', path: /^(.+?)\/-\/commit\/([0-9a-f]{4,64})/i },
  { kind: 'pr', path: /^([^/]+\/[^/]+)\/(?:pull|pulls|pull-requests)\/(\d+)/ },
  { kind: 'commit', path: /^([^/]+\/[^/]+)\/commits?\/([0-9a-f]{4,64})(?:\/|$)/i },
  { kind: 'branch', path: /^([^/]+\/[^/]+)\/src\/branch\/(.+)$/ },
  { kind: 'branch', path: /^([^/]+\/[^/]+)\/(?:tree|branch|src)\/(.+)$/ },
]

const SHORT_SHA = 7

/** How a person would say the address: `org/repo#42`, `feature/auth`, `abc123`. Never throws. */
export function describeGitUrl(url: string): GitUrl {
  const parsed = parseWebUrl(url)
  if (!parsed) return { kind: 'unknown', label: url, repo: null }
  const path = decoded(parsed.pathname.replace(/^\/+|\/+$/g, ''))
  for (const shape of SHAPES) {
    const [, repo, name] = shape.path.exec(path) ?? []
    if (!repo || !name) continue
    return { kind: shape.kind, repo, label: labelOf(shape, repo, name) }
  }
  return { kind: 'unknown', label: path === '' ? parsed.host : `${parsed.host}/${path}`, repo: null }
}

/** The address if it may be followed: `javascript:` and the like are not. */
export function parseWebUrl(url: string): URL | null {
  if (!URL.canParse(url)) return null
  const parsed = new URL(url)
  return parsed.protocol === 'https:' || parsed.protocol === 'http:' ? parsed : null
}

function labelOf(shape: Shape, repo: string, name: string) {
  if (shape.kind === 'pr') return `${repo}${shape.mark ?? '#'}${name}`
  return shape.kind === 'commit' ? name.slice(0, SHORT_SHA) : name
}

function decoded(path: string) {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
