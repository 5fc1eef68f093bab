import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeGitUrl, type GitKind } from './address'

const SHA = '0123456789abcdef0123456789abcdef01234567'
const LINUX = 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git'
const AZURE = 'https://dev.azure.com/org/shop/_git/web'
const BITBUCKET = 'https://bitbucket.example.com/projects/APP/repos/web'

type Row = [address: string, kind: GitKind, label: string, repo: string | null]

const known: Record<string, Row[]> = {
  GitHub: [
    ['https://github.com/org/repo/tree/feature/auth', 'branch', 'feature/auth', 'org/repo'],
    ['https://github.com/org/repo/tree/feature/auth/', 'branch', 'feature/auth', 'org/repo'],
    ['https://github.com/org/repo/tree/refs/heads/a/b/c', 'branch', 'a/b/c', 'org/repo'],
    ['https://github.com/org/repo/tree/fix/%2342-login', 'branch', 'fix/#42-login', 'org/repo'],
    ['https://github.com/org/repo/tree/gr%C3%B6%C3%9Fe/%E6%97%A5%E6%9C%AC', 'branch', 'größe/日本', 'org/repo'],
    ['https://github.com/org/repo/tree/feature/pull/42', 'branch', 'feature/pull/42', 'org/repo'],
    ['https://github.com/org/repo/tree/main?tab=readme-ov-file#install', 'branch', 'main', 'org/repo'],
    ['https://github.com/org/repo/tree/%E0%A4%A', 'branch', '%E0%A4%A', 'org/repo'],
    [`https://github.com/org/repo/tree/${SHA}`, 'commit', '0123456', 'org/repo'],
    ['https://github.com/org/repo/commits/feature/auth', 'branch', 'feature/auth', 'org/repo'],
    ['https://github.com/org/repo/commits/main?author=me', 'branch', 'main', 'org/repo'],
    ['https://github.com/org/repo/commits/cafe', 'branch', 'cafe', 'org/repo'],
    ['https://github.com/org/repo/compare/main...feature/auth?expand=1', 'branch', 'feature/auth', 'org/repo'],
    ['https://github.com/org/repo/compare/feature/auth', 'branch', 'feature/auth', 'org/repo'],
    ['https://github.com/org/repo/compare/main...me:feature/auth', 'branch', 'me:feature/auth', 'org/repo'],
    ['https://github.com/org/repo/pull/new/feature/auth', 'branch', 'feature/auth', 'org/repo'],
    ['https://github.com/org/repo/pull/42', 'pr', 'org/repo#42', 'org/repo'],
    ['https://github.com/org/repo/pull/42/files#diff-1', 'pr', 'org/repo#42', 'org/repo'],
    ['https://github.com/org/repo/pull/42/commits', 'pr', 'org/repo#42', 'org/repo'],
    ['https://github.com/org/repo/pull/42/checks?check_run_id=7', 'pr', 'org/repo#42', 'org/repo'],
    ['https://github.com/org/repo/pull/42#issuecomment-1', 'pr', 'org/repo#42', 'org/repo'],
    ['https://github.com/org/repo/pull/42.diff', 'pr', 'org/repo#42', 'org/repo'],
    [`https://github.com/org/repo/pull/42/commits/${SHA}`, 'commit', '0123456', 'org/repo'],
    ['https://github.com/org/repo/commit/abc123', 'commit', 'abc123', 'org/repo'],
    [`https://github.com/org/repo/commit/${SHA}#diff-1`, 'commit', '0123456', 'org/repo'],
    [`https://github.com/org/repo/commit/${SHA}.patch`, 'commit', '0123456', 'org/repo'],
    [`https://github.com/org/repo/commits/${SHA}/`, 'commit', '0123456', 'org/repo'],
    ['https://ghe.example.com:8443/org/repo/pull/42', 'pr', 'org/repo#42', 'org/repo'],
  ],
  GitLab: [
    ['https://gitlab.com/a/b/-/tree/fix/login%20page', 'branch', 'fix/login page', 'a/b'],
    ['https://gitlab.com/a/b/-/tree/feature%2Flogin?ref_type=heads', 'branch', 'feature/login', 'a/b'],
    ['https://gitlab.example.org/a/b/c/-/commits/feature/login', 'branch', 'feature/login', 'a/b/c'],
    ['https://gitlab.com/a/b/-/compare/main...feature%2Flogin?from_project_id=1', 'branch', 'feature/login', 'a/b'],
    ['https://gitlab.com/a/b/-/merge_requests/new?merge_request%5Bsource_branch%5D=feature%2Flogin', 'branch', 'feature/login', 'a/b'],
    ['https://gitlab.example.org/a/b/c/-/merge_requests/7', 'pr', 'a/b/c!7', 'a/b/c'],
    ['https://gitlab.com/a/tree/-/merge_requests/7/diffs', 'pr', 'a/tree!7', 'a/tree'],
    ['https://gitlab.com/a/b/-/merge_requests/7#note_12', 'pr', 'a/b!7', 'a/b'],
    [`https://gitlab.com/a/b/-/merge_requests/7/diffs?commit_id=${SHA}`, 'commit', '0123456', 'a/b'],
    ['https://gitlab.com/a/b/-/commit/deadbeef', 'commit', 'deadbee', 'a/b'],
    ['https://gitlab.com/a/b/-/commit/deadbeef?merge_request_iid=7', 'commit', 'deadbee', 'a/b'],
    ['https://gitlab.example.org/a/b/merge_requests/7', 'pr', 'a/b!7', 'a/b'],
    ['https://gitlab.example.org/a/b/c/merge_requests/7/diffs', 'pr', 'a/b/c!7', 'a/b/c'],
    ['https://gitlab.example.org/a/b/c/tree/feature/login', 'branch', 'feature/login', 'a/b/c'],
    ['https://gitlab.example.org/a/b/commit/deadbeef', 'commit', 'deadbee', 'a/b'],
  ],
  'Bitbucket Cloud': [
    ['https://bitbucket.org/team/app/branch/feature/x', 'branch', 'feature/x', 'team/app'],
    ['https://bitbucket.org/team/app/src/feature/x/', 'branch', 'feature/x', 'team/app'],
    [`https://bitbucket.org/team/app/src/${SHA}/?at=feature%2Fx`, 'branch', 'feature/x', 'team/app'],
    ['https://bitbucket.org/team/app/commits/branch/feature%2Fx', 'branch', 'feature/x', 'team/app'],
    ['https://bitbucket.org/team/app/pull-requests/new?source=feature/x&t=1', 'branch', 'feature/x', 'team/app'],
    ['https://bitbucket.org/team/app/pull-requests/9/diff', 'pr', 'team/app#9', 'team/app'],
    ['https://bitbucket.org/team/app/pull-requests/9/fix-the-login', 'pr', 'team/app#9', 'team/app'],
    ['https://bitbucket.org/team/app/commits/abcdef12', 'commit', 'abcdef1', 'team/app'],
  ],
  'Bitbucket Server': [
    [`${BITBUCKET}/browse?at=refs%2Fheads%2Ffeature%2Flogin`, 'branch', 'feature/login', 'APP/web'],
    [`${BITBUCKET}/browse?at=feature%2Flogin`, 'branch', 'feature/login', 'APP/web'],
    [`${BITBUCKET}/commits?until=refs%2Fheads%2Ffeature%2Flogin&merges=include`, 'branch', 'feature/login', 'APP/web'],
    [`${BITBUCKET}/compare/commits?sourceBranch=refs%2Fheads%2Fx&targetRepoId=1`, 'branch', 'x', 'APP/web'],
    [`${BITBUCKET}/pull-requests?create&sourceBranch=refs%2Fheads%2Fx`, 'branch', 'x', 'APP/web'],
    [`${BITBUCKET}/pull-requests/149/overview`, 'pr', 'APP/web#149', 'APP/web'],
    [`${BITBUCKET}/pull-requests/149/diff#src/a.ts`, 'pr', 'APP/web#149', 'APP/web'],
    [`${BITBUCKET}/pull-requests/149/commits/${SHA}`, 'commit', '0123456', 'APP/web'],
    [`${BITBUCKET}/commits/${SHA}`, 'commit', '0123456', 'APP/web'],
    [`${BITBUCKET}/browse?at=${SHA}`, 'commit', '0123456', 'APP/web'],
    ['https://example.com/bitbucket/users/alice/repos/web/pull-requests/3', 'pr', '~alice/web#3', '~alice/web'],
    ['https://example.com/projects/APP/repos/pulls/pull-requests/3', 'pr', 'APP/pulls#3', 'APP/pulls'],
  ],
  'Azure DevOps': [
    [`${AZURE}?version=GBfeature%2Flogin`, 'branch', 'feature/login', 'shop/web'],
    [`${AZURE}?version=GBfeature+plus&_a=contents`, 'branch', 'feature+plus', 'shop/web'],
    [`${AZURE}?path=%2F&version=GBmain`, 'branch', 'main', 'shop/web'],
    [`${AZURE}/commits?itemVersion=GBfeature%2Flogin`, 'branch', 'feature/login', 'shop/web'],
    [`${AZURE}/branchCompare?baseVersion=GBmain&targetVersion=GBfeature%2Flogin&_a=files`, 'branch', 'feature/login', 'shop/web'],
    [`${AZURE}/pullrequestcreate?sourceRef=feature%2Flogin&targetRef=main`, 'branch', 'feature/login', 'shop/web'],
    [`${AZURE}/pullrequest/2875`, 'pr', 'shop/web!2875', 'shop/web'],
    [`${AZURE}/pullrequest/2875?_a=files&path=/a.ts`, 'pr', 'shop/web!2875', 'shop/web'],
    [`${AZURE}/commit/${SHA}?refName=refs%2Fheads%2Fmain`, 'commit', '0123456', 'shop/web'],
    [`${AZURE}?version=GC${SHA}`, 'commit', '0123456', 'shop/web'],
    ['https://org.visualstudio.com/DefaultCollection/My%20Shop/_git/web/pullrequest/1', 'pr', 'My Shop/web!1', 'My Shop/web'],
    ['https://org.visualstudio.com/_git/web/pullrequest/1', 'pr', 'web!1', 'web'],
    ['https://tfs.example.com/tfs/DefaultCollection/_git/web/pullrequest/1', 'pr', 'web!1', 'web'],
  ],
  'Gitea and Forgejo': [
    ['https://codeberg.org/me/tool/src/branch/main', 'branch', 'main', 'me/tool'],
    ['https://codeberg.org/me/tool/commits/branch/fix/x', 'branch', 'fix/x', 'me/tool'],
    ['https://codeberg.org/me/tool/compare/main...fix/x', 'branch', 'fix/x', 'me/tool'],
    [`https://codeberg.org/me/tool/src/commit/${SHA}`, 'commit', '0123456', 'me/tool'],
    ['https://codeberg.org/me/tool/pulls/3/files', 'pr', 'me/tool#3', 'me/tool'],
    [`https://codeberg.org/me/tool/pulls/3/commits/${SHA}`, 'commit', '0123456', 'me/tool'],
    ['https://host.example/git/org/repo/pulls/3', 'pr', 'org/repo#3', 'org/repo'],
    ['https://host.example/git/org/repo/src/branch/fix/x', 'branch', 'fix/x', 'org/repo'],
    ['https://host.example/a/git/org/repo/commit/abc1234def', 'commit', 'abc1234', 'org/repo'],
  ],
  cgit: [
    [`${LINUX}/commit/?id=${SHA}`, 'commit', '0123456', 'torvalds/linux'],
    [`${LINUX}/log/?h=linux-6.6.y`, 'branch', 'linux-6.6.y', 'torvalds/linux'],
    [`https://example.org/cgit/repo.git/commit/?h=fix/x&id=${SHA}`, 'commit', '0123456', 'repo'],
    ['https://example.org/cgit/repo.git/commit/?h=fix/x', 'branch', 'fix/x', 'repo'],
    ['https://example.org/cgit/repo.git/log/?h=fix/x', 'branch', 'fix/x', 'repo'],
    ['https://example.org/cgit/repo.git/tree/?h=fix/x', 'branch', 'fix/x', 'repo'],
    ['https://example.org/cgit/repo.git/?h=fix/x', 'branch', 'fix/x', 'repo'],
    [`https://example.org/cgit/a/b/patch/?id=${SHA}`, 'commit', '0123456', 'a/b'],
    [`https://git.example.org/tool/diff/?id=${SHA}`, 'commit', '0123456', 'tool'],
  ],
  gitweb: [
    [`https://repo.or.cz/?p=a/tool.git;a=commit;h=${SHA}`, 'commit', '0123456', 'a/tool'],
    [`https://repo.or.cz/w/tool.git/commitdiff/${SHA}`, 'commit', '0123456', 'w/tool'],
    [`https://example.org/gitweb/?p=tool.git&a=commitdiff&h=${SHA}`, 'commit', '0123456', 'tool'],
    ['https://example.org/gitweb.cgi?p=tool.git;a=shortlog;h=refs/heads/fix/x', 'branch', 'fix/x', 'tool'],
    ['https://example.org/gitweb/tool.git/shortlog/refs/heads/fix/x', 'branch', 'fix/x', 'tool'],
  ],
  'Gerrit and Gitiles': [
    ['https://go-review.googlesource.com/c/go/+/12345', 'pr', 'go#12345', 'go'],
    ['https://gerrit.example.org/r/c/mediawiki/core/+/12345/3/a.php#7', 'pr', 'mediawiki/core#12345', 'mediawiki/core'],
    ['https://gerrit.example.org/#/c/12345/', 'pr', '#12345', null],
    ['https://gerrit.example.org/#/c/tool/+/12345/', 'pr', 'tool#12345', 'tool'],
    ['https://go.googlesource.com/go/+/refs/heads/release/1.2', 'branch', 'release/1.2', 'go'],
    ['https://go.googlesource.com/go/+log/refs/heads/main', 'branch', 'main', 'go'],
    [`https://go.googlesource.com/go/+/${SHA}%5E%21/`, 'commit', '0123456', 'go'],
  ],
  SourceHut: [
    ['https://git.sr.ht/~me/tool/tree/fix/x', 'branch', 'fix/x', '~me/tool'],
    ['https://git.sr.ht/~me/tool/log/fix/x', 'branch', 'fix/x', '~me/tool'],
    [`https://git.sr.ht/~me/tool/commit/${SHA}`, 'commit', '0123456', '~me/tool'],
    ['https://lists.sr.ht/~me/tool-devel/patches/5', 'pr', '~me/tool-devel#5', '~me/tool-devel'],
  ],
}

