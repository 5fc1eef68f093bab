import { writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { administer, withDatabase } from '@/lib/testing/administer'
import { openApi } from './api'
import { ask, end, forkModule } from './child'
import { type Bench, measureCompletions, measureCreations, measureReads, measureSteady } from './http'
import { measureLane, type Pace } from './lane'
import { Load } from './load'
import { measureMemory } from './memory'
import { measurePages, signIn } from './pages'
import type { Plain } from './plain'
import { findServer, makeScratch, type Scratch, startServer } from './scratch'
import { startApp, stopApps, timeStart } from './server'
import { median } from './statistics'
import { isMeasured, type Missing, type Row, render, verdictOf } from './table'

// `npm run bench [-- --quick]` measures this build on this machine, each row beside its limit in the same run. A missed target or a failed
// measurement is reported, but does not fail the command.

process.chdir(path.join(path.dirname(fileURLToPath(import.meta.url)), '..'))

const quick = process.argv.includes('--quick')
const pace: Pace = quick ? { rounds: 1, milliseconds: 1_500 } : { rounds: 3, milliseconds: 2_000 }
const steadySeconds = quick ? 4 : 10
const starts = quick ? 1 : 3
const requests = quick ? 3_000 : 10_000

const rows: (Row | Missing)[] = []

const section = async (what: string, measure: () => Promise<Row[]>): Promise<void> => {
  process.stderr.write(`${what} … `)
  const began = performance.now()
  try {
    rows.push(...(await measure()))
  } catch (error) {
    rows.push({ what, error: error instanceof Error ? error.message : String(error) })
  }
  process.stderr.write(`${((performance.now() - began) / 1_000).toFixed(0)} s\n`)
}

const measureApp = async (scratch: Scratch): Promise<void> => {
  const app = await startApp(scratch)
  const load = new Load()
  const plain = forkModule('./plain.ts')
  try {
    const server = await findServer(scratch)
    const limitUrl = withDatabase(server.appUrl, 'bench_limit')
    const port = await ask<number>(plain, { writeUrl: limitUrl, readUrl: server.appUrl } satisfies Plain)
    const api = openApi(app)
    const { group_id = '' } = await api.post('/groups', { name: 'Bench' })
    const bench: Bench = { app, api, group_id, load, plainOrigin: `http://127.0.0.1:${port}` }
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
    await Promise.all([load.stop(), end(plain)])
    await app.stop()
  }
}

const measureStarts = async (scratch: Scratch): Promise<Row[]> => {
  const seconds: number[] = []
  for (let at = 0; at < starts; at++) seconds.push(await timeStart(scratch))
  const what = 'a later start until the first answer'
  return [{ what, unit: 's', figure: median(seconds), target: { of: 'figure', at: 'most', value: 3 } }]
}

const rounded = (value: number) => Number(value.toPrecision(4))

const save = (load: number): void => {
  const machine = { processors: os.availableParallelism(), node: process.versions.node, load_before: rounded(load) }
  const results = rows.map((row) => {
    if (!isMeasured(row)) return { ...row, verdict: verdictOf(row) }
    const limit = row.limit ? { limit: rounded(row.limit.figure), limit_is: row.limit.what } : {}
    const ratio = row.ratio === undefined ? {} : { ratio: rounded(row.ratio) }
    const { what, unit, figure, target, note } = row
    return { what: what.trim(), unit, figure: rounded(figure), ...limit, ...ratio, target, note, verdict: verdictOf(row) || undefined }
  })
  writeFileSync('bench/results.json', `${JSON.stringify({ at: new Date().toISOString(), quick, machine, rows: results }, null, 2)}\n`)
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
  await section('the lane alone', async () => {
    const server = await startServer(scratch)
    try {
      return await measureLane(server, pace)
    } finally {
      await server.stop()
    }
  })
  await section('the app', async () => {
    await measureApp(scratch)
    return []
  })
  await section('later starts', () => measureStarts(scratch))
} finally {
  await scratch.remove()
}
save(load)
console.log(`\n${render(rows)}`)
const processors = os.availableParallelism()
if (load > processors / 2)
  console.log(`\nThe machine had other work (load ${load.toFixed(1)} on ${processors} processors). Read the ratios, not the figures.`)
