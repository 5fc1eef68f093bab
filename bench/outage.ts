import { setTimeout as sleep } from 'node:timers/promises'
import { administer, withDatabase } from '@/lib/testing/administer'
import { openProxy } from '@/lib/testing/proxy'
import { bearer, chainPlan, makeMilestones, openApi } from './api'
import type { Start, Told, Wait } from './callers'
import { ask, end, forkModule } from './child'
import { CHECKPOINTS_EACH } from './limit-data'
import type { HttpCall } from './load'
import { type Scratch, startServer } from './scratch'
import { type App, startApp } from './server'
import { atMost, type Row } from './table'

const CALLERS = 1_500
/** How long the callers work before the fault, in milliseconds. */
const CALM = 1_000
/** How long they wait for their answers during the fault. */
const PATIENCE = 20_000
/** How long a change is tried again after the fault. */
const RETURN = 30_000
const BETWEEN_TRIES = 20

type Fault = {
  what: string
  returns: string
  /** How the first change after its end is timed. */
  note: string
  begin: () => void
  end: () => Promise<unknown>
}

/** Calls that change the same checkpoint to and fro, so that none of them is refused and each one is written. */
const toAndFro = (path: string): HttpCall[] => ['To', 'Fro'].map((description) => ['PATCH', path, JSON.stringify({ description })])

/** Measures what callers who wait for an answer are told when the database goes away, in two ways, and when it takes changes again. */
export const measureOutage = async (scratch: Scratch): Promise<Row[]> => {
  let server = await startServer(scratch)
  try {
    await administer(server.ownerUrl, 'create database bench_outage')
    const wire = await openProxy(withDatabase(server.ownerUrl, 'bench_outage'))
    try {
      const app = await startApp(scratch, { DATABASE_URL: wire.url })
      try {
        const silent = await measureFault(app, {
          what: 'the database falls silent',
          returns: 'the silence',
          note: 'over new connections, because those from before the fault stay silent',
          begin: () => wire.behave('silent'),
          end: async () => wire.behave('up'),
        })
        const killed = await measureFault(app, {
          what: 'PostgreSQL is killed',
          returns: 'its restart',
          note: 'from the moment when PostgreSQL is ready again',
          begin: () => process.kill(server.pid, 'SIGKILL'),
          end: async () => {
            server = await startServer(scratch)
          },
        })
        return [...silent, ...killed]
      } finally {
        await app.stop()
      }
    } finally {
      await wire.close()
    }
  } finally {
    await server.stop()
  }
}

const measureFault = async (app: App, fault: Fault): Promise<Row[]> => {
  const api = openApi(app)
  const { group_id = '' } = await api.post('/groups', { name: fault.what })
  const milestones = await makeMilestones(api, group_id, CALLERS / CHECKPOINTS_EACH, chainPlan(CHECKPOINTS_EACH))
  const paths = milestones.flatMap((id) =>
    Array.from({ length: CHECKPOINTS_EACH }, (_, at) => `/api/milestones/${id}/checkpoints/${at + 1}`),
  )
  const child = forkModule('./callers.ts')
  try {
    await ask(child, { origin: app.origin, headers: [bearer(app)], callers: paths.map(toAndFro) } satisfies Start)
    await sleep(CALM)
    const since = Date.now()
    fault.begin()
    const told = await ask<Told[]>(child, { milliseconds: PATIENCE } satisfies Wait)
    await fault.end()
    return rowsOf(fault, since, told, await timeFirstChange(app, paths[0] ?? ''))
  } finally {
    await end(child)
  }
}

/** Tries to change a checkpoint again and again, each time to something else, and returns the seconds until it is changed. */
const timeFirstChange = async ({ origin, key }: App, path: string): Promise<number> => {
  const began = performance.now()
  let last: unknown
  for (let tries = 0; performance.now() - began < RETURN; tries++) {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ description: `Try ${tries}` })
    last = await fetch(origin + path, { method: 'PATCH', headers, body, signal: AbortSignal.timeout(RETURN) }).then(
      async (response) => {
        await response.arrayBuffer()
        return response.status
      },
      (error: unknown) => error,
    )
    if (last === 200) return (performance.now() - began) / 1_000
    await sleep(BETWEEN_TRIES)
  }
  throw new Error(`No change was made within ${RETURN / 1_000} s of the end of the fault. The last try was answered: ${last}`)
}

const rowsOf = ({ what, returns, note }: Fault, since: number, told: readonly Told[], firstChange: number): Row[] => {
  const after = told.map(({ at }) => (at - since) / 1_000)
  const first = Math.min(...after)
  if (first < 0) throw new Error('A caller was refused before the fault')
  const counts = new Map<number, number>()
  for (const { status } of told) counts.set(status, (counts.get(status) ?? 0) + 1)
  const statuses = [...counts].map(([status, count]) => `${count.toLocaleString('en')} had status ${status}`).join(', ')
  const callers = CALLERS.toLocaleString('en')
  return [
    {
      what: `${what}, the first of ${callers} refusals`,
      unit: 's',
      figure: first,
      target: atMost(6),
      note: 'from the fault; each caller waits for the answer to a change, and is counted at its first answer that is not 200',
    },
    {
      what: `${what}, the last of ${callers} refusals`,
      unit: 's',
      figure: Math.max(...after),
      target: atMost(6),
      note: `${statuses} (0: no answer within ${PATIENCE / 1_000} s, or a broken connection)`,
    },
    { what: `  the first change after ${returns}`, unit: 's', figure: firstChange, target: atMost(2), note },
  ]
}
