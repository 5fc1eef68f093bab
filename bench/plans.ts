import { LIMITS } from '@/lib/domain/limits'
import { densePlan } from '@/lib/testing/plans'
import { type Api, completion, makeMilestones } from './api'
import { authorized, type Client } from './http'
import { CHECKPOINTS_EACH } from './limit-data'
import type { App } from './server'
import { median } from './statistics'
import { atMost, type Row } from './table'

/** How often each call is timed, and how long another client works meanwhile. */
export type PlanPace = { creations: number; reads: number; bystanderSeconds: number }

const LARGEST_PLAN = densePlan(LIMITS.checkpoints_per_milestone)

const create = async ({ post }: Api, group_id: string): Promise<string> => {
  const { milestone_id = '' } = await post(`/groups/${group_id}/milestones`, LARGEST_PLAN)
  return milestone_id
}

/** Reads a path to the end of its answer, and returns the size of the answer in bytes. */
export const read = async ({ origin, key }: App, path: string): Promise<number> => {
  const headers = { authorization: `Bearer ${key}`, 'accept-encoding': 'identity' }
  const response = await fetch(`${origin}/api${path}`, { headers })
  const { byteLength } = await response.arrayBuffer()
  if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`)
  return byteLength
}

type Timed<T> = { last: T; milliseconds: number }

/** Makes the same call several times, one after another, and returns the median time and the last result. */
export const time = async <T>(times: number, call: () => Promise<T>): Promise<Timed<T>> => {
  const taken: number[] = []
  for (;;) {
    const began = performance.now()
    const last = await call()
    taken.push(performance.now() - began)
    if (taken.length >= times) return { last, milliseconds: median(taken) }
  }
}

export const measurePlans = async (client: Client, { creations, reads, bystanderSeconds }: PlanPace): Promise<Row[]> => {
  const { app, api, group_id } = client
  const created = await time(creations, () => create(api, group_id))
  const path = `/milestones/${created.last}`
  const whole = await time(reads, () => read(app, path))
  const graph = await time(reads, () => read(app, `${path}/graph`))
  return [
    {
      what: 'create the largest plan',
      unit: 'ms',
      figure: created.milliseconds,
      target: atMost(500),
      note: `${LIMITS.checkpoints_per_milestone} checkpoints with ${LIMITS.dependencies_per_checkpoint} dependencies each; the median of ${creations}, with the whole milestone as the answer`,
    },
    {
      what: 'read the largest plan',
      unit: 'ms',
      figure: whole.milliseconds,
      target: atMost(150),
      note: `the median of ${reads}`,
    },
    { what: '  the size of its answer', unit: 'kB', figure: whole.last / 1_000, note: 'not compressed' },
    {
      what: '  its graph',
      unit: 'ms',
      figure: graph.milliseconds,
      note: `the median of ${reads}; the answer has ${(graph.last / 1_000).toFixed(0)} kB`,
    },
    await measureBystander(client, bystanderSeconds),
  ]
}

const BYSTANDER_RATE = 25

/** Measures a client that completes checkpoints of small milestones, while another one makes and reads the largest plans. */
const measureBystander = async (client: Client, seconds: number): Promise<Row> => {
  const { app, api, group_id, load } = client
  // Without dependencies, the checkpoints can be completed in any order, so that a call that overtakes another is not refused.
  const plan = { title: 'Small', checkpoints: Array.from({ length: CHECKPOINTS_EACH }, (_, at) => ({ title: `Step ${at + 1}` })) }
  const milestones = await makeMilestones(api, group_id, (BYSTANDER_RATE * seconds) / CHECKPOINTS_EACH, plan)
  const chains = milestones.map((id) => plan.checkpoints.map((_, at) => completion(id, at + 1)))
  let isOver = false
  const complete = async () => {
    try {
      return await load.run({ ...authorized(client), chains, rate: BYSTANDER_RATE })
    } finally {
      isOver = true
    }
  }
  const makePlans = async () => {
    let made = 0
    for (; !isOver; made++) await read(app, `/milestones/${await create(api, group_id)}`)
    return made
  }
  const [{ p50, p99 }, made] = await Promise.all([complete(), makePlans()])
  return {
    what: `complete at a steady ${BYSTANDER_RATE}/s beside such plans, p99`,
    unit: 'ms',
    figure: p99,
    target: atMost(600),
    note: `p50 ${p50.toFixed(1)} ms over ${seconds} s, in which one other client made and read ${made} of the largest plans`,
  }
}
