import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterAll, beforeAll } from 'vitest'
import { handle } from '@/lib/transport/handle'
import { createFront } from '../../front/front.mjs'
import { listen } from '../../tools/port.mjs'
import type { Data, TestInstance } from './instance'

/** The newest revision of each era, and the older ones that clients still speak. */
export const REVISIONS = ['2025-03-26', '2025-06-18', '2025-11-25', '2026-07-28'] as const

export type Revision = (typeof REVISIONS)[number]

/** What a tool answered: its text, and whether that is a refusal. */
export type Told = { text: string; isError: boolean }

export type Agent = {
  client: Client
  call: (tool: string, given?: Data, signal?: AbortSignal) => Promise<Told>
  close: () => Promise<void>
}

export type Mcp = {
  /** The address at which the server listens. */
  url: () => string
  /** Connects a client of the SDK, which speaks exactly this revision. */
  connect: (secret: string, revision: Revision, more?: { query?: string; headers?: Record<string, string> }) => Promise<Agent>
  /** Sends a body as it is, or any other value as JSON. With `signal`, the client can leave. */
  post: (secret: string | null, body: unknown, headers?: Record<string, string>, query?: string, signal?: AbortSignal) => Promise<Response>
}

/** Options with which a client of the SDK speaks exactly this revision. */
export const optionsOf = (revision: Revision) =>
  revision === '2026-07-28'
    ? { versionNegotiation: { mode: { pin: revision } } }
    : { supportedProtocolVersions: [revision], versionNegotiation: { mode: 'legacy' as const } }

/** Connects a client of the SDK to an address, which speaks exactly this revision. */
export const connectAgent = async (
  url: string,
  secret: string,
  revision: Revision,
  headers: Record<string, string> = {},
): Promise<Agent> => {
  const client = new Client({ name: 'test-agent', version: '1.2.3' }, optionsOf(revision))
  const requestInit = { headers: { authorization: `Bearer ${secret}`, ...headers } }
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }))
  const call: Agent['call'] = async (name, given = {}, signal) => {
    const { content, isError = false } = await client.callTool({ name, arguments: given }, signal ? { signal } : {})
    const [only, ...others] = content
    if (only?.type !== 'text' || others.length > 0) throw new Error(`the answer is not one text: ${JSON.stringify(content)}`)
    return { text: only.text, isError }
  }
  return { client, call, close: () => client.close() }
}

/** Serves an instance behind the real front, on a port, for clients that speak MCP. */
export const useMcp = (test: TestInstance): Mcp => {
  const front = createFront({
    address: () => ({ url: 'http://cairn.test', hosts: [] }),
    handle: (request) => handle(test.instance, request),
    page: async (_req, res) => res.end(),
  })
  let port: number
  const agents: Agent[] = []
  beforeAll(async () => {
    port = await listen(front.server, 0, '127.0.0.1')
  })
  afterAll(async () => {
    await Promise.all(agents.map(({ close }) => close()))
    await front.stop(100)
  })
  const url = () => `http://127.0.0.1:${port}/mcp`
  return {
    url,
    connect: async (secret, revision, { query = '', headers = {} } = {}) => {
      const agent = await connectAgent(url() + query, secret, revision, headers)
      agents.push(agent)
      return agent
    },
    post: (secret, body, headers = {}, query = '', signal) =>
      fetch(url() + query, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
          ...headers,
        },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...(signal && { signal }),
      }),
  }
}

/** What is sent with each request of the 2026 era, besides its parameters. */
export const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
}

/** A request of the 2026 era, and the headers that have to go with it. */
export const modern = (method: string, params: Data = {}): { body: Data; headers: Record<string, string> } => {
  const named = params.name ?? params.uri
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, ...(typeof named === 'string' && { 'mcp-name': named }) }
  return { body: { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: { ...ENVELOPE } } }, headers }
}

export type CallTool = (tool: string, given: Data) => Promise<Told>

/** Calls tools without a port. The key must be valid. */
export const toolAs =
  ({ instance }: TestInstance, secret: string): CallTool =>
  async (name, given) => {
    const { body, headers } = modern('tools/call', { name, arguments: given })
    const init = { method: 'POST', headers: { ...headers, authorization: `Bearer ${secret}`, 'content-type': 'application/json' } }
    const response = await handle(instance, new Request('http://cairn.test/mcp', { ...init, body: JSON.stringify(body) }))
    const { result } = await messageIn(response)
    if (!result) throw new Error(`the call of ${name} was answered by ${response.status}`)
    return { text: result.content[0].text, isError: result.isError ?? false }
  }

/** The message in an answer, which is JSON in one era and an event in the other. */
export const messageIn = async (response: Response): Promise<Data> => {
  const text = await response.text()
  const event = /^data: (.*)$/m.exec(text)
  return JSON.parse(event?.[1] ?? text)
}
