import { spawn, spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { CHECKPOINTS_EACH, LIMIT_CHECKPOINTS, type Step } from './limit-data'

/** The tool that measures the limits of PostgreSQL itself: pgbench if it is installed. */
export const limitTool = (): 'pgbench' | 'node + pg' => (spawnSync('pgbench', ['--version']).status === 0 ? 'pgbench' : 'node + pg')

/** Measures transactions per second. Each step is one round trip with a prepared statement. */
export const measureTransactions = (url: string, steps: readonly Step[], clients: number, milliseconds: number): Promise<number> =>
  limitTool() === 'pgbench' ? runPgbench(url, steps, clients, milliseconds) : runClients(url, steps, clients, milliseconds)

const runPgbench = async (url: string, steps: readonly Step[], clients: number, milliseconds: number): Promise<number> => {
  const file = path.join(tmpdir(), `cairn-bench-${process.pid}.sql`)
  const choose = `\\set checkpoint random(1, ${LIMIT_CHECKPOINTS})\n\\set milestone (:checkpoint - 1) / ${CHECKPOINTS_EACH} + 1\n`
  writeFileSync(file, choose + steps.map(({ sql, keep }) => `${sql.replace(/\s*\n\s*/g, ' ')}${keep ? ' \\gset' : ';'}\n`).join(''))
  const { hostname, port, username, password, pathname } = new URL(url)
  const seconds = Math.max(1, Math.round(milliseconds / 1_000))
  const args = ['-n', '-M', 'prepared', '-f', file, '-c', String(clients), '-j', String(Math.min(2, clients)), '-T', String(seconds)]
  const env = { ...process.env, PGHOST: hostname, PGPORT: port, PGUSER: username, PGPASSWORD: decodeURIComponent(password) }
  try {
    const output = await run('pgbench', [...args, pathname.slice(1)], env)
    const rate = /tps = ([\d.]+)/.exec(output)?.[1]
    if (!rate) throw new Error(`pgbench printed no rate: ${output.slice(-500)}`)
    return Number(rate)
  } finally {
    rmSync(file, { force: true })
  }
}

const run = (program: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk
      })
    }
    child.once('error', reject)
    child.once('close', () => resolve(output))
  })

type Prepared = { name: string; text: string; names: string[]; keep: boolean }

/** Replaces each `:name`, but not a `::type`, with a numbered parameter. */
const prepare = ({ sql, keep = false }: Step, at: number): Prepared => {
  const names: string[] = []
  const text = sql.replace(/(?<!:):([a-z]+)/g, (_, name: string) => {
    if (!names.includes(name)) names.push(name)
    return `$${names.indexOf(name) + 1}`
  })
  return { name: `step ${at}`, text, names, keep }
}

const runClients = async (url: string, steps: readonly Step[], clients: number, milliseconds: number): Promise<number> => {
  const prepared = steps.map(prepare)
  const connected = await Promise.all(
    Array.from({ length: clients }, async () => {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      return client
    }),
  )
  const began = performance.now()
  let done = 0
  const work = async (client: pg.Client) => {
    while (performance.now() - began < milliseconds) {
      const checkpoint = 1 + Math.floor(Math.random() * LIMIT_CHECKPOINTS)
      const variables: Record<string, unknown> = { checkpoint, milestone: Math.ceil(checkpoint / CHECKPOINTS_EACH) }
      for (const { name, text, names, keep } of prepared) {
        const { rows } = await client.query({ name, text, values: names.map((variable) => String(variables[variable])) })
        if (keep) Object.assign(variables, rows[0])
      }
      done++
    }
  }
  await Promise.all(connected.map(work))
  const rate = (done * 1_000) / (performance.now() - began)
  await Promise.all(connected.map((client) => client.end()))
  return rate
}
