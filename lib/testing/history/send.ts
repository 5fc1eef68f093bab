import { setTimeout as sleep } from 'node:timers/promises'
import type { Data } from '../instance'
import { operationNamed, requestOf } from '../samples'
import type { Answered, Call } from './record'
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
): Promise<{ status: number; json: Data } | null> => {
  const { method, path, body } = requestOf(operationNamed(call.name), { ...call.input })
  const headers = {
    ...headersOf(seat),
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
 * idempotency key is sent again until it is. Without one, the outcome stays unknown, and this throws.
 */
export const send = async (
  target: Target,
  seat: Seat,
  call: Call,
  idempotency_key: string | null,
): Promise<{ answer: Answered; data: Data }> => {
  const sent = performance.now()
  for (let tries = 1; ; tries++) {
    const reply = await attempt(target, seat, call, idempotency_key)
    const answered = performance.now()
    if (!reply) {
      if (idempotency_key === null || answered - sent > PATIENCE) throw new Error(`it is not known what came of ${JSON.stringify(call)}`)
      await sleep(PAUSE)
      continue
    }
    const { status, json } = reply
    const { success, error = null, message = '', seq = null, changed = false, replayed = false, data } = json
    const code = success ? null : error
    return { answer: { call, by: seat.actor, idempotency_key, sent, answered, status, code, message, seq, changed, replayed, tries }, data }
  }
}
