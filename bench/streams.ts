import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask, end, forkModule } from './child'
import type { Client } from './http'
import type { Order } from './listeners'
import { MEGABYTE, memoryOf } from './memory'
import { percentile } from './statistics'
import { atMost, type Row } from './table'

/** A key may have so many streams. */
const OF_ONE_KEY = 1_000
const KEYS = 5
/** In milliseconds: how long the app rests before its memory is measured, and between two events. */
const REST = 2_000
const PAUSE = 100

/** The milliseconds from the moment at which a change is sent until the last of all streams has its event. */
const reach = async (listeners: ChildProcess, { api, group_id }: Client): Promise<number> => {
  const title = crypto.randomUUID()
  const reached = ask<number>(listeners, { expect: title } satisfies Order)
  await sleep(PAUSE)
  const began = performance.timeOrigin + performance.now()
  await api.post(`/groups/${group_id}/projects`, { title })
  return (await reached) - began
}

const reachAgain = async (listeners: ChildProcess, client: Client, times: number): Promise<number[]> => {
  const measured: number[] = []
  for (let at = 0; at < times; at++) measured.push(await reach(listeners, client))
  return measured
}

/** Measures how soon one event reaches all streams of a process, and what the streams take. */
export const measureStreams = async (client: Client, events: number): Promise<Row[]> => {
  const { app } = client
  const listeners = forkModule('./listeners.ts')
  const open = (key: string) => ask(listeners, { open: { origin: app.origin, key, count: OF_ONE_KEY } } satisfies Order)
  try {
    await client.api.post(`/groups/${client.group_id}/projects`, { title: 'Before the streams' })
    await sleep(REST)
    const before = memoryOf([app.pid]).bytes
    await open(app.key)
    const of1000 = await reachAgain(listeners, client, events)
    await sleep(REST)
    const taken = (memoryOf([app.pid]).bytes - before) / MEGABYTE
    for (let at = 1; at < KEYS; at++) await open(await app.makeKey())
    const of5000 = await reachAgain(listeners, client, Math.ceil(events / 2))
    const inAll = (memoryOf([app.pid]).bytes - before) / MEGABYTE
    const note = (measured: number[]) =>
      `p95 of ${measured.length} events, from sending the change; the median is ${percentile(measured, 0.5).toFixed(0)} ms`
    return [
      { what: 'one event to 1,000 streams', unit: 'ms', figure: percentile(of1000, 0.95), target: atMost(100), note: note(of1000) },
      { what: '  memory of the app for them', unit: 'MB', figure: taken, target: atMost(250) },
      { what: 'one event to 5,000 streams', unit: 'ms', figure: percentile(of5000, 0.95), note: note(of5000) },
      { what: '  memory of the app for them', unit: 'MB', figure: inAll },
    ]
  } finally {
    await end(listeners)
  }
}
