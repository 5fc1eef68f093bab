import type { Instrumentation } from 'next'
import { refusalOf } from '@/db/client'
import { DomainError } from '@/lib/domain/errors'
import { STATUS } from './problem'

/**
 * Tells the front why the page that is being rendered fails (`front/explain.mjs`). Next answers every failure of a page with 500, and
 * the front then answers with the refusal instead. Does nothing for an error that nobody foresaw.
 */
export const tellFront = (error: unknown): void => {
  const told: unknown = Reflect.get(globalThis, Symbol.for('cairn.page'))?.getStore()
  const refusal = error instanceof DomainError ? error : refusalOf(error)
  if (!refusal || typeof told !== 'object' || told === null) return
  const { code, message, details } = refusal
  Reflect.set(told, 'refusal', { status: STATUS[code], message, retryAfter: details.retry_after_seconds ?? null })
}

type Given = Parameters<Instrumentation.onRequestError>

/** Tells the front why a request to Next failed, of which Next has told us (`onRequestError`). */
export const tellFrontOf = (error: Given[0], { method, headers }: Given[1], context: Given[2]): void => {
  const sendsData = method === 'POST' || headers.rsc !== undefined
  tellFront(sendsData && isUnread(context) ? new DomainError('malformed', UNREAD) : error)
}

const UNREAD = 'What was sent is not what a page of Cairn sends. Open the page again, and repeat what you did.'

/** Whether Next could not read what was sent: it failed before it rendered, or before it called the action. Our actions throw nothing. */
const isUnread = ({ renderSource, routeType }: Given[2]): boolean =>
  routeType === 'action' ? renderSource === 'react-server-components-payload' : routeType === 'render' && renderSource === undefined
