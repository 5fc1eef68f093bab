import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { administer } from '@/lib/testing/administer'
import { measureTrail } from './activity'
import { type AgentPace, measureAgents } from './agents'
import { measureAnswers } from './answers'
import { openApi } from './api'
import { measureAuthentication } from './authentication'
import { ask, end, forkModule } from './child'
import { type Bench, type Client, measureCompletions, measureCreations, measureReads, measureSteady } from './http'
import { measureLane, type Pace } from './lane'
import { Load } from './load'
import { measureMemory } from './memory'
import { measureOutage } from './outage'
import { measurePages, signIn } from './pages'
import { measurePipelining } from './pipelining'
import type { Plain } from './plain'
import { measurePlans, type PlanPace } from './plans'
import { save } from './results'
import { findServer, makeScratch, openLimit, type Scratch, startServer } from './scratch'
import { startApp, stopApps, timeStart } from './server'
import { measureSignIns } from './sign-in'
import { measureSoak } from './soak'
import { median } from './statistics'
import { measureStreams } from './streams'
import { atMost, type Missing, type Row, render } from './table'
import { measureCommandLine, measureTools } from './tools'
import { measureVotes } from './votes'
import { measureWaits } from './waits'

// `npm run bench [-- --quick] [--only <part>,…]` measures this build on this machine, each row beside its limit in the same run. A missed
// target or a failed measurement is reported, but does not fail the command. Only a run of all parts is saved in results.json.

process.chdir(path.join(path.dirname(fileURLToPath(import.meta.url)), '..'))

const options = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } }).values
const { quick } = options
const pace: Pace = quick ? { rounds: 1, milliseconds: 1_500 } : { rounds: 3, milliseconds: 2_000 }
const steadySeconds = quick ? 4 : 10
const starts = quick ? 1 : 3
const requests = quick ? 3_000 : 10_000
const planPace: PlanPace = quick ? { creations: 3, reads: 3, bystanderSeconds: 8 } : { creations: 9, reads: 15, bystanderSeconds: 32 }
const agentPace: AgentPace = quick ? { reads: 7, seconds: 4 } : { reads: 25, seconds: 10 }
const soakSeconds = quick ? 30 : 600

const rows: (Row | Missing)[] = []

const fail = (what: string, error: unknown) => rows.push({ what, error: error instanceof Error ? error.message : String(error) })

/** Measures one section, which fails if it is not done within these seconds. */
const section = async (what: string, measure: () => Promise<Row[]>, seconds = 300): Promise<void> => {
  process.stderr.write(`${what} … `)
  const began = performance.now()
  const late = sleep(seconds * 1_000, null, { ref: false }).then(() => Promise.reject(new Error(`It was not done after ${seconds} s`)))
  try {
    rows.push(...(await Promise.race([measure(), late])))
  } catch (error) {
    fail(what, error)
  }
  process.stderr.write(`${((performance.now() - began) / 1_000).toFixed(0)} s\n`)
}

/** Starts the app, and the process that sends the load, for one part with a group of its own. */
const withApp = async (scratch: Scratch, name: string, measure: (client: Client) => Promise<void>): Promise<void> => {
  const app = await startApp(scratch)
  const load = new Load()
  try {
    const api = openApi(app)
    const { group_id = '' } = await api.post('/groups', { name })
    await measure({ app, api, group_id, load })
  } finally {
    await load.stop()
    await app.stop()
  }
}

const measureApp = async (scratch: Scratch, client: Client): Promise<void> => {
  const { app, api } = client
  const plain = forkModule('./plain.ts')
  try {
    const server = await findServer(scratch)
    const urls: Plain = { writeUrl: await openLimit(server), readUrl: server.appUrl }
    const bench: Bench = { ...client, plainOrigin: `http://127.0.0.1:${await ask<number>(plain, urls)}` }
    const cookie = await signIn(app)
    // Memory is measured first, so that the app has done nothing else before. This also warms the app up for the other measurements.
    await section('memory', () => measureMemory(bench, server.pid, cookie, requests))
    // PostgreSQL does this by itself once its tables have grown. The cost of the time before is measured in a separate row.
    await administer(server.ownerUrl, 'analyze')
    await section('complete over HTTP', () => measureCompletions(bench, pace))
    await section('complete at a steady rate', () => measureSteady(bench, steadySeconds))
    await section('read a milestone', () => measureReads(bench, pace))
    await section('create a milestone', () => measureCreations(bench, pace))
    await section('pages', () => measurePages(app, api, cookie))
  } finally {
    await end(plain)
  }
}

