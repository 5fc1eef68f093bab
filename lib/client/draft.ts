import { useState } from 'react'
import { wasField } from '@/lib/domain/form-fields'

/** What someone makes of a value that others may change meanwhile. */
export type Draft<T> = {
  /** What the value was, as far as the person has seen. */
  was: T
  /** What the person makes of it. */
  is: T
  /** The version of the milestone at which the value was that. */
  version: number
}

export type Drafting<T> = Draft<T> & {
  now: T
  /** Whether others changed the value into something else than the person did. */
  conflict: boolean
  set: (is: T) => void
  /** The person has seen what others made of it, and stays with the draft. */
  keep: () => void
  /** The person takes what others made of it. */
  take: () => void
}

type Same<T> = (a: T, b: T) => boolean

/** A draft after the value was read again. Nothing is in conflict if the person has changed nothing, or has changed the same. */
export function followed<T>(draft: Draft<T>, now: T, version: number, isSame: Same<T>): Draft<T> {
  const stands = isSame(draft.was, now)
  if (stands) return draft.version === version ? draft : { ...draft, version }
  return isSame(draft.is, draft.was) || isSame(draft.is, now) ? { was: now, is: now, version } : draft
}

type Options<T> = {
  version?: number
  isSame?: Same<T>
  /** With what the draft begins, if that is not the present value. */
  first?: Pick<Draft<T>, 'was' | 'is'> | null
}

/** Edits a value that is read again while it is edited: what nobody touched follows it, and what somebody touched is kept. */
export function useDraft<T>(now: T, { version = 0, isSame = Object.is, first = null }: Options<T> = {}): Drafting<T> {
  const [kept, setDraft] = useState<Draft<T>>(() => ({ was: now, is: now, ...first, version }))
  const draft = followed(kept, now, version, isSame)
  if (draft !== kept) setDraft(draft)
  return {
    ...draft,
    now,
    conflict: !isSame(draft.was, now),
    set: (is) => setDraft({ ...draft, is }),
    keep: () => setDraft({ was: now, is: draft.is, version }),
    take: () => setDraft({ was: now, is: now, version }),
  }
}

/** What a form that the browser posted had in it, by the names of its fields. */
export type SentBack = (name: string) => string | undefined

/** For a form that the browser has not posted. */
export const nothingSent: SentBack = () => undefined

/** The draft of a text in a form that the browser posted by itself and that was refused. */
export function sentText(sent: SentBack, name: string): Pick<Draft<string>, 'was' | 'is'> | null {
  const is = sent(name)
  return is === undefined ? null : { was: sent(wasField(name)) ?? is, is }
}
