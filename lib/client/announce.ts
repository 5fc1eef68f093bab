// What was done is said once, in one place of the page that is there from its beginning: a screen reader does not notice a region that comes with its text.

export type Announcement = { id: number; text: string; kind: 'done' | 'trouble' }

/** What several forms say at the same time is said one after another, and stays in sight together. */
const MOST_SHOWN = 3

let shown: readonly Announcement[] = []
let count = 0
const listeners = new Set<() => void>()

function show(next: readonly Announcement[]) {
  shown = next
  for (const listener of listeners) listener()
}

/** Says what became of an action, politely: it waits until a screen reader has finished what it is reading. */
export function announce(text: string, kind: Announcement['kind'] = 'done'): void {
  count += 1
  show([...shown, { id: count, text, kind }].slice(-MOST_SHOWN))
}

export const announcements = {
  get: () => shown,
  hide: (id: number) => show(shown.filter((one) => one.id !== id)),
  subscribe(listener: () => void) {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  },
}
