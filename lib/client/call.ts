import { unstable_isUnrecognizedActionError as isUnrecognizedActionError } from 'next/navigation'
import type { ActionResult, Refusal } from '@/lib/domain/answer'
import { type Outcome, outcomeOf, UNREACHED } from './trouble'

/** A server action. It is called with an input, or by React with the previous answer and a form. */
export type Action<T> = (input: unknown, form?: FormData) => Promise<ActionResult<T>>

/** Longer than the server takes for any answer. */
const MOST_PATIENCE_MS = 20_000

let turn: Promise<unknown> = Promise.resolve()

/**
 * Sends a form by a server action, after those that were sent before. It never throws: whatever goes wrong on the way means that no answer came.
 */
export function call<T>(action: Action<T>, form: FormData): Promise<Outcome<T>> {
  const outcome = turn.then(() => send(action, form))
  turn = outcome
  return outcome
}

async function send<T>(action: Action<T>, form: FormData): Promise<Outcome<T>> {
  const patience = new AbortController()
  const silence = new Promise<null>((resolve) => {
    const timer = setTimeout(resolve, MOST_PATIENCE_MS, null)
    patience.signal.addEventListener('abort', () => clearTimeout(timer))
  })
  try {
    const result = await Promise.race([action(null, form), silence])
    if (result) return outcomeOf(result)
    giveWay()
    return UNREACHED
  } catch (error) {
    if (isUnrecognizedActionError(error)) return { trouble: { kind: 'outdated' } }
    const refusal = refusalIn(error)
    return refusal ? outcomeOf(refusal) : UNREACHED
  } finally {
    patience.abort()
  }
}

/** The refusal of a request that did not come as far as the action. The front sends it as a text, which Next throws as the message of an error. */
function refusalIn(error: unknown): Refusal | null {
  try {
    const body = JSON.parse(error instanceof Error ? error.message : '')
    return body?.success === false ? body : null
  } catch {
    return null
  }
}

/**
 * Next sends one action after another, and cannot give one up: all later ones would wait for an answer that never comes. Going to the address
 * where the page is already takes the place of the silent action, without asking the server.
 */
function giveWay() {
  window.history.replaceState(null, '', window.location.href)
}
