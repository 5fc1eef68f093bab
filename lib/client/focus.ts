import { type RefObject, useEffect } from 'react'
import type { Refusal } from '@/lib/domain/answer'

/** How long an element may take to appear, which the next page does after it has been asked for. */
const PATIENCE_MS = 5_000

/**
 * Moves the focus to where an action leads, once that is in the page. If the person has moved the focus elsewhere meanwhile, it stays there.
 * `from` is the element in which the action was: a focus inside it, or one that fell out of the page with it, may be moved.
 */
export function moveFocus(find: () => HTMLElement | null, from: HTMLElement | null, until = performance.now() + PATIENCE_MS): void {
  const active = document.activeElement
  if (active && active !== document.body && !from?.contains(active)) return
  const target = find()
  if (target) {
    target.focus({ preventScroll: true })
    target.scrollIntoView({ block: 'nearest' })
  }
  // Where the browser has not put the focus yet, the element is hidden or inert for a moment.
  if (document.activeElement !== target && performance.now() < until) requestAnimationFrame(() => moveFocus(find, from, until))
}

/** The main heading of the page, once it says this. */
export const headingOf = (text: string) =>
  [...document.querySelectorAll<HTMLElement>('h1')].find(({ textContent }) => textContent === text) ?? null

/** The main heading of the page. */
export const headingOfPage = () => document.querySelector<HTMLElement>('h1')

/** Moves the focus to the first field of a form that is marked as wrong, when the form was refused. */
export function useFocusOnWrong(form: RefObject<HTMLElement | null>, refusal: Refusal | null): void {
  useEffect(() => {
    const wrong = refusal && form.current?.querySelector<HTMLElement>('[aria-invalid=true]')
    if (wrong) moveFocus(() => wrong, form.current)
  }, [form, refusal])
}
