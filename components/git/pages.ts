/** What a page shows. The name of a pull request has the mark of its host: `#42`, `!42`. */
export type Shown = { kind: 'branch' | 'pr' | 'commit'; name: string }

/** Reads what stands after the word that a host has for a page, as in `/tree/main` or `/log/?h=main`. */
type Page = (rest: string, query: URLSearchParams) => Shown | null

/** What hosts shorten a hash to, at the least. */
export const SHORTEST_SHA = 7

/** A branch, or a commit if the name is a hash. Only a full one is, where hosts do not shorten it. Null for tags and for a path below a hash. */
export function refOf(text: string | null, shortest = 40): Shown | null {
  const name = text?.replace(/^refs\/heads\//, '') ?? ''
  if (name === '' || /^refs\/|^[0-9a-f]{40,64}\//i.test(name)) return null
  return { kind: name.length >= shortest && /^[0-9a-f]{1,64}$/i.test(name) ? 'commit' : 'branch', name }
}

function commitOf(text: string | null): Shown | null {
  const [name] = /^[0-9a-f]{4,64}(?![^/.])/i.exec(text ?? '') ?? []
  return name === undefined ? null : { kind: 'commit', name }
}

/** The versions of Azure DevOps: `GBmain`, `GC<sha>`, `GTv1`. */
function versionOf(text: string | null): Shown | null {
  const [, type, name = ''] = /^G([BC])(.+)$/.exec(text ?? '') ?? []
  return type === 'C' ? commitOf(name) : refOf(type ? name : null)
}

const pullRequest =
  (mark: '#' | '!'): Page =>
  (rest, query) => {
    const [, number, sha = query.get('commit_id')] = /^(\d+)(?![^/.])(?:\/(?:commits|changes)\/([0-9a-f]{7,64}))?/i.exec(rest) ?? []
    if (number) return commitOf(sha) ?? { kind: 'pr', name: mark + number }
    if (rest.startsWith('new/')) return refOf(rest.slice('new/'.length))
    return rest === '' || rest === 'new' ? newPullRequest(rest, query) : null
  }

/** The page that opens a pull request names the branch that is to be merged. `git push` prints its address. */
const newPullRequest: Page = (_, query) =>
  refOf(query.get('sourceBranch') ?? query.get('sourceRef') ?? query.get('source') ?? query.get('merge_request[source_branch]'))

const tree: Page = (rest, query) => {
  const head = query.get('h')
  if (head === null) return refOf(rest)
  return rest === '' ? refOf(head) : null
}

const commit: Page = (rest, query) => (rest === '' ? (commitOf(query.get('id')) ?? refOf(query.get('h'))) : commitOf(rest))

/** Gitea and Bitbucket may say what a name is: `branch/main`, `tag/v1`, `commit/<sha>`. */
const untyped = (rest: string) =>
  rest
    .replace(/^branch\//, 'refs/heads/')
    .replace(/^tag\//, 'refs/tags/')
    .replace(/^commit\//, '')

const commits: Page = (rest, query) => refOf(untyped(rest) || query.get('until'), SHORTEST_SHA) ?? versionOf(query.get('itemVersion'))

const source: Page = (rest, query) => {
  if (rest.startsWith('commit/')) return refOf(untyped(rest), SHORTEST_SHA)
  return refOf(rest.includes('/') ? untyped(rest) : (query.get('at') ?? rest))
}

/** Names the branch that is compared. Two commits are no branch. */
const compare: Page = (rest, query) => {
  const shown = refOf(query.get('sourceBranch') ?? rest.split(/\.{2,3}/).at(-1) ?? null, SHORTEST_SHA)
  return shown?.kind === 'branch' ? shown : null
}

/** The name of a file comes after the branch, and nothing tells where the branch ends. */
const file: Page = () => null

/** The words for pages. The root of a repository has none. */
export const PAGES: ReadonlyMap<string, Page> = new Map<string, Page>([
  ['', (_, query) => (/^\/?$/.test(query.get('path') ?? '') ? versionOf(query.get('version')) : null)],
  ['blame', file],
  ['blob', file],
  ['branch', tree],
  ['branchCompare', (_, query) => versionOf(query.get('targetVersion'))],
  ['browse', (rest, query) => (rest === '' ? refOf(query.get('at')) : null)],
  ['commit', commit],
  ['commitdiff', commit],
  ['commits', commits],
  ['compare', compare],
  ['diff', commit],
  ['edit', file],
  ['log', tree],
  ['merge_requests', pullRequest('!')],
  ['patch', commit],
  ['patches', pullRequest('#')],
  ['pull', pullRequest('#')],
  ['pull-request', pullRequest('#')],
  ['pull-requests', pullRequest('#')],
  ['pullrequest', pullRequest('!')],
  ['pullrequestcreate', newPullRequest],
  ['pulls', pullRequest('#')],
  ['raw', file],
  ['shortlog', tree],
  ['src', source],
  ['tree', tree],
  ['wiki', file],
])
