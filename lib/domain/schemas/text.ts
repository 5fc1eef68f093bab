import * as z from 'zod'
import { COLOR_SHAPE, DEFAULT_COLOR } from '../color'
import { isUuid } from '../ids'
import { LIMITS } from '../limits'
import { SLUG_LENGTH, SLUG_SHAPE } from '../slug'

/** PostgreSQL cannot store a NUL character or a lone surrogate, and not every JSON parser accepts them. */
const wellFormed = (text: string) => !text.includes('\u0000') && text.isWellFormed()

const text = (max: number) =>
  z
    .string()
    .max(max, `is longer than ${max.toLocaleString('en')} characters`)
    .refine(wellFormed, 'contains a NUL character or a lone surrogate')

export const Title = text(LIMITS.title).refine((value) => value.trim() !== '', 'is empty')
export const Description = text(LIMITS.description)
/** A reason, a note or a comment. */
export const Remark = text(LIMITS.remark)
export const Reason = Remark.refine((value) => value.trim() !== '', 'is empty')

/** A path segment. Whether it names something is judged later, so that a malformed id is refused as not_found and not as invalid. */
export const PathSegment = z.string().refine(wellFormed, 'contains a NUL character or a lone surrogate')
export const IdReference = z
  .string()
  .max(200, 'is longer than 200 characters')
  .refine(wellFormed, 'contains a NUL character or a lone surrogate')

/** A slug that looks like a UUID is refused, because clients would take it for an id. */
export const Slug = z
  .string()
  .max(SLUG_LENGTH, `is longer than ${SLUG_LENGTH} characters`)
  .regex(SLUG_SHAPE, 'is not lower-case letters and digits joined by hyphens')
  .refine((value) => !isUuid(value), 'looks like a UUID')

export const Color = z.string().regex(COLOR_SHAPE, `is not a colour such as ${DEFAULT_COLOR}`)
