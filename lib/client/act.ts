'use client'
import { unstable_isUnrecognizedActionError as isUnrecognizedActionError } from 'next/navigation'
import { type FormEvent, useActionState, useRef, useState } from 'react'
import type { ActionResult, Done, Refusal } from '@/lib/domain/answer'
import type { ProblemCode } from '@/lib/domain/errors'
import { KEY_FIELD } from '@/lib/domain/form-fields'
import { announce } from './announce'
import { moveFocus } from './focus'
import { renewAll } from './renewal'
import { settle } from './unsent'

/** A server action. It is called with an input, or by React with the previous answer and a form. */
export type Action<T> = (input: unknown, form?: FormData) => Promise<ActionResult<T>>

/**
 * Why an action did not come to its end. It was refused; or no answer came, so it is not known whether it happened; or the person is signed out;
 * or the server was renewed and no longer knows the form of this page.
 */
export type Trouble = { kind: 'refused'; refusal: Refusal } | { kind: 'unreached' | 'signed-out' | 'outdated' }

type Outcome<T> = { trouble: Trouble } | { done: Done<T> }

export type ActOptions<T> = {
  /** What is said when it is done, as a whole sentence. */
  said?: (done: Done<T>) => string
  /** Finds the element to which the action leads, which gets the focus. */
  leadsTo?: (done: Done<T>) => HTMLElement | null
  onDone?: (done: Done<T>) => void
  onRefused?: (refusal: Refusal) => void
}

export type Act<T> = {
  /** Spread it on the form. */
  form: { action: (form: FormData) => void; onSubmit: (event: FormEvent<HTMLFormElement>) => void }
  pending: boolean
  trouble: Trouble | null
  /** The refusal, if that is the trouble. */
  refusal: Refusal | null
  done: Done<T> | null
  /** Sends the same once more, under the same idempotency key: it happens once, even if it has happened already. */
  retry: () => void
  /** Forgets the trouble, such as when the person changes what was refused. */
  forget: () => void
  /** What a field had in it when the browser posted the form by itself and was refused. */
  sent: (name: string) => string | undefined
}

/** Longer than the server takes for any answer. */
const MOST_PATIENCE_MS = 20_000

/**
 * Binds a server action to a form. Every form and every button acts through this function. Without JavaScript, the browser posts the form. With
 * JavaScript, onSubmit sends it, because React would empty the form after its action, even if that was refused.
 */
export function useAct<T>(action: Action<T>, options: ActOptions<T> = {}): Act<T> {
  const [posted, post] = useActionState<ActionResult<T> | null, FormData>(action, null)
  const [outcome, setOutcome] = useState<Outcome<T> | null>(() => (posted ? outcomeOf(posted) : null))
  const [pending, setPending] = useState(false)
  const last = useRef<{ form: FormData; element: HTMLFormElement } | null>(null)

  async function send(form: FormData, element: HTMLFormElement) {
    if (pending) return
    last.current = { form, element }
    setPending(true)
    const next = await call(action, form)
    // What is on screen may have been out of date, even if the action was refused.
    const fresh = renewAll()
    if ('done' in next) {
      // The page shows what was done before it is said, and before the focus goes there.
      await Promise.race([fresh, new Promise((resolve) => setTimeout(resolve, 2_000))])
      setOutcome(next)
      setPending(false)
      settle(element)
      options.onDone?.(next.done)
      if (options.said) announce(options.said(next.done))
      if (options.leadsTo) moveFocus(() => options.leadsTo?.(next.done) ?? null, element)
      return
    }
    setOutcome(next)
    setPending(false)
    if (next.trouble.kind === 'refused') options.onRefused?.(next.trouble.refusal)
  }

  function onSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const element = event.currentTarget
    const submitter = event.nativeEvent instanceof SubmitEvent ? event.nativeEvent.submitter : null
    const form = new FormData(element, submitter)
    // If it is not known whether the same was saved already, sending it again must not do it twice.
    const again = isUncertain(outcome) && last.current && isSame(form, last.current.form)
    form.set(KEY_FIELD, (again && last.current?.form.get(KEY_FIELD)) || crypto.randomUUID())
    void send(form, element)
  }

  const trouble = outcome && 'trouble' in outcome ? outcome.trouble : null
  const refusal = trouble?.kind === 'refused' ? trouble.refusal : null
  return {
    form: { action: post, onSubmit },
    pending,
    trouble,
    refusal,
    done: outcome && 'done' in outcome ? outcome.done : null,
    retry: () => void (last.current && send(last.current.form, last.current.element)),
    forget: () => setOutcome(null),
    sent: (name) => (posted?.success === false ? posted.sent?.[name]?.[0] : undefined),
  }
}

/** Calls the action, and never throws: whatever goes wrong on the way means that no answer came. */
async function call<T>(action: Action<T>, form: FormData): Promise<Outcome<T>> {
  try {
    const silence = new Promise<null>((resolve) => setTimeout(resolve, MOST_PATIENCE_MS, null))
    const result = await Promise.race([action(null, form), silence])
    return result ? outcomeOf(result) : { trouble: { kind: 'unreached' } }
  } catch (error) {
    return { trouble: { kind: isUnrecognizedActionError(error) ? 'outdated' : 'unreached' } }
  }
}

function outcomeOf<T>(result: ActionResult<T>): Outcome<T> {
  if (result.success) return { done: result }
  return { trouble: result.error === 'unauthenticated' ? { kind: 'signed-out' } : { kind: 'refused', refusal: result } }
}

const UNCERTAIN: readonly ProblemCode[] = ['internal', 'busy', 'unavailable', 'rate_limited']

/** Whether a refusal says nothing about what was sent, so that the same may be sent again. */
export const isPassing = ({ error }: Refusal) => UNCERTAIN.includes(error)

const isUncertain = <T>(outcome: Outcome<T> | null) =>
  outcome !== null && 'trouble' in outcome && (outcome.trouble.kind !== 'refused' || isPassing(outcome.trouble.refusal))

/** Whether two forms say the same, without regard to their keys. */
function isSame(a: FormData, b: FormData) {
  const textOf = (form: FormData) => JSON.stringify([...form].filter(([name]) => name !== KEY_FIELD && !name.startsWith('$ACTION')))
  return textOf(a) === textOf(b)
}
