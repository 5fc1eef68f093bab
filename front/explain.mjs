// @ts-check
import { AsyncLocalStorage } from 'node:async_hooks'
import { answerPage } from './answer.mjs'

/**
 * Why a page cannot be shown.
 * @typedef {{ status: number, message: string, retryAfter: number | null }} Refusal
 */

/**
 * Here lib/transport/fault.ts tells why the page that is being rendered fails. It is in the global scope, because Next's bundle has its own
 * copy of each module.
 * @type {AsyncLocalStorage<{ refusal?: Refusal }>}
 */
const rendering = new AsyncLocalStorage()
Reflect.set(globalThis, Symbol.for('cairn.page'), rendering)

/**
 * Renders a page. Next answers every failure with 500. If lib has told the reason, that answer is replaced by a page that says it.
 * @param {import('node:http').ServerResponse} res @param {() => Promise<unknown>} render
 */
export function explain(res, render) {
  /** @type {{ refusal?: Refusal }} */
  const told = {}
  const { writeHead, write, end, flushHeaders } = res
  const restore = () => Object.assign(res, { writeHead, write, end, flushHeaders })

  /** Returns true if the answer has been replaced. @param {number} status */
  const replace = (status) => {
    if (status !== 500 || !told.refusal || res.headersSent) return false
    restore()
    for (const name of res.getHeaderNames()) res.removeHeader(name)
    const { retryAfter, ...refusal } = told.refusal
    answerPage(res, refusal.status, refusal.message, retryAfter === null ? {} : { 'retry-after': String(retryAfter) })
    // What Next still writes belongs to the answer that was replaced.
    Object.assign(res, { writeHead: () => res, write: () => true, end: () => res, flushHeaders: () => {} })
    return true
  }
  // Next's compression calls `writeHead` first, and everything else one of the others.
  res.writeHead = (/** @type {number} */ status, /** @type {any[]} */ ...rest) =>
    replace(status) ? res : Reflect.apply(writeHead, res, [status, ...rest])
  res.flushHeaders = () => void (replace(res.statusCode) || flushHeaders.call(res))
  res.write = (/** @type {any[]} */ ...chunk) => replace(res.statusCode) || Reflect.apply(write, res, chunk)
  res.end = (/** @type {any[]} */ ...chunk) => (replace(res.statusCode) ? res : Reflect.apply(end, res, chunk))
  return rendering.run(told, render)
}
