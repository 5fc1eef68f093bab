import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { makeKey } from '@/lib/auth/key'
import { clientName } from '../key/client-name'
import { masked } from '../key/masked'
import { type Client, clientsFor } from './clients'

const { secret } = makeKey('group')
const origin = 'https://cairn.test:8443'
const clients = clientsFor({ origin, secret, group: 'backend-team' })
const bearer = { Authorization: `Bearer ${secret}` }

const textsOf = (id: string): string[] =>
  (clients.find((client) => client.id === id) ?? expect.fail(`no ${id}`)).snippets.map(({ text }) => text)
const parsed = (id: string, at = 0) => JSON.parse(textsOf(id)[at] ?? expect.fail())

/** The words of each command, as a shell understands them: each command is a function that prints its arguments. */
const wordsOf = (command: string, text: string): string[] =>
  execFileSync('bash', ['-euc', `${command}() { printf '%s\\n' "$@"; }\n${text}`], { encoding: 'utf8' })
    .trimEnd()
    .split('\n')

describe('the configuration of a client', () => {
  it('has the key of its owner and the address, wherever it has any', () => {
    expect(clients.map(({ name }) => name)).toEqual([
      'Claude Code',
      'Cursor',
      'VS Code',
      'Codex',
      'Gemini CLI',
      'Claude Desktop',
      'Command line',
      'curl',
      'Clink client',
    ])
    for (const { name, snippets } of clients) {
      const all = snippets.map(({ text }) => text).join('\n')
      expect(all, name).toContain(origin)
      expect(all, name).toContain(secret)
    }
  })

  it('of Claude Code is a command and a file', () => {
    expect(wordsOf('claude', textsOf('claude-code')[0] ?? '')).toEqual([
      ...['mcp', 'add', '--transport', 'http', 'cairn', `${origin}/mcp`, '--header', `Authorization: Bearer ${secret}`],
    ])
    expect(parsed('claude-code', 1)).toEqual({ mcpServers: { cairn: { type: 'http', url: `${origin}/mcp`, headers: bearer } } })
  })

  it('of Cursor and of Gemini CLI differ in one word', () => {
    expect(parsed('cursor')).toEqual({ mcpServers: { cairn: { url: `${origin}/mcp`, headers: bearer } } })
    expect(parsed('gemini-cli')).toEqual({ mcpServers: { cairn: { httpUrl: `${origin}/mcp`, headers: bearer } } })
  })

  it('of VS Code asks for the key, so that the file can be shared', () => {
    const { inputs, servers } = parsed('vs-code')
    expect(servers).toEqual({ cairn: { type: 'http', url: `${origin}/mcp`, headers: { Authorization: 'Bearer $' + '{input:cairn-key}' } } })
    expect(inputs).toEqual([{ type: 'promptString', id: 'cairn-key', description: expect.any(String), password: true }])
    expect(textsOf('vs-code')).toEqual([expect.not.stringContaining(secret), secret])
  })

  it('of Codex is a table of TOML', () => {
    expect(textsOf('codex')).toEqual([
      ['[mcp_servers.cairn]', `url = "${origin}/mcp"`, `http_headers = { "Authorization" = "Bearer ${secret}" }`].join('\n'),
    ])
  })

  it('of Claude Desktop runs the command line as its bridge', () => {
    expect(parsed('claude-desktop', 1)).toEqual({
      mcpServers: { cairn: { command: 'node', args: ['/path/to/cairn', 'mcp'], env: { CAIRN_URL: origin, CAIRN_KEY: secret } } },
    })
    expect(textsOf('claude-desktop')[0]).toContain(`curl -fsS ${origin}/cli > cairn`)
  })

  it('of the command line asks for the key, so that no history of a shell has it', () => {
    const [commands = '', key] = textsOf('command-line')
    expect(commands.split('\n')).toEqual([
      `curl -fsS ${origin}/cli > cairn && chmod +x cairn`,
      `./cairn login ${origin}`,
      './cairn ready backend-team',
    ])
    expect(commands).not.toContain(secret)
    expect(key).toBe(secret)
  })

  it('of curl is one command', () => {
    expect(wordsOf('curl', textsOf('curl')[0] ?? '')).toEqual([
      ...['-fsS', `${origin}/api/groups/backend-team/ready`, '-H', `Authorization: Bearer ${secret}`, '-H', 'Accept: text/plain'],
    ])
  })

  it('of the Clink client is two variables, and a version of its library with which it starts', () => {
    expect(parsed('clink')).toEqual({
      mcpServers: {
        clink: {
          command: 'uvx',
          args: ['--with', 'mcp<2', 'clink-mcp-server'],
          env: { CLINK_API_URL: `${origin}/api`, CLINK_API_KEY: secret },
        },
      },
    })
  })

  it('is shown with a mask that tells keys apart and does not give the key away', () => {
    expect(masked(secret)).toBe(`sk_live_g_••••••••${secret.slice(-4)}`)
    const shown = (from: readonly Client[]) => from.flatMap(({ snippets }) => snippets.map(({ text }) => text)).join('\n')
    const screen = shown(clientsFor({ origin, secret: masked(secret), group: 'backend-team' }))
    expect(screen).not.toContain(secret.slice(10, -4))
    expect(screen.replaceAll(masked(secret), secret)).toBe(shown(clients))
  })
})

describe('the name of a client', () => {
  it.each([
    ['claude-code 2.1.0', 'Claude Code'],
    ['claude-code/2.1.0 (cli)', 'Claude Code'],
    ['claude-ai/0.1.0', 'Claude Desktop'],
    ['cursor-vscode 1.0', 'Cursor'],
    ['Visual Studio Code 1.107.0', 'VS Code'],
    ['codex-mcp-client 0.60.1', 'Codex'],
    ['gemini-cli-mcp-client-cairn 0.0.1', 'Gemini CLI'],
    ['cairn-cli/0.1.0', 'The command line'],
    ['curl/8.5.0', 'curl'],
    ['My own agent 3', 'My own agent 3'],
    ['My own agent/3.1', 'My own agent 3.1'],
    ['https://agent.test/x', 'https://agent.test/x'],
    ['Playwright/1.65.1 (x64; debian 12) node/20', 'Playwright 1.65.1'],
    ['Mozilla/5.0 (X11; Linux x86_64)', 'A browser'],
    [null, 'A client'],
  ])('of %j is %s', (called, name) => expect(clientName(called)).toBe(name))

  it('is never long', () => expect(clientName('x'.repeat(100))).toHaveLength(40))
})
