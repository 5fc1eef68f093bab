/** How clients name themselves, and how people call them. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/^claude[-_ ]code/i, 'Claude Code'],
  [/^claude[-_ ](ai|desktop)/i, 'Claude Desktop'],
  [/^cursor/i, 'Cursor'],
  [/^(visual studio code|vs[-_ ]?code)/i, 'VS Code'],
  [/^codex/i, 'Codex'],
  [/^gemini[-_ ]cli/i, 'Gemini CLI'],
  [/^cairn[-_]cli/i, 'The command line'],
  [/^clink/i, 'The Clink client'],
  [/^curl\b/i, 'curl'],
  [/^mozilla\b/i, 'A browser'],
]

const MOST_OF_A_NAME = 40

/** A name with its version, as `claude-code/2.1`, and what else a User-Agent says after it. */
const PRODUCT = /^([^/:]+)\/([\w.-]+).*$/

/** What a client that called itself so is called on the screen. A name that is not known is shown as it came, but of a User-Agent only the first product. */
export const clientName = (called: string | null): string => {
  if (called === null) return 'A client'
  const known = NAMES.find(([pattern]) => pattern.test(called))
  if (known) return known[1]
  const name = called.replace(PRODUCT, '$1 $2')
  return name.length <= MOST_OF_A_NAME ? name : `${name.slice(0, MOST_OF_A_NAME - 1)}…`
}