const measureStarts = async (scratch: Scratch): Promise<Row[]> => {
  const first = await startApp(scratch)
  await first.stop()
  const seconds: number[] = []
  for (let at = 0; at < starts; at++) seconds.push(await timeStart(scratch))
  const what = 'a later start until the first answer'
  return [{ what, unit: 's', figure: median(seconds), target: atMost(3) }]
}

const parts: Record<string, (scratch: Scratch) => Promise<void>> = {
  lane: (scratch) =>
    section('the lane alone', async () => {
      const server = await startServer(scratch)
      try {
        return await measureLane(server, pace)
      } finally {
        await server.stop()
      }
    }),
  authentication: (scratch) =>
    section('authentication', async () => {
      const server = await startServer(scratch)
      try {
        return await measureAuthentication(server, quick ? 5 : 25)
      } finally {
        await server.stop()
      }
    }),
  app: (scratch) => withApp(scratch, 'Bench', (client) => measureApp(scratch, client)),
  plans: (scratch) => withApp(scratch, 'Plans', (client) => section('the largest plans', () => measurePlans(client, planPace))),
  waits: (scratch) => withApp(scratch, 'Waits', (client) => section('waits', () => measureWaits(client, quick ? 3 : 7))),
  agents: (scratch) => withApp(scratch, 'Agents', (client) => section('agents at work', () => measureAgents(client, agentPace))),
  // The command line is measured first, while there is little that it could list.
  tools: (scratch) =>
    withApp(scratch, 'Tools', async (client) => {
      await section('the command line', () => measureCommandLine(client, scratch.dataDir))
      await section('tools of MCP', () => measureTools(client, pace))
    }),
  answers: (scratch) => withApp(scratch, 'Answers', (client) => section('the size of an answer', () => measureAnswers(client, pace))),
  'sign-in': (scratch) =>
    withApp(scratch, 'Sign-in', ({ app }) => section('signing in', async () => measureSignIns(app, await signIn(app), quick ? 5 : 15))),
  // The memory of a process tells something only if it has done nothing else before.
  pipelining: (scratch) => withApp(scratch, 'Pipelining', ({ app }) => section('unread requests', () => measurePipelining(app))),
  streams: (scratch) => withApp(scratch, 'Streams', (client) => section('event streams', () => measureStreams(client, quick ? 8 : 20))),
  soak: (scratch) => withApp(scratch, 'Soak', (client) => section('a soak', () => measureSoak(client, soakSeconds), soakSeconds + 120)),
  outage: (scratch) => section('the database goes away', () => measureOutage(scratch)),
  activity: (scratch) =>
    section('the activity', async () => {
      const server = await startServer(scratch)
      try {
        return await measureTrail(server, quick ? 3 : 9)
      } finally {
        await server.stop()
      }
    }),
  votes: (scratch) =>
    section('votes', async () => {
      const server = await startServer(scratch)
      try {
        return await measureVotes(server, pace, quick ? 5 : 15)
      } finally {
        await server.stop()
      }
    }),
  starts: (scratch) => section('later starts', () => measureStarts(scratch)),
}

const chosen = options.only?.split(',') ?? Object.keys(parts)
const unknown = chosen.filter((name) => !Object.hasOwn(parts, name))
if (unknown.length > 0) {
  console.error(`The benchmark has no part ${unknown.join(', ')}. Its parts are ${Object.keys(parts).join(', ')}.`)
  process.exit(1)
}

const [load = 0] = os.loadavg()
const scratch = makeScratch()
let isLeaving = false
const leave = async () => {
  if (isLeaving) return
  isLeaving = true
  await stopApps().then(scratch.remove).catch(console.error)
  process.exit(130)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, leave)

try {
  for (const name of chosen) {
    try {
      await parts[name]?.(scratch)
    } catch (error) {
      fail(name, error)
    }
  }
} finally {
  await stopApps().then(scratch.remove)
}
if (!options.only) save(rows, { quick, load })
console.log(`\n${render(rows)}`)
const processors = os.availableParallelism()
if (load > processors / 2)
  console.log(`\nThe machine had other work (load ${load.toFixed(1)} on ${processors} processors). Read the ratios, not the figures.`)
// A section that was given up may still hold a connection or a process.
process.exit()
