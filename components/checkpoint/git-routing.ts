import { isolated } from '@/lib/domain/bidi'
import { completedAddress } from '@/lib/domain/web-address'
import { describeGitUrl, type GitKind } from '../git/address'
import { GIT_NOUNS, type GitField } from '../git/fields'

/** What the fields hold, as it is saved or as it is being typed. */
export type GitTexts = Record<GitField, string>

/** The words by which the fields are labelled. */
export const GIT_WORDS: Record<GitField, string> = { git_branch_url: 'Branch', git_pr_url: 'PR', git_commit_url: 'Commit' }

const FIELD_OF: Record<GitKind, GitField | null> = {
  branch: 'git_branch_url',
  pr: 'git_pr_url',
  commit: 'git_commit_url',
  unknown: null,
}

/** To which other field the address in a field belongs, whether that one is free, and what to say. Null if the address may stay. */
export function routed(from: GitField, texts: GitTexts): { to: GitField; free: boolean; said: string } | null {
  const to = FIELD_OF[describeGitUrl(completedAddress(texts[from])).kind]
  if (to === null || to === from) return null
  const free = texts[to].trim() === ''
  const said = free
    ? `so it was put under ${GIT_WORDS[to]}. Save it there.`
    : `but ${GIT_WORDS[to]} already has ${isolated(describeGitUrl(texts[to]).label)}. Change that one, or save this under ${GIT_WORDS[from]} all the same.`
  return { to, free, said: `That is a ${GIT_NOUNS[to]}, ${said}` }
}
