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
