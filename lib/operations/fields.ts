import * as z from 'zod'
import { findPosition } from '@/lib/domain/cursor'
import { LIMITS } from '@/lib/domain/limits'
import { findPlace, PLACE_PROBLEM } from '@/lib/domain/log-place'
import { CHECKPOINT_NUMBER } from '@/lib/domain/resolve'
import type { CheckpointRef } from '@/lib/domain/schemas/checkpoint'
import { IdReference, PathSegment } from '@/lib/domain/schemas/text'
import { GitUrl } from './git-url'

// These fields are in the inputs of several operations.

export const gitLinks = {
  git_branch_url: GitUrl.nullable().optional().describe('URL of the branch; null removes it'),
  git_pr_url: GitUrl.nullable().optional().describe('URL of the pull request; null removes it'),
  git_commit_url: GitUrl.nullable().optional().describe('URL of the commit; null removes it'),
}

export const GroupReference = PathSegment.describe('id or slug of the group')
export const ProjectReference = PathSegment.describe('id of the project')
export const MilestoneReference = PathSegment.describe('id of the milestone')
/** What is wrong with a field that is given; one that is not given is missing. */
const unless = (problem: string) => (issue: { input: unknown }) => (issue.input === undefined ? undefined : problem)

/** The present number of the checkpoint, or its id, which never changes. */
export const CheckpointAddress = z
  .union([z.int(), PathSegment], { error: unless('is neither the number nor the cp_ id of a checkpoint') })
  .describe('number or cp_ id of the checkpoint')

const REFERENCE_FORM = 'a number of this milestone such as 2, "ms_x:3" in another, or a cp_ id'

/** A number may also be written as text, as other tools do in their files. */
const Reference = IdReference.transform((text): CheckpointRef => (CHECKPOINT_NUMBER.test(text) ? Number(text) : text))

export const DependsOn = z
  .array(z.union([z.int(), Reference], { error: unless(`is not ${REFERENCE_FORM}`) }), {
    error: unless(`is not a list such as [1, "ms_x:3"]`),
  })
  .max(LIMITS.dependencies_per_checkpoint, `has more than ${LIMITS.dependencies_per_checkpoint} entries`)
  .describe('checkpoints it waits for: numbers in this milestone (2 or "2"), "ms_x:3" in another, or cp_ ids')

export const ExpectedVersion = z
  .int()
  .min(0, 'is less than 0')
  .optional()
  .describe('version of the milestone that you know; refused if outdated')

/** The live claim under which a caller works, which a caller without a session id must give (L1). */
export const ClaimId = IdReference.optional().describe('the claim_id that the answer to your claim told; needed without a session id')

export const MADE_SLUG = 'its name in addresses; default: made from the title or name'

/** A place in the log. A query string has it as text, a JSON body also as a number. */
export const Place = z.union([z.int(PLACE_PROBLEM).min(0), z.string()], { error: PLACE_PROBLEM }).transform((given, { addIssue }) => {
  const place = findPlace(String(given))
  if (place) return place
  addIssue({ code: 'custom', message: PLACE_PROBLEM })
  return z.NEVER
})

/** A bound of times in the log. A day begins at midnight UTC. What is beyond all that a log can have is brought to its edge. */
export const Moment = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], { error: 'is no time such as 2026-11-01 or 2026-11-01T09:30:00Z' })
  .transform((text) => new Date(Math.min(Math.max(Date.parse(text), 0), LAST_MOMENT)).toISOString())
  .optional()

const LAST_MOMENT = Date.parse('9999-01-01')

/** K2: a call by a key of one milestone that may name that milestone is about it even if it names none. */
export const inMilestone = <I extends { milestone_id?: string | undefined }>(input: I, milestone_id: string): I => ({
  ...input,
  milestone_id: input.milestone_id ?? milestone_id,
})

/** The length of a page. A value above the maximum is lowered to it. */
export const limit = (usual: number, most: number) =>
  z
    .number()
    .min(1, 'is less than 1')
    .refine(Number.isInteger, 'is not a whole number')
    .meta({ type: 'integer' })
    .default(usual)
    .transform((value) => Math.min(value, most))
    .describe(`most entries to return, up to ${most}`)

export const Cursor = z
  .string()
  .max(500, 'is longer than 500 characters')
  .transform((text, { addIssue }) => {
    const position = findPosition(text)
    if (position) return position
    addIssue({ code: 'custom', message: 'is not a next_cursor of this list' })
    return z.NEVER
  })
  .optional()
  .describe('next_cursor of the previous page')

/** After how many hours the voting on something closes. */
export const DeadlineHours = z
  .int()
  .min(1, 'is less than 1')
  .max(LIMITS.deadline_hours, `exceeds ${LIMITS.deadline_hours}, which is a year`)
