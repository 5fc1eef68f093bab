import type { Instrumentation } from 'next'

/** Next calls this once, before the first request. It runs inside Next's bundle, so that pages, actions and the front share one lane. */
export const register = async (): Promise<void> => {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { boot } = await import('./lib/boot')
  // Not awaited: server.mjs waits for it, and an error is then printed in one line. Next would print it twice, with its stack.
  Reflect.set(globalThis, Symbol.for('cairn.handle'), boot())
}

/** Next calls this for every error of a page, an action or a route. It does not wait for it when a page fails, so `readPage` tells the front itself. */
export const onRequestError: Instrumentation.onRequestError = async (...failure) => {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { tellFrontOf } = await import('./lib/boot')
  tellFrontOf(...failure)
}
