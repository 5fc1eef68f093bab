'use client'
import { type FormEvent, useActionState, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import type { ActionResult, Done, Refusal } from '@/lib/domain/answer'
import { KEY_FIELD } from '@/lib/domain/form-fields'
import { announce } from './announce'
import { type Action, call } from './call'
import { holdFocus, moveFocus, originOf } from './focus'
import { renewAll } from './renewal'
import { isSameForm, isSettled, type Outcome, outcomeOf, sentenceOf, type Trouble } from './trouble'
import { entered, isUnsent, RETURNED, settle } from './unsent'

export type { Action } from './call'

export type ActOptions<T> = {
  /** What is said when it is done, as a whole sentence. */
  said?: (done: Done<T>, form: FormData) => string
  /** Finds the element to which the action leads, which gets the focus. */
  leadsTo?: (done: Done<T>, form: FormData) => HTMLElement | null
  /** Goes to another place, at once. Not called if the person has gone elsewhere meanwhile, or has entered something since. */
  goTo?: (done: Done<T>) => void
  /** Whether the form may be sent again once it was done although it goes to another place: it changes something, and makes nothing new. */
  repeats?: boolean
  /** Called when the page shows what was done, unless the person has entered something since. */
  onDone?: (done: Done<T>) => void
  onRefused?: (refusal: Refusal) => void
}

export type Act<T> = {
  /** Spread it on the form. */
  form: { action: (form: FormData) => void; onSubmit: (event: FormEvent<HTMLFormElement>) => void; [RETURNED]?: true }
  pending: boolean
  trouble: Trouble | null
  /** The refusal, if that is the trouble. */
  refusal: Refusal | null
  done: Done<T> | null
  /** Sends the form once more. If it still says the same, that happens once, even if it has happened already. Null for what the browser posted. */
  retry: (() => void) | null
  /** Forgets the trouble, such as when the person changes what was refused. */
  forget: () => void
  /** What a field had in it when the browser posted the form by itself and was refused. */
  sent: (name: string) => string | undefined
}

/** A form as it was sent, with the button that sent it: what that one says belongs to the form. */
type Sent = { form: FormData; element: HTMLFormElement; submitter: HTMLElement | null }

const readForm = (element: HTMLFormElement, submitter: HTMLElement | null): Sent => ({
  form: new FormData(element, submitter),
  element,
  submitter,
})

/** How long what was done may take to appear on the page before it is said. */
const FRESH_WITHIN_MS = 2_000

const LATER = ' What you have changed since then is not saved yet.'

/** The library tells the components of an answer in a task of its own, after the promise. */
const afterRendering = () => new Promise((resolve) => setTimeout(resolve))

/**
 * Binds a server action to a form. Every form and every button acts through this function. Without JavaScript, the browser posts the form. With
 * JavaScript, onSubmit sends it, because React would empty the form after its action, even if that was refused.
 */
export function useAct<T>(action: Action<T>, options: ActOptions<T> = {}): Act<T> {
  const [posted, post] = useActionState<ActionResult<T> | null, FormData>(action, null)
  const [outcome, setOutcome] = useState<Outcome<T> | null>(() => (posted ? outcomeOf(posted) : null))
  const [pending, setPending] = useState(false)
  const [isSent, setSent] = useState(false)
  const busy = useRef(false)
  const last = useRef<Sent | null>(null)

  async function send(sent: Sent) {
    const { form, element } = sent
    if (busy.current) return
    busy.current = true
    last.current = sent
    setPending(true)
    setSent(true)
    const origin = originOf(element)
    const asSent = entered(element)
    const next = await call(action, form)
    // Read now: when the page shows what was done, the form may be gone from it.
    const isHere = element.isConnected
    // What is on screen may have been out of date, even if the action was refused.
    const fresh = renewAll().then(afterRendering)
    if ('done' in next) {
      settle(element, asSent)
      if (isHere && !isUnsent(element)) options.goTo?.(next.done)
      // The page shows what was done before it is said, and before the focus goes there.
      await Promise.race([fresh, new Promise((resolve) => setTimeout(resolve, FRESH_WITHIN_MS))])
    }
    busy.current = false
    // What was entered after it was sent was not saved with it, so the form does not go.
    const isLeft = isHere && !isUnsent(element)
    flushSync(() => {
      setOutcome(next)
      setPending(false)
      if ('done' in next && isLeft) options.onDone?.(next.done)
      if ('trouble' in next && next.trouble.kind === 'refused' && isHere) options.onRefused?.(next.trouble.refusal)
    })
    if ('trouble' in next) {
      if (isHere) await fresh.then(() => holdFocus(origin))
      // The page may have no such form any more, nor a place in it that says what went wrong.
      if (!element.isConnected) announce(sentenceOf(next.trouble), 'trouble')
    } else {
      if (options.said) announce(`${options.said(next.done, form)}${isHere && !isLeft ? LATER : ''}`)
      if (isLeft && options.leadsTo) moveFocus(() => options.leadsTo?.(next.done, form) ?? null, origin)
    }
  }

  /** Gives the form the key of the last one until it is known what became of that: the two together then happen at most once. */
  function sendWithKey(sent: Sent) {
    const before = isSettled(outcome) ? null : (last.current?.form ?? null)
    if (before && isSameForm(sent.form, before)) return void send({ ...sent, form: before })
    sent.form.set(KEY_FIELD, before?.get(KEY_FIELD) ?? crypto.randomUUID())
    void send(sent)
  }

  function onSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    // What leads to another place is done once. The form is still here only because something was entered into it since.
    if (options.goTo && !options.repeats && outcome && 'done' in outcome) return
    const submitter = event.nativeEvent instanceof SubmitEvent ? event.nativeEvent.submitter : null
    sendWithKey(readForm(event.currentTarget, submitter))
  }

  function retry() {
    if (!last.current) return
    const { element, submitter } = last.current
    // Without its form or its button, only what was sent is left.
    const isWhole = element.isConnected && (!submitter || element.contains(submitter))
    sendWithKey(isWhole ? readForm(element, submitter) : last.current)
  }

  const trouble = outcome && 'trouble' in outcome ? outcome.trouble : null
  return {
    form: { action: post, onSubmit, ...(posted?.success === false && { [RETURNED]: true }) },
    pending,
    trouble,
    refusal: trouble?.kind === 'refused' ? trouble.refusal : null,
    done: outcome && 'done' in outcome ? outcome.done : null,
    retry: isSent ? retry : null,
    forget: () => setOutcome(null),
    sent: (name) => (posted?.success === false ? posted.sent?.[name]?.[0] : undefined),
  }
}
