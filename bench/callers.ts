import { setTimeout as sleep } from 'node:timers/promises'
import { endWithParent } from './child'
import { Connection, requestOf } from './connection'
import type { HttpCall } from './load'

// This module runs in its own process. The first message starts the callers, and is answered when each has had an answer. The second
// message is answered when each has been refused, or when its time is over.

/** Each caller repeats its own calls, one after another, until it is answered with another status than 200. */
export type Start = { origin: string; headers: readonly string[]; callers: readonly (readonly HttpCall[])[] }
export type Wait = { milliseconds: number }

/** What a caller was told, with status 0 if its connection broke or nothing came, and when, in milliseconds since the epoch. */
export type Told = { status: number; at: number }

let refusals: Promise<Told>[] = []

const start = async ({ origin, headers, callers }: Start): Promise<void> => {
  const url = new URL(origin)
  const text = requestOf({ origin, headers })
  let left = callers.length
  await new Promise<void>((resolve) => {
    refusals = callers.map(async (calls) => {
      const connection = new Connection(url)
      for (let sent = 0; ; sent++) {
        const call = calls[sent % calls.length]
        if (!call) throw new Error('A caller has no call')
        const status = await connection.send(text(call)).catch(() => 0)
        if (sent === 0 && --left === 0) resolve()
        if (status === 200) continue
        connection.close()
        return { status, at: Date.now() }
      }
    })
  })
}

const wait = async ({ milliseconds }: Wait): Promise<Told[]> => {
  const over = sleep(milliseconds).then((): Told => ({ status: 0, at: Date.now() }))
  return Promise.all(refusals.map((refusal) => Promise.race([refusal, over])))
}

endWithParent()
process.on('message', (message: Start | Wait) => {
  const answer = 'callers' in message ? start(message) : wait(message)
  answer.then(
    (told) => process.send?.(told ?? null),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
