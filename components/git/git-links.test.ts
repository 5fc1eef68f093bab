import { describe, expect, it } from 'vitest'
import { gitLinksOf } from './git-links'

const none = { git_branch_url: null, git_pr_url: null, git_commit_url: null }

describe('the links of a checkpoint', () => {
  it('are named by what they lead to, in the order of the work', () => {
    const links = gitLinksOf({
      git_branch_url: 'https://github.com/org/repo/tree/feature/auth',
      git_pr_url: 'https://github.com/org/repo/pull/42',
      git_commit_url: 'https://github.com/org/repo/commit/abc123',
    })
    expect(links.map((link) => link.name)).toEqual([
      'Branch feature/auth of org/repo',
      'Pull request org/repo#42',
      'Commit abc123 of org/repo',
    ])
  })

  it('leave out what may not be followed', () => {
    expect(gitLinksOf({ ...none, git_pr_url: 'javascript:alert(1)' })).toEqual([])
    expect(gitLinksOf(none)).toEqual([])
  })
})
