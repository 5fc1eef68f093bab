import { settle, unsentWithout } from './unsent'

/** Asks whether to give up what was entered in these forms, and calls `discard` if so. */
type Ask = (discard: () => void, lost: readonly HTMLFormElement[]) => void

let ask: Ask | null = null

/** Sets what asks. The returned function takes that back, unless something else was set since. */
export function askWith(asker: Ask): () => void {
  ask = asker
  return () => {
    if (ask === asker) ask = null
  }
}

/** Goes to an address. If something unsent would be lost, the person is asked first. */
export function leaveFor(address: string, go: () => void): void {
  const lost = unsentWithout(address)
  if (lost.length === 0 || !ask) {
    go()
    return
  }
  for (const form of lost) unfold(form)
  ask(() => {
    for (const form of lost) settle(form)
    go()
  }, lost)
}

/** Who is asked about a form is to see it. */
function unfold(form: HTMLFormElement) {
  for (let around = form.closest('details'); around; around = around.parentElement?.closest('details') ?? null) around.open = true
}
