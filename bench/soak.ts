import { setTimeout as sleep } from 'node:timers/promises'
import { chainPlan, makeMilestones } from './api'
import { authorized, type Client } from './http'
import { CHECKPOINTS_EACH } from './limit-data'
import type { HttpCall } from './load'
import { type Held, heldBy } from './proc'
import { median } from './statistics'
import type { Row } from './table'

const RATE = 5
/** Made at full speed before, so that the growth of a process that has just started is not counted. */
const WARM_UP = 150
const SAMPLE_MILLISECONDS = 500
/** So many samples are taken together as one point in time, because the garbage collector makes each of them jump. */
const POINT = 8

/** Measures how the memory of the app grows while nothing but new milestones is made. */
export const measureSoak = async (client: Client, seconds: number): Promise<Row[]> => {
  const { app, api, group_id, load } = client
  const plan = chainPlan(CHECKPOINTS_EACH)
  await makeMilestones(api, group_id, WARM_UP, plan)
  const call: HttpCall = ['POST', `/api/groups/${group_id}/milestones`, JSON.stringify(plan)]
  const chains = [Array.from({ length: RATE * seconds }, () => call)]
  const samples: Held[] = []
  let isOver = false
  const make = async () => {
    try {
      await load.run({ ...authorized(client), chains, rate: RATE })
    } finally {
      isOver = true
    }
  }
  const watch = async () => {
    for (; !isOver; await sleep(SAMPLE_MILLISECONDS)) samples.push(heldBy(app.pid))
  }
  await Promise.all([make(), watch()])
  const middle = Math.floor(samples.length / 2)
  const residentAt = (from: number) => median(samples.slice(from, from + POINT).map(({ resident }) => resident))
  const [start, half, end] = [residentAt(0), residentAt(middle - POINT / 2), residentAt(samples.length - POINT)]
  const halfMinutes = seconds / 2 / 60
  const anonymous = median(samples.slice(-POINT).map((held) => held.anonymous))
  return [
    {
      what: `memory of the app after ${seconds} s of ${RATE} new milestones/s`,
      unit: 'MB',
      figure: end,
      note: `RSS, of which ${anonymous.toFixed(0)} MB are its heap, buffers and stacks; ${start.toFixed(0)} MB before; each milestone has ${CHECKPOINTS_EACH} checkpoints`,
    },
    { what: '  its growth in the first half', unit: 'MB/min', figure: (half - start) / halfMinutes },
    { what: '  its growth in the second half', unit: 'MB/min', figure: (end - half) / halfMinutes },
  ]
}
