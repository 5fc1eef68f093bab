import { wasField } from '@/lib/domain/form-fields'

/**
 * Which forms of the page have something in them that was not sent. It reads the page itself, so that no form has to tell it. A form is compared with
 * what it had when the person first did something in it, and only if they entered or chose something since: what the server changes is no loss.
 */
type Watched = { was: Filled; touched: boolean }

/** The texts of fields by their names, without empty ones. */
type Filled = ReadonlyMap<string, string>

const UNTOUCHED: Watched = { was: new Map(), touched: false }

const watched = new WeakMap<HTMLFormElement, Watched>()

/** Begins to watch the forms of the page. It returns the function that ends it. */
export function watchForms(): () => void {
  const first = (event: Event) => void watch(formOf(event.target))
  const touched = (event: Event) => {
    if (event.type === 'click' && !(event.target instanceof Element && event.target.closest('button'))) return
    touch(formOf(event.target))
  }
  // What was entered before this script ran is unsent too.
  for (const form of document.forms) {
    if (!isSame(firstIn(form), entered(form))) touch(form)
  }
  const heard = [...FIRST.map((type) => [type, first] as const), ...TOUCHES.map((type) => [type, touched] as const)]
  for (const [type, listener] of heard) addEventListener(type, listener, true)
  return () => {
    for (const [type, listener] of heard) removeEventListener(type, listener, true)
    removeEventListener('beforeunload', askBeforeUnload)
  }
}

const FIRST = ['focusin', 'pointerdown', 'keydown'] as const
const TOUCHES = ['input', 'change', 'click'] as const

/** Marks a form that the browser posted by itself and that came back refused: all that is entered in it is unsent. */
export const RETURNED = 'data-returned'

/** What is entered in a form, to compare it with what is in it later. */
export const entered = (form: HTMLFormElement): Filled => filledIn(form, enteredIn)

/** What was in a form is no longer unsent: it was sent, or it is given up. What was entered since then still is. */
export function settle(form: HTMLFormElement, was = entered(form)): void {
  watched.set(form, { was, touched: !isSame(was, entered(form)) })
}

/** The forms with something unsent. */
const unsentForms = (): HTMLFormElement[] => [...document.forms].filter(isUnsent)

/** Whether something unsent is in an element of the page. */
export const hasUnsentIn = (element: Element | null): boolean => element !== null && unsentForms().some((form) => element.contains(form))

/**
 * The forms with something unsent that would go from the page, if its address became this one. Another path takes all forms. A part of the page that is
 * there only for a parameter of the address names it in `data-for-parameter`, and the forms in it go when that parameter changes.
 */
export function unsentWithout(address: string): HTMLFormElement[] {
  const [here, there] = [new URL(location.href), new URL(address, location.href)]
  return unsentForms().filter((form) => {
    if (here.pathname !== there.pathname) return true
    const parameter = form.closest<HTMLElement>('[data-for-parameter]')?.dataset.forParameter
    return parameter !== undefined && here.searchParams.get(parameter) !== there.searchParams.get(parameter)
  })
}

function watch(form: HTMLFormElement | null): Watched | null {
  if (!form) return null
  const state = watched.get(form) ?? { was: firstIn(form), touched: false }
  watched.set(form, state)
  return state
}

/** What was in a form before anyone entered something. */
const firstIn = (form: HTMLFormElement) => filledIn(form, form.hasAttribute(RETURNED) ? hiddenIn : defaultIn)

function touch(form: HTMLFormElement | null) {
  const state = watch(form)
  if (!state) return
  state.touched = true
  addEventListener('beforeunload', askBeforeUnload)
}

const formOf = (target: EventTarget | null) => (target instanceof Element ? target.closest('form') : null)

/** A field that follows what the server has says so in a field of its own, and is compared with that. Every other one is compared with what it was. */
export function isUnsent(form: HTMLFormElement): boolean {
  const { was, touched } = watched.get(form) ?? UNTOUCHED
  // A form that only asks, such as a filter, holds nobody's work.
  if (!touched || form.getAttribute('method') === 'get') return false
  const is = entered(form)
  return [...new Set([...was.keys(), ...is.keys()])].some((name) => {
    const followed = form.elements.namedItem(wasField(name))
    return textIn(is, name) !== (followed instanceof HTMLInputElement ? followed.value : textIn(was, name))
  })
}

function askBeforeUnload(event: BeforeUnloadEvent) {
  if (unsentForms().length > 0) event.preventDefault()
}

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

/** The fields with something in them. Fields whose names begin with $ say something about others. */
function filledIn(form: HTMLFormElement, read: (field: Field) => string): Filled {
  const filled = new Map<string, string>()
  for (const field of form.elements) {
    if (!isField(field) || field.name === '' || field.name.startsWith('$')) continue
    const text = read(field)
    if (text !== '') filled.set(field.name, filled.has(field.name) ? `${filled.get(field.name)}\n${text}` : text)
  }
  return filled
}

const textIn = (filled: Filled, name: string) => filled.get(name) ?? ''

const isSame = (a: Filled, b: Filled) => a.size === b.size && [...a].every(([name, text]) => b.get(name) === text)

const isField = (element: Element): element is Field =>
  (element instanceof HTMLInputElement && !/^(submit|button|image|reset)$/.test(element.type)) ||
  element instanceof HTMLTextAreaElement ||
  element instanceof HTMLSelectElement

function enteredIn(field: Field): string {
  if (isSwitch(field)) return field.checked ? field.value : ''
  return field.value
}

/** What a field had in it before anyone wrote into it. React keeps the default of a controlled field equal to its value. */
function defaultIn(field: Field): string {
  if (isSwitch(field)) return field.defaultChecked ? field.value : ''
  if (field instanceof HTMLSelectElement)
    return ([...field.options].find(({ defaultSelected }) => defaultSelected) ?? field.options[0])?.value ?? ''
  return field.defaultValue
}

const hiddenIn = (field: Field) => (field.type === 'hidden' ? field.value : '')

const isSwitch = (field: Field): field is HTMLInputElement => field instanceof HTMLInputElement && /^(checkbox|radio)$/.test(field.type)
