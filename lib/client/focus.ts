import { type RefObject, useEffect } from 'react'
import type { Refusal } from '@/lib/domain/answer'

/** How long an element may take to appear, which the next page does after it has been asked for. */
const PATIENCE_MS = 5_000

/** Where the focus is when an action begins: its form, and what was pressed. */
export type FocusOrigin = { form: HTMLElement; pressed: Element | null }

export const originOf = (form: HTMLElement): FocusOrigin => ({ form, pressed: document.activeElement })

/**
 * Moves the focus to where an action leads, once that is in the page, and to the heading if it does not appear. If the person has moved the focus
 * elsewhere meanwhile, it stays there.
 */
export function moveFocus(find: () => HTMLElement | null, from: FocusOrigin, until = performance.now() + PATIENCE_MS): void {
  if (!isStillAt(from)) return
  const isLate = performance.now() >= until
  const target = find() ?? (isLate ? headingHere() : null)
  target?.focus({ preventScroll: true })
  target?.scrollIntoView({ block: 'nearest' })
  // Where the browser has not put the focus yet, the element is hidden or inert for a moment.
  if (document.activeElement !== target && !isLate) requestAnimationFrame(() => moveFocus(find, from, until))
}

/** If what had the focus is gone from the page together with its form, the focus goes to the heading of where that was. */
export function holdFocus(from: FocusOrigin): void {
  requestAnimationFrame(() => {
    if (!from.form.isConnected && isStillAt(from)) headingHere()?.focus({ preventScroll: true })
  })
}

/** Whether the focus is where it was, or fell out of the page with that. */
function isStillAt({ form, pressed }: FocusOrigin) {
  const active = document.activeElement
  return !active || active === document.body || active === pressed || form.contains(active)
}

/** The heading of the drawer if it is open, else that of the page. */
const headingHere = () => document.querySelector<HTMLElement>('#drawer h2') ?? headingOfPage()

/** The main heading of the page, once it says this. */
export const headingOf = (text: string) =>
  [...document.querySelectorAll<HTMLElement>('h1')].find(({ textContent }) => textContent === text) ?? null

/** The main heading of the page. */
export const headingOfPage = () => document.querySelector<HTMLElement>('h1')

/** Moves the focus to the first field of a form that is marked as wrong, when the form was refused. */
export function useFocusOnWrong(form: RefObject<HTMLElement | null>, refusal: Refusal | null): void {
  useEffect(() => {
    const wrong = refusal && form.current?.querySelector<HTMLElement>('[aria-invalid=true]')
    if (wrong && form.current) moveFocus(() => wrong, { form: form.current, pressed: null })
  }, [form, refusal])
}
