import { type Api, bearer, chainPlan, makeMilestones } from './api'
import { authorized, type Client } from './http'
import type { HttpCall } from './load'
import { read, time } from './plans'
import type { App } from './server'
import { percentile } from './statistics'
import { atMost, type Row } from './table'

/** How often each read is timed, and how long agents claim at a steady rate. */
export type AgentPace = { reads: number; seconds: number }

const AGENTS = 50
/** The claims of each agent in the closed loop. */
const CLAIMS_EACH = 20
const STEADY_RATE = 200

const [MILESTONES, EACH] = [100, 100]

/** A plan of which the second half waits for the first, each step for one. */
const halfReady = (size: number) => ({
  title: 'A milestone that agents share',
  checkpoints: Array.from({ length: size }, (_, at) => ({
    title: `Step ${at + 1} of the milestone`,
    depends_on: at >= size / 2 ? [at + 1 - size / 2] : [],
  })),
})

const allReady = (size: number) => ({
  title: 'A milestone that agents share',
  checkpoints: Array.from({ length: size }, (_, at) => ({ title: `Step ${at + 1} of the milestone` })),
})

const sessionOf = (agent: number) => `X-Session-Id: agent ${agent}`

export const measureAgents = async (client: Client, { reads, seconds }: AgentPace): Promise<Row[]> => {
  const { app, api, group_id, load } = client
  await makeMilestones(api, group_id, MILESTONES, halfReady(EACH))
  const few = (await api.post('/groups', { name: 'Few' })).group_id ?? ''
  await makeMilestones(api, few, 20, allReady(100))
  const large = await time(reads, () => read(app, `/groups/${group_id}/ready`))
  const small = await time(reads, () => read(app, `/groups/${few}/ready`))
  const rows: Row[] = [
    {
      what: `list what is ready of ${(MILESTONES * EACH).toLocaleString('en')} checkpoints`,
      unit: 'ms',
      figure: large.milliseconds,
      target: atMost(30),
      note: `half of them are ready, and each unblocks one; the median of ${reads}`,
    },
    { what: 'list 20 of 2,000 that are ready', unit: 'ms', figure: small.milliseconds, target: atMost(10), note: `the median of ${reads}` },
    { what: '  the size of its answer', unit: 'kB', figure: small.last / 1_000, target: atMost(8), note: 'not compressed' },
    await measureWhyBlocked(client, reads),
    await measureRace(app, group_id),
  ]
  const claims = Array.from({ length: STEADY_RATE * seconds }, (_, at): HttpCall => [...claimNext(group_id), sessionOf(at % AGENTS)])
  const { p50, p95 } = await load.run({ ...authorized(client), chains: [claims], rate: STEADY_RATE })
  rows.push({
    what: `claim the next task at a steady ${STEADY_RATE}/s, p95`,
    unit: 'ms',
    figure: p95,
    target: atMost(40),
    note: `p50 ${p50.toFixed(1)} ms over ${seconds} s, by ${AGENTS} agents of whom each holds what it has claimed; each call is timed from the moment when it was due`,
  })
  return rows
}

const claimNext = (group_id: string): ['POST', string, string] => ['POST', `/api/groups/${group_id}/claim-next`, '{}']

/** Measures agents of whom each asks again as soon as it is answered. @throws if two of them got the same checkpoint */
const measureRace = async (app: App, group_id: string): Promise<Row> => {
  const taken: string[] = []
  const waits: number[] = []
  const [method, path, body] = claimNext(group_id)
  const work = async (agent: number) => {
    const headers = {
      authorization: bearer(app).replace('Authorization: ', ''),
      'content-type': 'application/json',
      'x-session-id': `agent ${agent}`,
    }
    for (let times = 0; times < CLAIMS_EACH; times++) {
      const began = performance.now()
      const response = await fetch(app.origin + path, { method, headers, body })
      const { data } = await response.json()
      waits.push(performance.now() - began)
      if (!data?.checkpoint) throw new Error(`An agent got no checkpoint: ${response.status}`)
      taken.push(data.checkpoint.checkpoint_id)
    }
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: AGENTS }, (_, agent) => work(agent)))
  const rate = (taken.length * 1_000) / (performance.now() - began)
  if (new Set(taken).size < taken.length) throw new Error('Two agents claimed the same checkpoint')
  return {
    what: `claim the next task, ${AGENTS} agents at once`,
    unit: '/s',
    figure: rate,
    note: `${taken.length.toLocaleString('en')} claims, no checkpoint twice; p95 ${percentile(waits, 0.95).toFixed(0)} ms; the first had to load all checkpoints of the group`,
  }
}

const [LINKS, LINK] = [100, 50]

/** Asks at the end of a chain that goes through many milestones. */
const measureWhyBlocked = async ({ app, api }: Client, reads: number): Promise<Row> => {
  const { group_id = '' } = await api.post('/groups', { name: 'Chain' })
  const milestone_id = await makeLongChain(api, group_id)
  const asked = await time(reads, () => read(app, `/milestones/${milestone_id}/checkpoints/${LINK}/blockers`))
  return {
    what: `say why the end of a chain of ${(LINKS * LINK).toLocaleString('en')} is blocked`,
    unit: 'ms',
    figure: asked.milliseconds,
    target: atMost(30),
    note: `across ${LINKS} milestones; the median of ${reads}`,
  }
}

/** Makes milestones of which each begins where the one before ends, and returns the id of the last. */
const makeLongChain = async ({ post }: Api, group_id: string): Promise<string> => {
  const { title, checkpoints } = chainPlan(LINK)
  let last = ''
  for (let at = 0; at < LINKS; at++) {
    const linked = checkpoints.map((step, place) => (place === 0 && last ? { ...step, depends_on: [`${last}:${LINK}`] } : step))
    last = (await post(`/groups/${group_id}/milestones`, { title, checkpoints: linked })).milestone_id ?? ''
  }
  return last
}
