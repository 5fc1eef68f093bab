import type { EmbeddedPostgres } from '@/db/embedded/server'
import { type Instance, openInstance } from '@/db/instance'
import type { Actor } from '@/lib/domain/context'
import { completeCheckpoint, createGroup, createMilestone } from '@/lib/operations'
import type { Operation } from '@/lib/operations/define'
import { execute } from '@/lib/operations/execute'
import { ensureOwner } from '@/lib/operations/setup'
import { administer } from '@/lib/testing/administer'
import { CHECKPOINTS_EACH, LANE_STEPS } from './limit-data'
import { makeDatabase, openLimit } from './scratch'
import { compare, median } from './statistics'
import type { Row } from './table'
import { limitTool, measureTransactions } from './transactions'

export type Pace = { rounds: number; milliseconds: number }

/** The checkpoints of one milestone form a chain. A caller completes them in order, so that every call is valid and none is repeated. */
const CHAIN = Array.from({ length: CHECKPOINTS_EACH }, (_, at) => ({ title: `Step ${at + 1}`, depends_on: at > 0 ? [at] : [] }))

/** The numbers of milestones that keep every caller busy for a whole round. */
const CHAINS = { 1: 150, 8: 350, 64: 700 } as const
const CALLERS = [1, 8, 64] as const
/** The milestones of a new instance: enough to show the cost of a query plan that PostgreSQL made for an empty table. */
const YOUNG = 200

type Call = (operation: Operation, input: object) => Promise<{ data: string }>

const callAs =
  (instance: Instance, actor: Actor): Call =>
  (operation, input) =>
    execute(instance, operation, { input, actor })

const together = (callers: number, work: () => Promise<void>) => Promise.all(Array.from({ length: callers }, work))

const makeChains = async (call: Call, group_id: string, count: number): Promise<string[]> => {
  const made: string[] = []
  let left = count
  await together(16, async () => {
    while (left-- > 0) {
      const { data } = await call(createMilestone, { group_id, title: 'Chain', checkpoints: CHAIN })
      made.push(JSON.parse(data).milestone_id)
    }
  })
  return made
}

/** Measures completions per second. Each caller waits for the answer before it sends its next call. */
const completions = async (call: Call, chains: string[], callers: number, milliseconds: number): Promise<number> => {
  const began = performance.now()
  const isOver = () => performance.now() - began > milliseconds
  let done = 0
  let ended = 0
  await together(callers, async () => {
    while (!isOver() && !ended) {
      const milestone_id = chains.pop()
      if (!milestone_id) break
      for (let order = 1; order <= CHECKPOINTS_EACH && !isOver() && !ended; order++) {
        await call(completeCheckpoint, { milestone_id, order })
        done++
      }
    }
    ended ||= performance.now()
  })
  return (done * 1_000) / ((ended || performance.now()) - began)
}

/** Measures the lane in this process, without HTTP, beside the same statements sent for one operation at a time. */
export const measureLane = async (server: EmbeddedPostgres, { rounds, milliseconds }: Pace): Promise<Row[]> => {
  const limitUrl = await openLimit(server)
  const { url, ownerUrl } = await makeDatabase(server, 'bench_lane')
  const instance = await openInstance(url, 'http://127.0.0.1')
  try {
    const { principal_id } = await ensureOwner(instance)
    const actor: Actor = { actor_id: principal_id, key_id: null, session_id: null, via: 'rest' }
    const call = callAs(instance, actor)
    const { group_id } = JSON.parse((await call(createGroup, { name: 'Bench' })).data)
    const chains = await makeChains(call, group_id, YOUNG)
    const young = await completions(call, chains, 64, milliseconds)
    await administer(ownerUrl, 'analyze')
    const old = await completions(call, await makeChains(call, group_id, YOUNG), 64, milliseconds)
    const rows: Row[] = []
    for (const callers of CALLERS) {
      const measured = await compare(
        rounds,
        async () => completions(call, await makeChains(call, group_id, CHAINS[callers]), callers, milliseconds),
        () => measureTransactions(limitUrl, LANE_STEPS, callers, milliseconds),
      )
      rows.push({
        what: `complete, the lane alone, ${callers} ${callers === 1 ? 'caller' : 'callers'}`,
        unit: '/s',
        figure: measured.figure,
        limit: { what: `the same statements, one operation at a time (${limitTool()})`, figure: measured.limit },
        ratio: measured.ratio,
        ...(callers === 64 ? { target: { of: 'ratio', at: 'least', value: 3 } } : {}),
      })
    }
    rows.push({
      what: 'the same, before the database knows its tables',
      unit: '/s',
      figure: young,
      limit: { what: `the same number after ANALYZE, which PostgreSQL runs by itself within some minutes`, figure: old },
      ratio: young / old,
      target: { of: 'ratio', at: 'least', value: 0.7 },
    })
    rows.push(await measureCold(url, actor, await makeChains(call, group_id, CHAINS[64]), { rounds, milliseconds }))
    return rows
  } finally {
    await instance.close()
  }
}

/** A process that has just started has nothing in memory and loads what each call needs. The same is true after another process wrote. */
const measureCold = async (url: string, actor: Actor, chains: string[], { rounds, milliseconds }: Pace): Promise<Row> => {
  const share = Math.ceil(chains.length / rounds)
  const rates: number[] = []
  for (let round = 0; round < rounds; round++) {
    const instance = await openInstance(url, 'http://127.0.0.1')
    try {
      rates.push(await completions(callAs(instance, actor), chains.splice(0, share), 64, milliseconds))
    } finally {
      await instance.close()
    }
  }
  return { what: 'the same, of a process that has loaded nothing', unit: '/s', figure: median(rates) }
}
