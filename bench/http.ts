import { type Api, bearer, chainPlan, completion, makeMilestones } from './api'
import type { Pace } from './lane'
import { CHECKPOINTS_EACH, LIMIT_CHECKPOINTS } from './limit-data'
import type { HttpCall, Load, Measured } from './load'
import type { App } from './server'
import { compare, median } from './statistics'
import { atMost, type Row } from './table'

/** What a part needs to send calls to the app. */
export type Client = { app: App; api: Api; group_id: string; load: Load }
/** The same, with the server that sets the limit. */
export type Bench = Client & { plainOrigin: string }

const orders = Array.from({ length: CHECKPOINTS_EACH }, (_, at) => at + 1)

/** The numbers of milestones that keep every connection busy for a whole round. */
const CHAINS = { 8: 250, 64: 400 } as const

const PLAIN = 'node:http + pg, one statement per request and nothing else'

export const authorized = ({ app }: Client) => ({ origin: app.origin, headers: [bearer(app)] })

/** Calls that complete checkpoints on the plain server, in scattered order. */
const plainCompletions = (): HttpCall[][] =>
  Array.from({ length: 2_000 }, (_, at) => [['POST', `/complete/cp_${((at * 7_919) % LIMIT_CHECKPOINTS) + 1}`, '{}']])

export const measureCompletions = async (bench: Bench, { rounds, milliseconds }: Pace): Promise<Row[]> => {
  const { api, group_id, load, plainOrigin } = bench
  const rows: Row[] = []
  for (const connections of [8, 64] as const) {
    const p95s: number[] = []
    const ours = async () => {
      const milestones = await makeMilestones(api, group_id, CHAINS[connections], chainPlan(CHECKPOINTS_EACH))
      const chains = milestones.map((id) => orders.map((order) => completion(id, order)))
      const { rate, p95 } = await load.run({ ...authorized(bench), chains, connections, milliseconds })
      p95s.push(p95)
      return rate
    }
    const plain = async () =>
      (await load.run({ origin: plainOrigin, chains: plainCompletions(), connections, milliseconds, cycle: true })).rate
    const measured = await compare(rounds, ours, plain)
    rows.push({
      what: `complete over HTTP, ${connections} clients`,
      unit: '/s',
      figure: measured.figure,
      limit: { what: `${PLAIN}: no lock, no order, no check, a short answer`, figure: measured.limit },
      ratio: measured.ratio,
      note: `p95 ${median(p95s).toFixed(1)} ms; each answer holds the whole milestone of ${CHECKPOINTS_EACH}`,
    })
  }
  return rows
}

const READ_SIZE = 100

export const measureReads = async (bench: Bench, { rounds, milliseconds }: Pace): Promise<Row[]> => {
  const { api, group_id, load, plainOrigin } = bench
  const milestones = await makeMilestones(api, group_id, 20, chainPlan(READ_SIZE))
  const taken: { ours: Measured[]; plain: Measured[] } = { ours: [], plain: [] }
  const ours = async () => {
    const chains = milestones.map((id): HttpCall[] => [['GET', `/api/milestones/${id}`]])
    const measured = await load.run({ ...authorized(bench), chains, milliseconds, cycle: true })
    taken.ours.push(measured)
    return measured.rate
  }
  const plain = async () => {
    const chains = milestones.map((id): HttpCall[] => [['GET', `/read/${id}`]])
    const measured = await load.run({ origin: plainOrigin, chains, milliseconds, cycle: true })
    taken.plain.push(measured)
    return measured.rate
  }
  const { figure, limit, ratio } = await compare(rounds, ours, plain)
  const percentiles = (['p50', 'p95'] as const).map((which) => ({ which, of: (all: Measured[]) => median(all.map((one) => one[which])) }))
  const what = `node:http + pg, the same rows by one json_agg`
  return [
    { what: `read a milestone of ${READ_SIZE}, 8 clients`, unit: '/s', figure, limit: { what, figure: limit }, ratio },
    ...percentiles.map(
      ({ which, of }): Row => ({
        what: `  its ${which}`,
        unit: 'ms',
        figure: of(taken.ours),
        limit: { what, figure: of(taken.plain) },
        ratio: of(taken.ours) / of(taken.plain),
      }),
    ),
  ]
}

const STEADY_RATE = 50

/** Measures calls that are sent whether or not earlier ones are answered, as independent agents send them. */
export const measureSteady = async (bench: Bench, seconds: number): Promise<Row[]> => {
  const { api, group_id, load } = bench
  const milestones = await makeMilestones(api, group_id, (STEADY_RATE * seconds) / CHECKPOINTS_EACH, chainPlan(CHECKPOINTS_EACH))
  const chains = orders.map((order) => milestones.map((id) => completion(id, order)))
  const { p50, p95 } = await load.run({ ...authorized(bench), chains, rate: STEADY_RATE })
  return [
    {
      what: `complete at a steady ${STEADY_RATE}/s, p95`,
      unit: 'ms',
      figure: p95,
      target: atMost(30),
      note: `p50 ${p50.toFixed(1)} ms over ${seconds} s; each call is timed from the moment when it was due`,
    },
  ]
}

const CREATE_SIZE = 50

export const measureCreations = async (bench: Bench, { rounds, milliseconds }: Pace): Promise<Row[]> => {
  const { group_id, load, plainOrigin } = bench
  const body = JSON.stringify(chainPlan(CREATE_SIZE))
  const p95s: number[] = []
  let made = 0
  const ours = async () => {
    const chains: HttpCall[][] = [[['POST', `/api/groups/${group_id}/milestones`, body]]]
    const { rate, p95 } = await load.run({ ...authorized(bench), chains, milliseconds, cycle: true })
    p95s.push(p95)
    return rate
  }
  const plain = async () => {
    const chains = Array.from({ length: 5_000 }, (): HttpCall[] => [['POST', `/create/new${made++}`, '{}']])
    return (await load.run({ origin: plainOrigin, chains, milliseconds })).rate
  }
  const { figure, limit, ratio } = await compare(rounds, ours, plain)
  return [
    {
      what: `create a milestone of ${CREATE_SIZE}, 8 clients`,
      unit: '/s',
      figure,
      limit: { what: `${PLAIN}, with one event for all ${CREATE_SIZE}`, figure: limit },
      ratio,
    },
    { what: '  its p95', unit: 'ms', figure: median(p95s) },
  ]
}
