import * as z from 'zod'
import { COLOR_SHAPE, DEFAULT_COLOR } from '../color'
import { isUuid } from '../ids'
import { LIMITS } from '../limits'
import { SLUG_LENGTH, SLUG_SHAPE } from '../slug'

/** White space, format characters, fillers, and the two symbols that are blank although Unicode does not say so. */
const NOTHING = '\\p{White_Space}\\p{Default_Ignorable_Code_Point}\\p{Cf}\\u2800\\u{1d159}'
const SHOWS_NOTHING = new RegExp(`^[${NOTHING}]*$`, 'u')
/** A character that shows nothing, or a control character. */
export const INVISIBLE = new RegExp(`[${NOTHING}\\p{Cc}]`, 'u')
const LINE_END = /[\n\r\u0085\u2028\u2029]/
const CONTROL = /[\p{Cc}\u2028\u2029]/u
const CONTROL_IN_LINES = /[^\P{Cc}\t\n\r]/u

const nounOf = (character: string): string => {
  if (character === '\t') return 'a tab'
  if (LINE_END.test(character)) return 'a line end'
  if (CONTROL.test(character)) return 'a control character'
  return /\s/.test(character) ? 'a space' : 'an invisible character'
}

/** An invisible character as a noun in a sentence: "a tab (U+0009)". */
export const nameOfCharacter = (character: string): string =>
  `${nounOf(character)} (U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')})`

/** What people and agents write. It is kept as it was written, and refused if a part of it cannot be stored, shown or read on a terminal. */
const text = (max: number, { lines, filled }: { lines: boolean; filled: boolean }) => {
  const faultIn = (value: string): string | null => {
    if (!value.isWellFormed()) return 'contains a lone surrogate'
    if (filled && SHOWS_NOTHING.test(value)) return 'is empty'
    const control = (lines ? CONTROL_IN_LINES : CONTROL).exec(value)
    return control && `contains ${nameOfCharacter(control[0])}`
  }
  return z
    .string()
    .max(max, `is longer than ${max.toLocaleString('en')} characters`)
    .superRefine((value, { addIssue }) => {
      const message = faultIn(value)
      if (message) addIssue({ code: 'custom', message })
    })
}

/** A title, or the name of a group, a key or an agent. */
export const Title = text(LIMITS.title, { lines: false, filled: true })
export const Description = text(LIMITS.description, { lines: true, filled: false })
/** A note or a comment. */
export const Remark = text(LIMITS.remark, { lines: true, filled: false })
export const Reason = text(LIMITS.remark, { lines: true, filled: true })
/** The name that a client gives to its session. */
export const SessionId = text(LIMITS.session_id, { lines: false, filled: true })

/** PostgreSQL cannot store a NUL character or a lone surrogate, and not every JSON parser accepts them. */
const wellFormed = (text: string) => !text.includes('\u0000') && text.isWellFormed()

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
  .regex(SLUG_SHAPE, 'is not made of lower-case letters and digits, joined by hyphens')
  .refine((value) => !isUuid(value), 'looks like a UUID')

export const Color = z.string().regex(COLOR_SHAPE, `is not a colour such as ${DEFAULT_COLOR}`)
