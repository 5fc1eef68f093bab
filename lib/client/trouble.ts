import type { ActionResult, Done, Refusal } from '@/lib/domain/answer'
import type { ProblemCode } from '@/lib/domain/errors'

/**
 * Why an action did not come to its end. It was refused; or no answer came, so it is not known whether it happened; or the person is signed out;
 * or the server was renewed and no longer knows the form of this page.
 */
export type Trouble = { kind: 'refused'; refusal: Refusal } | { kind: 'unreached' | 'signed-out' | 'outdated' }

export type Outcome<T> = { trouble: Trouble } | { done: Done<T> }

export const UNREACHED: { trouble: Trouble } = { trouble: { kind: 'unreached' } }

export function outcomeOf<T>(result: ActionResult<T>): Outcome<T> {
  if (result.success) return { done: result }
  return { trouble: result.error === 'unauthenticated' ? { kind: 'signed-out' } : { kind: 'refused', refusal: result } }
}

const PASSING: readonly ProblemCode[] = ['internal', 'busy', 'unavailable', 'rate_limited']

/** Whether a refusal says nothing about what was sent, so that the same may be sent again. */
export const isPassing = ({ error }: { error: ProblemCode }) => PASSING.includes(error)

/** Whether it is known what became of an action, or there was none. */
export function isSettled(outcome: Outcome<unknown> | null): boolean {
  if (outcome === null || 'done' in outcome) return true
  return outcome.trouble.kind === 'refused' && !isPassing(outcome.trouble.refusal)
}

/** The whole sentence that is said about a trouble. */
export function sentenceOf(trouble: Trouble): string {
  switch (trouble.kind) {
    case 'unreached':
      return 'We could not reach the server. It is not known whether this was saved.'
    case 'signed-out':
      return 'You are signed out, so this was not saved.'
    case 'outdated':
      return 'Cairn was updated while this page was open, so this was not saved.'
    case 'refused':
      // The key of a call whose answer was lost also went with this one, which says something else.
      if (trouble.refusal.error === 'idempotency_mismatch')
        return 'What you sent first was saved after all. What you have changed since then was not.'
      return trouble.refusal.message
  }
}

/**
 * Whether two forms say the same to a person. Fields that begin with $ are left out: what they have in them follows from what the page shows,
 * which may have been read again.
 */
export function isSameForm(a: FormData, b: FormData): boolean {
  const textOf = (form: FormData) => JSON.stringify([...form].filter(([name]) => !name.startsWith('$')))
  return textOf(a) === textOf(b)
}
