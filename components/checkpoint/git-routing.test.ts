import { describe, expect, it } from 'vitest'
import { type GitTexts, routed } from './git-routing'

const BRANCH = 'https://github.com/org/repo/tree/feature/auth'
const PR = 'https://github.com/org/repo/pull/42'
const COMMIT = 'https://github.com/org/repo/commit/abc1234'

const texts = (given: Partial<GitTexts>): GitTexts => ({ git_branch_url: '', git_pr_url: '', git_commit_url: '', ...given })

describe('an address in one of the git fields', () => {
  it.each([
    ['git_branch_url', PR, 'git_pr_url', 'That is a pull request, so it was put under PR. Save it there.'],
    ['git_branch_url', 'github.com/org/repo/pull/42/files', 'git_pr_url', 'That is a pull request, so it was put under PR. Save it there.'],
    ['git_pr_url', BRANCH, 'git_branch_url', 'That is a branch, so it was put under Branch. Save it there.'],
    ['git_pr_url', COMMIT, 'git_commit_url', 'That is a commit, so it was put under Commit. Save it there.'],
    ['git_commit_url', ` ${BRANCH}`, 'git_branch_url', 'That is a branch, so it was put under Branch. Save it there.'],
  ] as const)('moves to its own field, which is empty: from %s %s', (from, address, to, said) => {
    expect(routed(from, texts({ [from]: address }))).toEqual({ to, free: true, said })
  })

  it('stays where it is while its own field has another one', () => {
    expect(routed('git_branch_url', texts({ git_branch_url: PR, git_pr_url: 'https://github.com/org/repo/pull/7' }))).toEqual({
      to: 'git_pr_url',
      free: false,
      said: 'That is a pull request, but PR already has org/repo#7. Change that one, or save this under Branch all the same.',
    })
    expect(routed('git_commit_url', texts({ git_commit_url: BRANCH, git_branch_url: 'half an addr' }))?.said).toBe(
      'That is a branch, but Branch already has half an addr. Change that one, or save this under Commit all the same.',
    )
  })

  it.each([
    ['git_branch_url', BRANCH],
    ['git_pr_url', PR],
    ['git_commit_url', COMMIT],
    ['git_branch_url', ''],
    ['git_branch_url', 'feature/auth'],
    ['git_branch_url', 'https://example.org/org/repo/x/42'],
    ['git_pr_url', 'https://github.com/org/repo/issues/42'],
    ['git_branch_url', 'ftp://github.com/org/repo/pull/42'],
  ] as const)('stays where it belongs, or where nothing tells that it does not: %s %s', (from, address) => {
    expect(routed(from, texts({ [from]: address }))).toBeNull()
  })
})