const unknown: [address: string, label: string][] = [
  ['', ''],
  ['not a url', 'not a url'],
  ['feature/auth', 'feature/auth'],
  ['git@github.com:org/repo.git', 'git@github.com:org/repo.git'],
  ['ssh://git@example.org/org/repo/pull/4', 'ssh://git@example.org/org/repo/pull/4'],
  ['javascript:alert(1)', 'javascript:alert(1)'],
  ['https://example.org', 'example.org'],
  ['https://example.org/x', 'example.org/x'],
  ['https://example.org/pull/42', 'example.org/pull/42'],
  ['https://example.org/a/pull/42', 'example.org/a/pull/42'],
  ['https://example.org/constructor/x/__proto__/1', 'example.org/constructor/x/__proto__/1'],
  ['https://example.org/c/12345', 'example.org/c/12345'],
  ['https://example.org/?h=main', 'example.org/?h=main'],
  ['https://example.org/?p=tool.git;a=summary', 'example.org/?p=tool.git;a=summary'],
  ['https://github.com/org/repo', 'github.com/org/repo'],
  ['https://github.com/org/repo.git', 'github.com/org/repo.git'],
  ['https://github.com/org/repo/pulls?q=is%3Aopen', 'github.com/org/repo/pulls?q=is:open'],
  ['https://github.com/org/repo/pull/x', 'github.com/org/repo/pull/x'],
  ['https://github.com/org/repo/pull/42x', 'github.com/org/repo/pull/42x'],
  ['https://github.com/org/repo/tree/', 'github.com/org/repo/tree'],
  ['https://github.com/org/repo/commits', 'github.com/org/repo/commits'],
  ['https://github.com/org/repo/commit/HEAD', 'github.com/org/repo/commit/HEAD'],
  ['https://github.com/org/repo/issues/42', 'github.com/org/repo/issues/42'],
  ['https://github.com/org/repo/blob/main/a.ts', 'github.com/org/repo/blob/main/a.ts'],
  ['https://github.com/org/repo/blob/main/commit/abc1234', 'github.com/org/repo/blob/main/commit/abc1234'],
  ['https://github.com/org/repo/tree/refs/tags/v1', 'github.com/org/repo/tree/refs/tags/v1'],
  ['https://github.com/org/repo/compare/abc1234...def5678', 'github.com/org/repo/compare/abc1234...def5678'],
  ['https://gitlab.com/a/b/-/blob/main/a.ts#L3', 'gitlab.com/a/b/-/blob/main/a.ts#L3'],
  ['https://gitlab.com/a/b/-/issues/7', 'gitlab.com/a/b/-/issues/7'],
  ['https://codeberg.org/me/tool/src/tag/v1', 'codeberg.org/me/tool/src/tag/v1'],
  ['https://git.sr.ht/~me/tool/tree/main/item/a.c', 'git.sr.ht/~me/tool/tree/main/item/a.c'],
  [`${BITBUCKET}/browse`, 'bitbucket.example.com/projects/APP/repos/web/browse'],
  [`${BITBUCKET}/browse/a.ts?at=refs%2Fheads%2Fx`, 'bitbucket.example.com/projects/APP/repos/web/browse/a.ts?at=refs/heads/x'],
  [AZURE, 'dev.azure.com/org/shop/_git/web'],
  [`${AZURE}?version=GTv1`, 'dev.azure.com/org/shop/_git/web?version=GTv1'],
  [`${AZURE}?path=/a.ts&version=GBmain`, 'dev.azure.com/org/shop/_git/web?path=/a.ts&version=GBmain'],
  ['https://example.org/cgit/repo.git/tree/a.c?h=fix/x', 'example.org/cgit/repo.git/tree/a.c?h=fix/x'],
  ['https://example.org/%E2%80%AEgpj/x', 'example.org/%E2%80%AEgpj/x'],
]

