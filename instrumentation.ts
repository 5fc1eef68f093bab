/** Runs once, inside Next's bundle, before the first request: so that pages, actions and the front share one lane. */
export const register = async (): Promise<void> => {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { boot } = await import('./lib/boot')
  // Not awaited: the front waits for it, and says in one line what went wrong, where Next would print it twice with its stack.
  Reflect.set(globalThis, Symbol.for('cairn.handle'), boot())
}
