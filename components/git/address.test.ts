import { describe, expect, it } from 'vitest'
import { describeGitUrl } from './address'

describe('an address of a git host', () => {
  it.each([
    ['https://github.com/org/repo/tree/feature/auth', 'branch', 'feature/auth', 'org/repo'],
    ['https://github.com/org/repo/pull/42', 'pr', 'org/repo#42', 'org/repo'],
    ['https://github.com/org/repo/pull/42/files#diff-1', 'pr', 'org/repo#42', 'org/repo'],
    ['https://github.com/org/repo/commit/abc123', 'commit', 'abc123', 'org/repo'],
    ['https://github.com/org/repo/commit/0123456789abcdef0123456789abcdef01234567', 'commit', '0123456', 'org/repo'],
    ['https://gitlab.example.org/a/b/c/-/merge_requests/7', 'pr', 'a/b/c!7', 'a/b/c'],
    ['https://gitlab.com/a/b/-/tree/fix/login%20page', 'branch', 'fix/login page', 'a/b'],
    ['https://gitlab.com/a/b/-/commit/deadbeef', 'commit', 'deadbee', 'a/b'],
    ['https://bitbucket.org/team/app/pull-requests/9/diff', 'pr', 'team/app#9', 'team/app'],
    ['https://bitbucket.org/team/app/branch/feature/x', 'branch', 'feature/x', 'team/app'],
    ['https://bitbucket.org/team/app/commits/abcdef12', 'commit', 'abcdef1', 'team/app'],
    ['https://codeberg.org/me/tool/src/branch/main', 'branch', 'main', 'me/tool'],
    ['https://git.example.org/me/tool/pulls/3', 'pr', 'me/tool#3', 'me/tool'],
  ])('is said as a person would say it: %s', (url, kind, label, repo) => {
    expect(describeGitUrl(url)).toEqual({ kind, label, repo })
  })

  it.each([
    ['https://example.org/x', 'example.org/x'],
    ['https://example.org', 'example.org'],
    ['https://github.com/org/repo/tree/%E0%A4%A', 'org'],
    ['not a url', 'not a url'],
    ['', ''],
  ])('of an unknown shape is shown as it is: %s', (url, part) => {
    expect(describeGitUrl(url).label).toContain(part === 'org' ? '%E0' : part)
  })
})
