/** What it takes to connect: the public address of the instance, a key, and the slug of the group in which it works. */
export type Connection = { origin: string; secret: string; group: string }

/** A text to put somewhere, exactly as it is. `where` says where: in a file, or in a terminal. */
export type Snippet = { where: string; text: string }

/** A client, with what connects it in the order of the steps, and what else one should know. */
export type Client = { id: string; name: string; snippets: readonly Snippet[]; note?: string }

const TERMINAL = 'In a terminal'

/** The name under which clients list the server and its tools. */
const NAME = 'cairn'

/** For a file that the client may have already. */
const MERGE = `If the file lists servers already, add "${NAME}" to them.`

const json = (value: object): string => JSON.stringify(value, null, 2)

/** How each client is connected. Where a client can keep the key out of a file that is shared, it does. */
export const clientsFor = ({ origin, secret, group }: Connection): readonly Client[] => {
  const url = `${origin}/mcp`
  const headers = { Authorization: `Bearer ${secret}` }
  const getCli = `curl -fsS ${origin}/cli > cairn && chmod +x cairn`
  return [
    {
      id: 'claude-code',
      name: 'Claude Code',
      snippets: [
        {
          where: `${TERMINAL}, in the folder of your project`,
          text: `claude mcp add --transport http ${NAME} ${url} --header "Authorization: Bearer ${secret}"`,
        },
        { where: 'Or in .mcp.json, in that folder', text: json({ mcpServers: { [NAME]: { type: 'http', url, headers } } }) },
      ],
      note: 'Either is enough. The command connects that folder (all folders with --scope user) and keeps the key in your own settings. The file holds the key, so keep it out of version control.',
    },
    {
      id: 'cursor',
      name: 'Cursor',
      snippets: [{ where: '~/.cursor/mcp.json', text: json({ mcpServers: { [NAME]: { url, headers } } }) }],
      note: `${MERGE} In .cursor/mcp.json of a project, it is for that project only. Keep that file out of version control, because it holds the key.`,
    },
    {
      id: 'vs-code',
      name: 'VS Code',
      snippets: [
        {
          where: '.vscode/mcp.json',
          text: json({
            inputs: [{ type: 'promptString', id: 'cairn-key', description: 'Cairn key', password: true }],
            servers: { [NAME]: { type: 'http', url, headers: { Authorization: ['Bearer ', '{input:cairn-key}'].join('$') } } },
          }),
        },
        { where: 'The key, when VS Code asks for it', text: secret },
      ],
      note: 'VS Code keeps the key in its own secret store, so the file can be shared with the team: each is asked for their own key. Start the server from the file, or from “MCP: List Servers”.',
    },
    {
      id: 'codex',
      name: 'Codex',
      snippets: [
        {
          where: '~/.codex/config.toml',
          text: `[mcp_servers.${NAME}]\nurl = "${url}"\nhttp_headers = { "Authorization" = "Bearer ${secret}" }`,
        },
      ],
      note: 'To keep the key out of the file, write bearer_token_env_var = "CAIRN_KEY" in place of the last line, and set that variable where Codex starts.',
    },
    {
      id: 'gemini-cli',
      name: 'Gemini CLI',
      snippets: [{ where: '~/.gemini/settings.json', text: json({ mcpServers: { [NAME]: { httpUrl: url, headers } } }) }],
      note: MERGE,
    },
    {
      id: 'claude-desktop',
      name: 'Claude Desktop',
      snippets: [
        { where: `${TERMINAL}. It prints a path`, text: `${getCli} && echo "$PWD/cairn"` },
        {
          where: 'claude_desktop_config.json, with that path in place of /path/to/cairn',
          text: json({
            mcpServers: { [NAME]: { command: 'node', args: ['/path/to/cairn', 'mcp'], env: { CAIRN_URL: origin, CAIRN_KEY: secret } } },
          }),
        },
      ],
      note: `Settings > Developer > Edit Config opens the file. ${MERGE} Claude Desktop talks only to local programs, so the command line is its bridge. It needs Node 20 or newer.`,
    },
    {
      id: 'command-line',
      name: 'Command line',
      snippets: [
        { where: `${TERMINAL}. It asks for the key`, text: `${getCli}\n./cairn login ${origin}\n./cairn ready ${group}` },
        { where: 'The key, when it asks for it', text: secret },
      ],
      note: `It needs Node 20 or newer, and nothing else. On Windows: curl.exe -fsS ${origin}/cli -o cairn.mjs, then node cairn.mjs login ${origin}`,
    },
    {
      id: 'curl',
      name: 'curl',
      snippets: [
        {
          where: TERMINAL,
          text: `curl -fsS ${origin}/api/groups/${group}/ready -H "Authorization: Bearer ${secret}" -H "Accept: text/plain"`,
        },
      ],
      note: `Every call is plain HTTP. ${origin}/docs/api lists them all.`,
    },
    {
      id: 'clink',
      name: 'Clink client',
      snippets: [
        {
          where: 'The file in which your client lists MCP servers',
          text: json({
            mcpServers: {
              clink: {
                command: 'uvx',
                args: ['--with', 'mcp<2', 'clink-mcp-server'],
                env: { CLINK_API_URL: `${origin}/api`, CLINK_API_KEY: secret },
              },
            },
          }),
        },
      ],
      note: 'The published client of Clink works here unchanged. It needs uv, and does not start with version 2 of the package mcp.',
    },
  ]
}

/** What stands for the secret of a key that was made earlier: nobody can show it any more. */
export const UNKNOWN_SECRET = 'YOUR_KEY'
