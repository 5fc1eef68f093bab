import * as z from 'zod'
import { LIMITS } from '../limits'
import { INVISIBLE, nameOfCharacter, Title } from './text'

/** What turns the direction of what stands around it, or is not seen at all, has no place in the name of a person. */
const MISLEADING = /[\u00ad\u180e\u200b\u200e\u200f\u061c\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/

/** The name of a person, as others see it. */
export const PersonName = Title.transform((name) => name.normalize('NFC').trim()).superRefine((name, { addIssue }) => {
  const [found] = MISLEADING.exec(name) ?? []
  if (found) addIssue({ code: 'custom', message: `contains ${nameOfCharacter(found)}` })
})

const SHAPE = /^[^@"(),:;<>[\\\]]+@[^@"(),:;<>[\\\]]+$/

/** An e-mail address, in the one form in which it is kept and compared (O3). */
export const Email = z
  .string()
  .max(LIMITS.email, `is longer than ${LIMITS.email} characters`)
  .transform((email) => email.trim().normalize('NFC').toLowerCase())
  .superRefine((email, { addIssue }) => {
    const [found] = INVISIBLE.exec(email) ?? []
    const message = !email.isWellFormed()
      ? 'contains a lone surrogate'
      : found
        ? `contains ${nameOfCharacter(found)}`
        : 'is not an address such as maria@example.com'
    if (found || !SHAPE.test(email) || !email.isWellFormed()) addIssue({ code: 'custom', message })
  })

export const Person = z.object({ user_id: z.string(), name: z.string(), email: z.string(), created_at: z.string() }).meta({ id: 'Person' })

export type Person = z.infer<typeof Person>
