import * as z from 'zod'
import { findPosition } from '@/lib/domain/cursor'
import { LIMITS } from '@/lib/domain/limits'
import { CheckpointRef } from '@/lib/domain/schemas/checkpoint'
import { IdReference, PathSegment } from '@/lib/domain/schemas/text'
import { URL_ISSUE } from './input'

// Fields that several operations take.

const isWebAddress = (text: string): boolean => {
  if (text.length > LIMITS.url || !/^https?:\/\/[^\s\p{Cc}\\]+$/iu.test(text) || !text.isWellFormed()) return false
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && url.hostname !== '' && url.username === '' && url.password === ''
}

/** An absolute http(s) address without credentials. */
export const GitUrl = z.string().refine(isWebAddress, {
  message: `is not an http(s) address of at most ${LIMITS.url.toLocaleString('en')} characters`,
  params: URL_ISSUE,
})

export const gitLinks = {
  git_branch_url: GitUrl.nullable().optional().describe('address of the branch; null clears it'),
  git_pr_url: GitUrl.nullable().optional().describe('address of the pull request; null clears it'),
  git_commit_url: GitUrl.nullable().optional().describe('address of the commit; null clears it'),
}

export const GroupReference = PathSegment.describe('id or slug of the group')
export const ProjectReference = PathSegment.describe('id of the project')
export const MilestoneReference = PathSegment.describe('id of the milestone')
/** The number that the checkpoint has now, or its id, which never changes. */
export const CheckpointAddress = z.union([z.int(), PathSegment]).describe('number of the checkpoint, or its cp_ id')

export const DependsOn = z
  .array(z.union([CheckpointRef.options[0], IdReference]))
  .max(LIMITS.dependencies_per_checkpoint, `has more than ${LIMITS.dependencies_per_checkpoint} entries`)
  .describe('numbers in this milestone, "ms_x:3" in another, or cp_ ids')

export const ExpectedVersion = z.int().min(0).optional().describe('the version of the milestone that the caller knows')

/** The length of a page; one above the bound is lowered to it. */
export const limit = (usual: number, most: number) =>
  z
    .number()
    .min(1, 'is less than 1')
    .refine(Number.isInteger, 'is not a whole number')
    .meta({ type: 'integer' })
    .default(usual)
    .transform((value) => Math.min(value, most))
    .describe(`how many, at most ${most}`)

/** Where the page before ended. */
export const Cursor = z
  .string()
  .max(500)
  .transform((text, { addIssue }) => {
    const position = findPosition(text)
    if (position) return position
    addIssue({ code: 'custom', message: 'is not a next_cursor of this list' })
    return z.NEVER
  })
  .optional()
  .describe('next_cursor of the page before')