describe('an address of a git host', () => {
  for (const [host, rows] of Object.entries(known)) {
    it.each(rows)(`is said as a person would say it, on ${host}: %s`, (address, kind, label, repo) => {
      expect(describeGitUrl(address)).toEqual({ kind, label, repo })
    })
  }

  it.each(unknown)('of an unknown shape is shown with every part that may name something: %s', (address, label) => {
    expect(describeGitUrl(address)).toEqual({ kind: 'unknown', label, repo: null })
  })

  it('is described whatever it is, with a label and with no invisible character in it', () => {
    const words = ['-', '+', '_git', 'repos', 'projects', 'tree', 'pull', 'commit', 'c', '7', '.', '%', '%E2%80%AE', '%00', '~a', '']
    const path = fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'grapheme' })), { maxLength: 8 })
    const query = fc.constantFrom(
      '',
      '?version=GB',
      '?at=refs%2Fheads%2F',
      '?id=%',
      '?p=;a=commit;h=',
      '?h=%E2%80%AE',
      '?p=%E2%80%AE;a=commit;h=abcdef1',
    )
    fc.assert(
      fc.property(path, query, (segments, search) => {
        const { label, repo } = describeGitUrl(`https://example.org/${segments.join('/')}${search}`)
        expect(label).not.toBe('')
        expect(label + (repo ?? '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
      }),
      { numRuns: 1_000 },
    )
  })
})
