import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { chainPlan, completion, makeMilestones } from './api'
import { authorized, type Client } from './http'
import type { Pace } from './lane'
import { CHECKPOINTS_EACH } from './limit-data'
import type { HttpCall } from './load'
import { compare, median } from './statistics'
import { atMost, type Row } from './table'

const CLIENTS = 8
const CHAINS = 250
const RUNS = 15

/** A call of a tool in one of the two eras of the protocol, as the body of a request and the headers that go with it. */
type Era = { what: string; headers: readonly string[]; meta: object }

const ERAS: readonly Era[] = [
  {
    what: '2026-07-28',
    headers: ['MCP-Protocol-Version: 2026-07-28', 'Mcp-Method: tools/call', 'Mcp-Name: complete_checkpoint'],
    meta: {
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  },
  { what: '2025-11-25', headers: ['MCP-Protocol-Version: 2025-11-25'], meta: {} },
]

const toolCall = (era: Era, milestone_id: string, order: number): HttpCall => {
  const params = { name: 'complete_checkpoint', arguments: { milestone_id, order }, ...era.meta }
  return ['POST', '/mcp', JSON.stringify({ jsonrpc: '2.0', id: order, method: 'tools/call', params })]
}

const orders = Array.from({ length: CHECKPOINTS_EACH }, (_, at) => at + 1)

/** Measures a completion over MCP beside the same over REST, which answers in brief. */
export const measureTools = async (client: Client, { rounds, milliseconds }: Pace): Promise<Row[]> => {
  const { api, group_id, load } = client
  const { origin, headers: known } = authorized(client)
  const run = async (call: (milestone_id: string, order: number) => HttpCall, headers: readonly string[]) => {
    const milestones = await makeMilestones(api, group_id, CHAINS, chainPlan(CHECKPOINTS_EACH))
    const chains = milestones.map((id) => orders.map((order) => call(id, order)))
    const { rate } = await load.run({ origin, headers: [...known, ...headers], chains, connections: CLIENTS, milliseconds })
    return 1_000 / rate
  }
  const rows: Row[] = []
  for (const era of ERAS) {
    const { figure, limit, ratio } = await compare(
      rounds,
      () => run((id, order) => toolCall(era, id, order), ['Accept: application/json, text/event-stream', ...era.headers]),
      () => run(completion, ['Prefer: return=minimal']),
    )
    rows.push({
      what: `complete over MCP (${era.what}), ${CLIENTS} clients, time of a call`,
      unit: 'ms',
      figure,
      limit: { what: 'the same over REST, answered in brief', figure: limit },
      ratio,
      target: { of: 'ratio', at: 'most', value: 1.5 },
    })
  }
  return rows
}

const run = promisify(execFile)

/** Measures the whole process of the command line, from its start to its exit. */
export const measureCommandLine = async ({ app, group_id }: Client, folder: string): Promise<Row[]> => {
  const file = path.join(folder, 'cairn')
  const script = await fetch(`${app.origin}/cli`)
  if (!script.ok) throw new Error(`GET /cli answered ${script.status}`)
  await writeFile(file, await script.text())
  const env = { ...process.env, CAIRN_URL: app.origin, CAIRN_KEY: app.key, XDG_CONFIG_HOME: folder }
  const time = async (args: readonly string[]) => {
    const began = performance.now()
    await run(process.execPath, args, { env })
    return performance.now() - began
  }
  const several = async (args: readonly string[]) => {
    // The first run reads the description of the API, which the next ones find in its cache.
    await time(args)
    const times: number[] = []
    for (let at = 0; at < RUNS; at++) times.push(await time(args))
    return median(times)
  }
  const figure = await several([file, 'ready', group_id])
  const bare = await several(['-e', ''])
  return [
    {
      what: 'cairn ready, from start to exit',
      unit: 'ms',
      figure,
      limit: { what: 'a process of Node that does nothing', figure: bare },
      ratio: figure / bare,
      target: atMost(150),
      note: `the median of ${RUNS}`,
    },
  ]
}
