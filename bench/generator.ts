import { endWithParent } from './child'
import { Connection, requestOf } from './connection'
import type { Job, Measured } from './load'
import { percentile } from './statistics'

// This module runs in its own process. Each IPC message is a job that says what to send.

type Tally = { latencies: number[]; statuses: Record<string, number> }

const send = async (connection: Connection, request: string, since: number, { latencies, statuses }: Tally): Promise<void> => {
  const status = await connection.send(request).catch(() => 0)
  latencies.push(performance.now() - since)
  statuses[status] = (statuses[status] ?? 0) + 1
}

/** Each connection takes a chain, sends its calls one after another, and then takes the next chain. */
const closedLoop = async (job: Job, tally: Tally): Promise<number> => {
  const text = requestOf(job)
  const url = new URL(job.origin)
  const began = performance.now()
  let next = 0
  let ended = 0
  const work = async () => {
    const connection = new Connection(url)
    while (!ended) {
      const chain = job.chains[job.cycle ? next % job.chains.length : next]
      next++
      if (!chain) break
      for (const call of chain) {
        const since = performance.now()
        if (ended || since - began > job.milliseconds) break
        await send(connection, text(call), since, tally)
      }
      if (performance.now() - began > job.milliseconds) break
    }
    ended ||= performance.now()
    connection.close()
  }
  await Promise.all(Array.from({ length: job.connections }, work))
  return ended - began
}

/** Sends each call when it is due, whether or not earlier calls are answered. Its latency is counted from that time. */
const openLoop = async (job: Job, rate: number, tally: Tally): Promise<number> => {
  const text = requestOf(job)
  const url = new URL(job.origin)
  const calls = job.chains.flat()
  const idle = Array.from({ length: job.connections }, () => new Connection(url))
  const all = [...idle]
  const take = (): Connection => {
    for (let connection = idle.pop(); connection; connection = idle.pop()) if (connection.isOpen) return connection
    const made = new Connection(url)
    all.push(made)
    return made
  }
  const began = performance.now()
  const running: Promise<void>[] = []
  await new Promise<void>((resolve) => {
    let sent = 0
    const tick = () => {
      for (; sent < calls.length && performance.now() - began >= (sent * 1_000) / rate; sent++) {
        const call = calls[sent]
        if (!call) continue
        const connection = take()
        const due = began + (sent * 1_000) / rate
        running.push(send(connection, text(call), due, tally).then(() => void idle.push(connection)))
      }
      if (sent >= calls.length) return resolve()
      setTimeout(tick, 1)
    }
    tick()
  })
  await Promise.all(running)
  const took = performance.now() - began
  for (const connection of all) connection.close()
  return took
}

const run = async (job: Job): Promise<Measured> => {
  const tally: Tally = { latencies: [], statuses: {} }
  const milliseconds = job.rate === null ? await closedLoop(job, tally) : await openLoop(job, job.rate, tally)
  const { latencies, statuses } = tally
  return {
    rate: (latencies.length * 1_000) / milliseconds,
    count: latencies.length,
    statuses,
    p50: percentile(latencies, 0.5),
    p95: percentile(latencies, 0.95),
    p99: percentile(latencies, 0.99),
  }
}

endWithParent()
process.on('message', (job: Job) => {
  run(job).then(
    (measured) => process.send?.(measured),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
