// What the browser shows may be out of date after an action, even after a refused one. Whoever shows something that the server keeps says here how
// it is read again. Actions do not know what is on the page, so that a page without a plan need not load what keeps plans.

type Renew = () => Promise<unknown>

const all = new Set<Renew>()

/** Has something read again after every action, until the returned function is called. */
export function renewAfterActions(renew: Renew): () => void {
  all.add(renew)
  return () => void all.delete(renew)
}

/** Reads everything again that is on the page. It does not fail: what could not be read says so itself. */
export async function renewAll(): Promise<void> {
  await Promise.allSettled([...all].map((renew) => renew()))
}
