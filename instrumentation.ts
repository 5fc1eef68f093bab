import type { Instrumentation } from 'next'

/** Next calls this once, before the first request. It runs inside Next's bundle, so that pages, actions and the front share one lane. */
export const register = async (): Promise<void> => {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { boot } = await import('./lib/boot')
  // Not awaited: server.mjs waits for it, and an error is then printed in one line. Next would print it twice, with its stack.
  Reflect.set(globalThis, Symbol.for('cairn.handle'), boot())
}

/** Next calls this for every error of a page, an action or a route. It does not wait for it when a page fails, so `readPage` tells the front itself. */
export const onRequestError: Instrumentation.onRequestError = async (error, { method, headers }, context) => {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return
  const { DomainError, tellFront } = await import('./lib/boot')
  const sendsData = method === 'POST' || headers.rsc !== undefined
  tellFront(sendsData && isUnread(context) ? new DomainError('malformed', UNREAD) : error)
}

const UNREAD = 'What was sent is not what a page of Cairn sends. Open the page again, and repeat what you did.'

/** Whether Next could not read what was sent: it failed before it rendered, or before it called the action. Our actions throw nothing. */
const isUnread = ({ renderSource, routeType }: Parameters<Instrumentation.onRequestError>[2]): boolean =>
  routeType === 'action' ? renderSource === 'react-server-components-payload' : routeType === 'render' && renderSource === undefined
