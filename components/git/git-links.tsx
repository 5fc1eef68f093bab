import { GitBranchIcon, GitCommitIcon, GitPullRequestIcon } from '@primer/octicons-react'
import clsx from 'clsx'
import type { Checkpoint } from '@/lib/client/graph'
import { isolated } from '@/lib/domain/bidi'
import { describeGitUrl, type GitKind, parseWebUrl } from './address'

export type GitFields = Pick<Checkpoint, 'git_branch_url' | 'git_pr_url' | 'git_commit_url'>
export type GitLink = { kind: Exclude<GitKind, 'unknown'>; url: string; name: string }

const WORD = { branch: 'Branch', pr: 'Pull request', commit: 'Commit' } as const
const ICON = { branch: GitBranchIcon, pr: GitPullRequestIcon, commit: GitCommitIcon } as const

/** The links that a checkpoint has, in the order of the work, each with the name it is spoken by. */
export function gitLinksOf(fields: GitFields): GitLink[] {
  const all = [
    { kind: 'branch', url: fields.git_branch_url },
    { kind: 'pr', url: fields.git_pr_url },
    { kind: 'commit', url: fields.git_commit_url },
  ] as const
  return all.flatMap(({ kind, url }) => (url && parseWebUrl(url) ? [{ kind, url, name: nameOf(kind, url) }] : []))
}

function nameOf(kind: GitLink['kind'], url: string) {
  const shown = describeGitUrl(url)
  const place = shown.kind === 'pr' || shown.repo === null ? '' : ` of ${isolated(shown.repo)}`
  return `${WORD[kind]} ${isolated(shown.label)}${place}`
}

/** Icons that lead to the host: 14 px to see, 24 px to hit. */
export function GitLinks({
  checkpoint,
  className,
  tabIndex,
}: {
  checkpoint: GitFields
  className?: string
  tabIndex?: number | undefined
}) {
  const links = gitLinksOf(checkpoint)
  if (links.length === 0) return null
  return (
    <span className={clsx('inline-flex items-center', className)}>
      {links.map(({ kind, url, name }) => {
        const Icon = ICON[kind]
        return (
          <a
            key={kind}
            href={url}
            target="_blank"
            rel="noreferrer"
            aria-label={name}
            title={name}
            tabIndex={tabIndex}
            className="grid size-6 place-items-center rounded text-muted hover:bg-line hover:text-text focus-visible:outline-2 focus-visible:outline-focus"
          >
            <Icon size={14} />
          </a>
        )
      })}
    </span>
  )
}
