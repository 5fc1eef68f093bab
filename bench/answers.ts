import { LIMITS } from '@/lib/domain/limits'
import { chainPlan, completion, makeMilestones } from './api'
import { authorized, type Client } from './http'
import type { Pace } from './lane'
import { type HttpCall, Load } from './load'
import { type Compared, compare } from './statistics'
import type { Row } from './table'

const SMALL = 10
const LARGE = LIMITS.checkpoints_per_milestone

const IN_BRIEF = 'Prefer: return=minimal'
const COMPRESSED = 'Accept-Encoding: gzip'

/** The numbers of milestones of each size that keep the callers busy for a whole round. */
const CHAINS = { 1: { small: 250, large: 8 }, 8: { small: 800, large: 12 }, 32: { small: 1_000, large: 32 } } as const
const CALLERS = [1, 8, 32] as const

/** Completions per second in milestones of one size. The last checkpoint stays pending, so that no milestone is closed, whatever its size. */
const completions = async (client: Client, size: number, callers: (typeof CALLERS)[number], milliseconds: number, headers: string[]) => {
  const { api, group_id, load } = client
  const count = CHAINS[callers][size === LARGE ? 'large' : 'small']
  const milestones = await makeMilestones(api, group_id, count, chainPlan(size), size === LARGE ? 2 : 16)
  const chains = milestones.map((id) => Array.from({ length: size - 1 }, (_, at) => completion(id, at + 1)))
  const { origin, headers: known } = authorized(client)
  const { rate } = await load.run({ origin, headers: [...known, ...headers], chains, connections: callers, milliseconds })
  return rate
}

/** Measures what an answer costs by its size: of a change in a small and in the largest milestone, and of the largest read, compressed and not. */
export const measureAnswers = async (client: Client, pace: Pace): Promise<Row[]> => {
  const rows: Row[] = []
  for (const [form, headers] of [['in brief', [IN_BRIEF]] as const, ['with the whole milestone', []] as const]) {
    for (const callers of CALLERS) {
      const { figure, limit, ratio } = await compare(
        pace.rounds,
        () => completions(client, LARGE, callers, pace.milliseconds, [...headers]),
        () => completions(client, SMALL, callers, pace.milliseconds, [...headers]),
      )
      rows.push({
        what: `complete in a milestone of ${LARGE}, answered ${form}, ${callers} ${callers === 1 ? 'caller' : 'callers'}`,
        unit: '/s',
        figure,
        limit: { what: `the same in milestones of ${SMALL}`, figure: limit },
        ratio,
        ...(headers.length > 0 ? { target: { of: 'ratio', at: 'least', value: 0.77 } } : {}),
      })
    }
  }
  return [...rows, ...(await measureSizes(client)), ...(await measureCompression(client, pace))]
}

/** Sends a call and returns the size of its answer as it goes over the wire, in kB. */
const sizeOf = async (client: Client, [method, path, body]: HttpCall, ...more: string[]): Promise<number> => {
  const { origin, headers: known } = authorized(client)
  const lines = ['Accept-Encoding: identity', 'Content-Type: application/json', ...known, ...more]
  const headers = Object.fromEntries(lines.map((line) => line.split(': ', 2)))
  const response = await fetch(`${origin}${path}`, { method, headers, ...(body === undefined ? {} : { body }) })
  await response.arrayBuffer()
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}`)
  return Number(response.headers.get('content-length')) / 1_000
}

const readOf = (milestone_id: string): HttpCall => ['GET', `/api/milestones/${milestone_id}`]

const measureSizes = async (client: Client): Promise<Row[]> => {
  const [milestone_id = ''] = await makeMilestones(client.api, client.group_id, 1, chainPlan(LARGE))
  const whole = await sizeOf(client, completion(milestone_id, 1))
  const brief = await sizeOf(client, completion(milestone_id, 2), IN_BRIEF)
  const plain = await sizeOf(client, readOf(milestone_id))
  const compressed = await sizeOf(client, readOf(milestone_id), COMPRESSED)
  const size = (what: string, figure: number, of: string, limit: number): Row => ({
    what,
    unit: 'kB',
    figure,
    limit: { what: of, figure: limit },
    ratio: figure / limit,
  })
  return [
    size('  the size of an answer in brief', brief, 'the whole milestone', whole),
    size(`a milestone of ${LARGE}, compressed`, compressed, 'the same, not compressed', plain),
  ]
}

const STEADY_RATE = 25
const READERS = 32

const measureCompression = async (client: Client, { rounds, milliseconds }: Pace): Promise<Row[]> => {
  const { api, group_id, load } = client
  const reads = (await makeMilestones(api, group_id, 8, chainPlan(LARGE), 2)).map((id) => [readOf(id)])
  const { origin, headers } = authorized(client)
  const jobOf = (...more: string[]) => ({ origin, headers: [...headers, ...more], chains: reads, cycle: true })
  const rate = async (...more: string[]) => (await load.run({ ...jobOf(...more), milliseconds })).rate
  const rates = await compare(
    rounds,
    () => rate(COMPRESSED),
    () => rate(),
  )
  const readers = new Load()
  /** The p95 of a client that completes checkpoints of small milestones while others read. */
  const beside = async (...more: string[]) => {
    const count = Math.ceil((STEADY_RATE * milliseconds) / 1_000 / SMALL)
    // Without dependencies, a call that overtakes another is not refused.
    const plan = { title: 'Small', checkpoints: Array.from({ length: SMALL }, (_, at) => ({ title: `Step ${at + 1}` })) }
    const milestones = await makeMilestones(api, group_id, count, plan)
    const chains = milestones.map((id) => Array.from({ length: SMALL }, (_, at) => completion(id, at + 1)))
    const [{ p95 }] = await Promise.all([
      load.run({ ...authorized(client), chains, rate: STEADY_RATE }),
      readers.run({ ...jobOf(...more), connections: READERS, milliseconds }),
    ])
    return p95
  }
  try {
    const waits = await compare(
      rounds,
      () => beside(COMPRESSED),
      () => beside(),
    )
    const rowOf = (what: string, unit: Row['unit'], { figure, limit, ratio }: Compared): Row => ({
      what,
      unit,
      figure,
      limit: { what: 'the same, not compressed', figure: limit },
      ratio,
    })
    return [
      rowOf(`read a milestone of ${LARGE}, compressed, 8 clients`, '/s', rates),
      rowOf(`complete at a steady ${STEADY_RATE}/s beside ${READERS} such readers, p95`, 'ms', waits),
    ]
  } finally {
    await readers.stop()
  }
}
