import type { Checkpoint } from '@/lib/client/graph'

/** The links that a checkpoint may have, in the order of the work. */
export const GIT_FIELDS = ['git_branch_url', 'git_pr_url', 'git_commit_url'] as const

export type GitField = (typeof GIT_FIELDS)[number]
export type GitFields = Pick<Checkpoint, GitField>

/** What each link leads to, as a noun in a sentence. */
export const GIT_NOUNS: Record<GitField, string> = { git_branch_url: 'branch', git_pr_url: 'pull request', git_commit_url: 'commit' }
