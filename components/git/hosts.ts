import { decoded } from './decoded'
import { PAGES, refOf, SHORTEST_SHA, type Shown } from './pages'

type Found = Shown & { repo: string | null }

// Shapes of addresses, not names of hosts: most servers have a name of their own, and many lie below a path.

/** What the page at an address shows, and of which repository. */
export function findShown(url: URL): Found | null {
  const path = segmentsOf(url.pathname)
  // Gitweb divides its query by semicolons. A plus in it is a plus, because no ref has a blank.
  const query = new URLSearchParams(url.search.replaceAll(';', '&').replaceAll('+', '%2B'))
  return gerrit(path) ?? oldGerrit(url.hash) ?? gitiles(path) ?? gitweb(query) ?? onPage(path, query)
}

function segmentsOf(path: string) {
  return decoded(path).split('/').filter(Boolean)
}

/** `c/project/+/12345` */
function gerrit(path: string[]): Found | null {
  const start = path.indexOf('c')
  const plus = path.indexOf('+', start)
  const project = path.slice(start + 1, plus)
  const number = path[plus + 1] ?? ''
  if (start === -1 || plus === -1 || project.length === 0 || !/^\d+$/.test(number)) return null
  return { kind: 'pr', name: `#${number}`, repo: project.join('/') }
}

/** `#/c/12345` or `#/c/project/+/12345` */
function oldGerrit(hash: string): Found | null {
  const [, number] = /^#\/c\/(\d+)(?:\/|$)/.exec(hash) ?? []
  return number ? { kind: 'pr', name: `#${number}`, repo: null } : gerrit(segmentsOf(hash.slice(1)))
}

/** `project/+/refs/heads/main`, `project/+log/main`, `project/+/<sha>^!`. */
function gitiles(path: string[]): Found | null {
  const plus = path.findIndex((segment) => segment === '+' || segment === '+log')
  if (plus < 1) return null
  const name = path.slice(plus + 1).join('/')
  const isPathOrRange = (name.includes('/') && !name.startsWith('refs/heads/')) || name.includes('..')
  const shown = isPathOrRange ? null : refOf(name.replace(/\^!$/, ''), SHORTEST_SHA)
  const project = path.slice(path[0] === 'plugins' && path[1] === 'gitiles' ? 2 : 0, plus)
  return shown && { ...shown, repo: project.join('/') }
}

/** `?p=repo.git;a=commit;h=<sha>` */
function gitweb(query: URLSearchParams): Found | null {
  const repo = query.get('p')
  const page = /^(?:commit|commitdiff|patch|log|shortlog)$/.exec(query.get('a') ?? '')
  const shown = repo && page && refOf(query.get('h'), SHORTEST_SHA)
  return shown ? { ...shown, repo: repo.replace(/\.git$/, '') } : null
}

function onPage(path: string[], query: URLSearchParams): Found | null {
  const { repo, page } = azure(path) ?? bitbucketServer(path) ?? gitlab(path) ?? others(path, query) ?? {}
  const [word = '', ...rest] = page ?? []
  // SourceHut has the names of files behind this word.
  if (!repo || (repo.startsWith('~') && rest.includes('item'))) return null
  const shown = PAGES.get(word)?.(rest.join('/'), query)
  return shown ? { ...shown, repo } : null
}

type Split = { repo: string; page: string[] } | null

/** `project/_git/repo/…`. A project's first repository has its name, and then the address may leave the project out. */
function azure(path: string[]): Split {
  const at = path.indexOf('_git')
  const repo = path[at + 1]
  if (at === -1 || repo === undefined) return null
  const project = path[at - 1]
  return { repo: project && project !== 'DefaultCollection' ? `${project}/${repo}` : repo, page: path.slice(at + 2) }
}

/** `projects/KEY/repos/name/…`, `users/name/repos/name/…` */
function bitbucketServer(path: string[]): Split {
  const at = path.indexOf('repos', 2)
  const [owners, owner, , repo] = path.slice(at - 2)
  if (at === -1 || repo === undefined || !(owners === 'projects' || owners === 'users')) return null
  return { repo: `${owners === 'users' ? '~' : ''}${owner}/${repo}`, page: path.slice(at + 2) }
}

/** `group/subgroup/repo/-/…` */
function gitlab(path: string[]): Split {
  const at = path.indexOf('-', 2)
  return at !== -1 && PAGES.has(path[at + 1] ?? '') ? { repo: path.slice(0, at).join('/'), page: path.slice(at + 1) } : null
}

/** The first word for a page after `owner/repo`, or after the one name of a repository where only Git's own web pages would have it. */
function others(path: string[], query: URLSearchParams): Split {
  const byQuery = query.has('id') || query.has('h')
  if (byQuery && path.at(-1)?.endsWith('.git')) return { repo: repoOf(path, ''), page: ['log'] }
  const at = path.findIndex((word, index) => {
    const afterRepo = index > 1 || (index === 1 && (path[0]?.endsWith('.git') || (byQuery && path.length === 2)))
    return afterRepo && PAGES.has(word)
  })
  return at === -1 ? null : { repo: repoOf(path.slice(0, at), path[at] ?? ''), page: path.slice(at) }
}

// GitLab has groups in groups. Elsewhere, what comes before the owner is the place of the server.
const PAGES_OF_GITLAB = ['merge_requests', 'tree']

function repoOf(path: string[], word: string) {
  const server = path.findIndex((segment) => /^(?:cgit|gitweb)(?:\.cgi)?$/.test(segment))
  const below = path.slice(server + 1)
  const repo = below.length === 0 ? path : below
  const isWhole = PAGES_OF_GITLAB.includes(word) && !repo.at(-1)?.endsWith('.git')
  return (isWhole ? repo : repo.slice(-2)).join('/').replace(/\.git$/, '')
}
