// @ts-check
import { formOf, labelOf, usageOf } from './arguments.mjs'
import { textOf } from './json.mjs'
import { flagOf, isPlan } from './values.mjs'

/** @typedef {import('./document.mjs').Call} Call @typedef {import('./document.mjs').Field} Field */

const BUILT_IN = [
  ['cairn login [URL]', 'Keep a key for a server. It is asked for without being shown, or read from standard input'],
  ['cairn logout [URL]', 'Forget the key'],
  ['cairn whoami', 'Show the server, where the key is from, and what it may do'],
  ['cairn mcp', 'Speak MCP over standard input and output, for clients that know only that'],
]

const WIDEST = 46
const LINE = 110

/** Two columns, of which the second is wrapped. @param {readonly (readonly string[])[]} rows */
function table(rows) {
  const width = Math.min(WIDEST, Math.max(0, ...rows.map(([left = '']) => left.length)))
  const indent = `\n  ${' '.repeat(width)}  `
  return rows
    .map(([left = '', right = '']) => {
      const wrapped = wrap(right, LINE - width - 4).join(indent)
      return `  ${left.padEnd(width)}${left.length > width ? indent : '  '}${wrapped}`.trimEnd()
    })
    .join('\n')
}

/** @param {string} text @param {number} width */
function wrap(text, width) {
  /** @type {string[]} */
  const lines = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** The first clause of a summary. @param {string} summary */
function brief(summary) {
  return summary.split(/[;.:] /, 1)[0] ?? ''
}

/** What `cairn --help` prints. @param {readonly Call[] | null} calls null if they are not known @param {string} config the file of the settings @param {string | null} url */
export function overview(calls, config, url) {
  const rows = (/** @type {readonly Call[]} */ some) =>
    table(some.map((call) => [usageOf(call).replace(' [--FLAGS]', ''), brief(call.summary)]))
  const known = calls ?? []
  const listed = [
    `At work\n${rows(known.filter(({ isAtWork }) => isAtWork))}`,
    `Other calls\n${rows(known.filter(({ isAtWork }) => !isAtWork))}`,
    'The events of cairn events are printed as they happen with --follow.',
  ]
  return `cairn: the command line of Cairn${url ? ` at ${url}` : ''}

Usage: cairn COMMAND [WORDS] [--FLAGS]
       cairn COMMAND --help

${calls ? listed.join('\n\n') : 'Sign in to see the calls of the server: cairn login URL'}

For the command line itself
${table(BUILT_IN)}

A checkpoint is "ms_x 3", "ms_x:3" or its id cp_x. Everything else is a flag: --field VALUE or --field=VALUE.
A list is written with commas, or by repeating the flag. A flag may leave out -id, -url or -seconds at its end:
--timeout 600 is --timeout-seconds 600.

Flags of every call
${table([
  ['--json', 'print the whole envelope in JSON, not the short text'],
  ['--body FILE', 'take the body from a file in JSON, or from standard input with -; so does --json FILE.json or --json -'],
  ['--session NAME', 'who holds your claims, if you share the key; without it, pass --claim-id'],
  ['--idempotency-key KEY', 'repeat a call under the same key, so that it takes effect once; default: a new one for each call'],
  ['--retry-seconds N', 'for how long a server that does not answer is called again; default: 30'],
  ['--url URL', 'the server to call'],
])}

${calls ? `Refusals, besides those in the help of each command\n${refusalsOfAll(calls)}\n\n` : ''}Settings: CAIRN_URL, CAIRN_KEY, CAIRN_SESSION, CAIRN_GROUP (for calls whose group is not named) and
CAIRN_RETRY_SECONDS, else ${config}

Exit codes: 0 done, 1 refused (the reason and the next calls are on standard error), 2 wrong usage, 3 no contact
with the server, 4 not signed in, 5 the time of a wait is over.`
}

/** What `cairn login --help` and the like print, or null for a call of the server. @param {string} command */
export function helpOfBuiltIn(command) {
  const [form, about] = BUILT_IN.find(([form = '']) => form.split(' ')[1] === command) ?? []
  return form === undefined ? null : `${wrap(`${about}.`, LINE).join('\n')}\n\nUsage: ${form}\n\ncairn --help has the flags of every call.`
}

/** The codes with which every call may be refused, and those with which every change may be refused besides. @param {readonly Call[]} calls */
function commonOf(calls) {
  const inAll = (/** @type {readonly Call[]} */ some) =>
    (some[0]?.refusals ?? []).filter((code) => some.every(({ refusals }) => refusals.includes(code)))
  const common = inAll(calls)
  return { calls: common, changes: inAll(calls.filter(({ kind }) => kind === 'mutation')).filter((code) => !common.includes(code)) }
}

/** @param {readonly Call[]} calls */
function refusalsOfAll(calls) {
  const common = commonOf(calls)
  return table([
    ['any call', common.calls.join(', ')],
    ['any change', common.changes.join(', ')],
  ])
}

/** What `cairn COMMAND --help` prints. @param {Call} call @param {readonly Call[]} calls */
export function helpOf(call, calls) {
  const { summary, fields, kind } = call
  const words = fields.filter(({ isWord }) => isWord)
  const flags = fields.filter(({ isWord }) => !isWord)
  const common = commonOf(calls)
  const own = call.refusals.filter((code) => !common.calls.includes(code) && !(kind === 'mutation' && common.changes.includes(code)))
  return [
    wrap(`${summary}.`, LINE).join('\n'),
    `Usage: ${usageOf(call)}`,
    words.length > 0 && table(words.map((field) => [labelOf(field.name), about(field, kind)])),
    flags.length > 0 && `Flags\n${table(flags.map((field) => [formOf(field), about(field, kind)]))}`,
    kind === 'wait' &&
      'It waits for as long as you say, in as many calls as that takes. Exit code 5: the time is over; 1: it can never come true.',
    kind === 'mutation' && 'If the server does not answer, it is sent again, and still takes effect only once.',
    own.length > 0 && wrap(`May be refused as: ${own.join(', ')}`, LINE).join('\n'),
    `cairn --help has the refusals of every ${kind === 'mutation' ? 'change' : 'call'}.`,
  ]
    .filter(Boolean)
    .join('\n\n')
}

/** @param {Field} field @param {Call['kind']} kind */
function about({ name, required, isWord, schema }, kind) {
  const described = textOf(schema.description)
  const { maximum } = schema
  const bounds = typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER && kind !== 'wait' && `at most ${maximum}`
  const hasDefault = schema.default !== undefined && String(schema.default) !== '' && !described.includes('default')
  const plan =
    isPlan({ name, place: 'body', required, isWord, schema }) &&
    `give the flag once for each, in order; after <- come the numbers it waits for, or ms_x:3; or all as JSON: --${flagOf(name)} '[{"title":"Design"}]'`
  const usual = hasDefault && `default: ${JSON.stringify(schema.default)}`
  const parts = [required && !isWord && 'needed', described || (isWord && `the ${flagOf(name)}`), plan, bounds, !plan && usual]
  return parts.filter(Boolean).join('; ')
}
