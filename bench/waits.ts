import { setTimeout as sleep } from 'node:timers/promises'
import { bearer, chainPlan, completion, makeMilestones } from './api'
import { Connection, requestOf } from './connection'
import type { Client } from './http'
import type { HttpCall } from './load'
import { heldBy } from './proc'
import { median, percentile } from './statistics'
import { atMost, type Row } from './table'

const WAITERS = 1_000
/** How long the waits have to begin. */
const BEGIN = 4_000
const STEPS = 200

const waitFor = (milestone_id: string, order: number, until: string): HttpCall => [
  'GET',
  `/api/wait?milestone_id=${milestone_id}&order=${order}&until=${until}&timeout_seconds=50`,
]

/** A plan of checkpoints that wait for nothing. */
const openPlan = (size: number) => ({
  title: `${size} open checkpoints`,
  checkpoints: Array.from({ length: size }, (_, at) => ({ title: `Step ${at + 1}` })),
})

/** Measures what many waits cost, and how soon they are answered, with one kept-alive connection for each. */
export const measureWaits = async (client: Client, rounds: number): Promise<Row[]> => {
  const { app, api, group_id } = client
  const text = requestOf({ origin: app.origin, headers: [bearer(app)] })
  const url = new URL(app.origin)
  const connections: Connection[] = []
  let caller = new Connection(url)
  const send = async (connection: Connection, call: HttpCall): Promise<void> => {
    const status = await connection.send(text(call))
    if (status !== 200) throw new Error(`${call[1]} answered ${status}`)
  }
  /** Begins a wait on each connection. Each promise tells when its wait was answered. */
  const begin = async (callOf: (at: number) => HttpCall): Promise<Promise<number>[]> => {
    const waits = connections.map((connection, at) => send(connection, callOf(at)).then(() => performance.now()))
    await sleep(BEGIN)
    return waits
  }
  const complete = async (milestone_id: string, order: number): Promise<number> => {
    if (!caller.isOpen) caller = new Connection(url)
    await send(caller, completion(milestone_id, order))
    return performance.now()
  }
  const timeOf = async (milestone_id: string, orders: readonly number[]): Promise<number> => {
    const times: number[] = []
    for (const order of orders) {
      const began = performance.now()
      times.push((await complete(milestone_id, order)) - began)
    }
    return median(times)
  }
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at)

  try {
    const [chain = '', busy = '', ...open] = [
      ...(await makeMilestones(api, group_id, 1, chainPlan(rounds + 2))),
      ...(await makeMilestones(api, group_id, 1, openPlan(2 * STEPS + 1))),
      ...(await makeMilestones(api, group_id, 4, openPlan(WAITERS / 4))),
    ]
    // Every connection is used once, so that its own memory is not counted as that of a wait.
    while (connections.length < WAITERS) {
      const opened = Array.from({ length: 50 }, () => new Connection(url))
      connections.push(...opened)
      await Promise.all(opened.map((connection) => send(connection, ['GET', `/api/milestones/${chain}`])))
    }
    const without = await timeOf(busy, range(1, STEPS + 1))
    const before = heldBy(app.pid)
    const apart = await begin((at) => waitFor(open[at % 4] ?? '', Math.floor(at / 4) + 1, 'completed'))
    const idle = heldBy(app.pid)
    const beside = await timeOf(busy, range(STEPS + 1, 2 * STEPS + 1))
    const ended = await complete(open[0] ?? '', 1)
    const single = ((await apart[0]) ?? Number.NaN) - ended
    for (let order = 2; order <= WAITERS / 4; order++) await complete(open[0] ?? '', order)
    for (const milestone_id of open.slice(1)) for (const order of range(1, WAITERS / 4 + 1)) await complete(milestone_id, order)
    await Promise.all(apart)

    const taken: number[][] = []
    for (let order = 1; order <= rounds; order++) {
      const waits = await begin(() => waitFor(chain, order + 1, 'ready'))
      const completed = await complete(chain, order)
      taken.push((await Promise.all(waits)).map((at) => at - completed))
    }
    const over = (share: number) => median(taken.map((times) => percentile(times, share)))
    return [
      {
        what: `${WAITERS} waits for one checkpoint, from the completion's answer to the last of theirs`,
        unit: 'ms',
        figure: over(1),
        target: atMost(100),
        note: `median of ${rounds} rounds; p50 ${over(0.5).toFixed(0)} ms, p95 ${over(0.95).toFixed(0)} ms; the worst round ${Math.max(...taken.map((times) => Math.max(...times))).toFixed(0)} ms`,
      },
      {
        what: `  memory of ${WAITERS} idle waits`,
        unit: 'MB',
        figure: idle.resident - before.resident,
        note: `RSS, without that of their connections; ${before.resident.toFixed(0)} MB before`,
      },
      {
        what: `  a completion beside ${WAITERS} waits for other checkpoints`,
        unit: 'ms',
        figure: beside,
        limit: { what: 'the same without waits', figure: without },
        ratio: beside / without,
        note: `one of them was completed: its wait was answered ${single.toFixed(1)} ms after the completion`,
      },
    ]
  } finally {
    for (const connection of [...connections, caller]) connection.close()
  }
}
