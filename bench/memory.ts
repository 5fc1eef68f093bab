import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { bearer, chainPlan, completion, makeMilestones } from './api'
import type { Client } from './http'
import { CHECKPOINTS_EACH } from './limit-data'
import type { HttpCall } from './load'
import { atMost, type Row } from './table'

const KILOBYTE = 1_024
export const MEGABYTE = KILOBYTE * KILOBYTE

const processes = (): { pid: number; parent: number }[] => {
  if (process.platform === 'linux') {
    return readdirSync('/proc').flatMap((name) => {
      try {
        // The process name, in parentheses, may contain spaces.
        const [, parent] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
        return [{ pid: Number(name), parent: Number(parent) }]
      } catch {
        return []
      }
    })
  }
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
  return lines.map((line) => {
    const [pid, parent] = line.trim().split(/\s+/).map(Number)
    return { pid: pid ?? 0, parent: parent ?? 0 }
  })
}

const withChildren = (roots: readonly number[]): number[] => {
  const all = processes()
  const found = new Set(roots)
  for (const pid of found) for (const child of all) if (child.parent === pid) found.add(child.pid)
  return [...found]
}

/** A page that several processes share counts as a part in each, so the sum is the memory that the machine would get back. */
const proportional = (pid: number): number | null => {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
    return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1]) * KILOBYTE
  } catch {
    return null
  }
}

const resident = (pid: number): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim()) * KILOBYTE

type Memory = { kind: 'PSS' | 'RSS, shared pages counted several times'; bytes: number }

export const memoryOf = (pids: readonly number[]): Memory => {
  const parts = pids.map(proportional)
  const sum = (numbers: readonly number[]) => numbers.reduce((total, part) => total + part, 0)
  if (parts.every((part) => part !== null)) return { kind: 'PSS', bytes: sum(parts) }
  return { kind: 'RSS, shared pages counted several times', bytes: sum(pids.map(resident)) }
}

/** Spare milestones, because the load ends as soon as one connection finds no chain left. */
const SPARE = 8

/** A mix of what people and agents do: mostly reads, some completions, some refusals, and now and then a new plan or a page. */
const mix = async ({ api, group_id }: Client, count: number): Promise<HttpCall[][]> => {
  const milestones = await makeMilestones(api, group_id, Math.ceil(count / 100) + SPARE, chainPlan(CHECKPOINTS_EACH))
  const plan = JSON.stringify(chainPlan(CHECKPOINTS_EACH))
  return milestones.map((id) => {
    const orders = Array.from({ length: CHECKPOINTS_EACH }, (_, at) => at + 1)
    return orders.flatMap((order): HttpCall[] => [
      completion(id, order),
      ['GET', `/api/milestones/${id}`],
      ['GET', `/api/groups/${group_id}/milestones?limit=20`],
      order === CHECKPOINTS_EACH ? ['POST', `/api/groups/${group_id}/milestones`, plan] : completion(id, CHECKPOINTS_EACH),
      order === CHECKPOINTS_EACH ? ['GET', `/m/${id}`] : ['GET', `/api/milestones/${id}`],
    ])
  })
}

export const measureMemory = async (client: Client, postgresPid: number, cookie: string, requests: number): Promise<Row[]> => {
  const { app, load } = client
  const chains = await mix(client, requests)
  const headers = [bearer(app), `Cookie: ${cookie}`]
  const { count } = await load.run({ origin: app.origin, headers, chains, milliseconds: 120_000 }, [200, 409])
  const own = memoryOf([app.pid])
  const database = memoryOf(withChildren([postgresPid]))
  const inMegabytes = (bytes: number) => bytes / MEGABYTE
  return [
    {
      what: `memory after ${count.toLocaleString('en')} requests`,
      unit: 'MB',
      figure: inMegabytes(own.bytes + database.bytes),
      target: atMost(450),
      note: `${own.kind}; the app ${inMegabytes(own.bytes).toFixed(0)} MB, PostgreSQL ${inMegabytes(database.bytes).toFixed(0)} MB`,
    },
  ]
}
