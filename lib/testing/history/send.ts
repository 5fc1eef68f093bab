import { setTimeout as sleep } from 'node:timers/promises'
import type { Data } from '../instance'
import { operationNamed, requestOf } from '../samples'
import { type Answered, type Call, UNKNOWN } from './record'
import type { Seat } from './stage'

/** Where an app is reached. It is asked for each try, because an app that was ended starts again. */
export type Target = () => string

const PATIENCE = 60_000
const PAUSE = 50

export const headersOf = ({ secret, actor: { session_id } }: Seat): Record<string, string> => ({
  authorization: `Bearer ${secret}`,
  ...(session_id !== null && { 'x-session-id': session_id }),
})

const isJson = (text: string) => text.startsWith('{')

/** Makes one request, and answers null if it is not known what came of it. */
const attempt = async (
  target: Target,
  seat: Seat,
  call: Call,
  idempotency_key: string | null,
  isBrief: boolean,
): Promise<{ status: number; json: Data } | null> => {
  const { method, path, body } = requestOf(operationNamed(call.name), { ...call.input })
  const headers = {
    ...headersOf(seat),
    ...(isBrief && { prefer: 'return=minimal' }),
    ...(idempotency_key !== null && { 'idempotency-key': idempotency_key }),
    ...(body && { 'content-type': 'application/json' }),
  }
  try {
    const response = await fetch(`${target()}/api${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    const text = await response.text()
    return response.status === 503 || !isJson(text) ? null : { status: response.status, json: JSON.parse(text) }
  } catch {
    return null
  }
}

/**
 * Makes a call and returns its answer with its data. If its outcome is not known, because the connection was lost or the app could not say, a call with an
 * idempotency key is sent again until it is. Without one, the outcome stays unknown.
 */
export const send = async (
  target: Target,
  seat: Seat,
  call: Call,
  idempotency_key: string | null,
  isBrief: boolean,
): Promise<{ answer: Answered; data: Data }> => {
  const sent = performance.now()
  for (let tries = 1; ; tries++) {
    const reply = await attempt(target, seat, call, idempotency_key, isBrief)
    const answered = performance.now()
    const isLost = !reply && idempotency_key === null
    if (reply || isLost) {
      const { success, error = UNKNOWN, message = '', seq = null, changed = false, replayed = false, data } = reply?.json ?? {}
      const told = { status: reply?.status ?? 503, code: success ? null : error, message, seq, changed, replayed }
      return { answer: { call, by: seat.actor, idempotency_key, sent, answered, tries, ...told }, data }
    }
    if (answered - sent > PATIENCE) throw new Error(`it is not known what came of ${JSON.stringify(call)}`)
    await sleep(PAUSE)
  }
}
