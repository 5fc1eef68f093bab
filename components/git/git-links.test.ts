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

  it('say the repository once for a pull request, and also for a branch that begins with its name', () => {
    const [branch, pr] = gitLinksOf({
      ...none,
      git_branch_url: 'https://example.org/cgit/web.git/log/?h=web-login',
      git_pr_url: 'https://example.org/_git/web/pullrequest/3',
    })
    expect([branch?.name, pr?.name]).toEqual(['Branch web-login of web', 'Pull request web!3'])
  })

  it('[T3] keep a branch that is named from right to left apart from the words beside it', () => {
    const [branch] = gitLinksOf({ ...none, git_branch_url: 'https://github.com/org/repo/tree/%D7%A9%D7%9C%D7%95%D7%9D' })
    expect(branch?.name).toBe('Branch \u2068שלום\u2069 of org/repo')
  })

  it('leave out what may not be followed', () => {
    expect(gitLinksOf({ ...none, git_pr_url: 'javascript:alert(1)' })).toEqual([])
    expect(gitLinksOf(none)).toEqual([])
  })
})
