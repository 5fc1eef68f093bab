// What was done is said once, in one place of the page that is there from its beginning: a screen reader does not notice a region that comes with its text.

let said = { text: '', count: 0 }
const listeners = new Set<() => void>()

/** Says that something was done, politely: it waits until a screen reader has finished what it is reading. */
export function announce(text: string): void {
  said = { text, count: said.count + 1 }
  for (const listener of listeners) listener()
}

export const announcements = {
  get: () => said,
  subscribe(listener: () => void) {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
}
