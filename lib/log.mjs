// @ts-check
// Plain JavaScript, because server.mjs and the front use it too.

/**
 * The log of a process that runs as a server: one line of JSON on stderr for each entry. It has no secret, no parameter of a query, and no text that
 * people wrote. So a message is a sentence of ours, and facts are numbers and identifiers. An error of the database is logged by its code and by the
 * names of the table and the constraint. Of any other error, and of what a library prints, the first line is logged, without quotations. Everywhere,
 * what looks like a secret is masked.
 * @typedef {'warn' | 'error'} Level
 * @typedef {Record<string, string | number | boolean | null | undefined>} Facts
 * @typedef {{ name: string, message?: string, code?: string, constraint?: string, table?: string, routine?: string, digest?: string, stack?: string[], cause?: Described }} Described
 * @typedef {{ level: Level, message: string, error?: Described } & Record<string, unknown>} Entry
 */

/** In bytes. A longer entry is written without its facts and its error. */
const MOST_BYTES = 4_096
const MOST_CHARACTERS = 400
/** The rest of a longer text is not even examined, because that would take time. */
const MOST_READ = 2_000
const MOST_FRAMES = 8
const MOST_CAUSES = 3

/** In milliseconds. Of the entries of one kind, the first is written at once, and those that follow within this time as one entry with their number. */
const WINDOW = 10_000
/** So many kinds are told apart at a time. All further ones count as one kind, because a stranger may be able to cause ever new messages. */
const MOST_KINDS = 100

/** @param {Level} level @returns {(message: string, error?: unknown, facts?: Facts) => void} */
const writer = (level) => (message, error, facts) => {
  const told = error === undefined ? {} : { error: describeError(error) }
  enter({ level, message: shorten(maskSecrets(message)), ...maskFacts(facts), ...told })
}

export const log = { warn: writer('warn'), error: writer('error') }

/**
 * Makes the log all that this process prints. Libraries print past any logger that they are given, and hand the console whole errors, with the
 * parameters of a query. So the console and the streams themselves are replaced: this also holds for a library, or a version, that we do not know.
 * What a library says besides warnings and errors is not logged.
 */
export function guardOutput() {
  shared.write = process.stderr.write.bind(process.stderr)
  for (const method of /** @type {const} */ (['log', 'info', 'debug', 'dir', 'dirxml', 'table', 'group', 'groupCollapsed']))
    console[method] = () => {}
  console.warn = (...given) => enterForeign('warn', given)
  for (const method of /** @type {const} */ (['error', 'trace'])) console[method] = (...given) => enterForeign('error', given)
  process.stdout.write = guarded(() => {})
  process.stderr.write = guarded((text) => enterForeign('error', [text]))
  // Node prints a warning, and an error that nothing catches, past all of these.
  process.removeAllListeners('warning')
  process.on('warning', (warning) => log.warn('Node.js gave a warning.', warning))
  process.on('uncaughtException', (error) => {
    // Next has a listener of its own, with which the process goes on.
    if (process.listenerCount('uncaughtException') > 1) return
    log.error('This process ends because of an error that nothing caught.', error)
    process.exit(1)
  })
}

/** @param {(text: string) => void} use what happens to a text instead of being written @returns {typeof process.stdout.write} */
function guarded(use) {
  return (/** @type {string | Uint8Array} */ chunk, /** @type {unknown[]} */ ...more) => {
    use(typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk))
    const done = more.at(-1)
    if (typeof done === 'function') process.nextTick(done)
    return true
  }
}

/** @param {Level} level @param {unknown[]} given what a library prints */
function enterForeign(level, given) {
  const error = given.find((one) => one instanceof Error)
  const said = given
    .filter((one) => typeof one === 'string')
    .map(plain)
    .join(' ')
    .trim()
  if (error === undefined && said === '') return
  const message = /\w/.test(said) ? shorten(said) : 'Next.js or another library reported an error.'
  enter({ level, message, from: 'a library', ...(error === undefined ? {} : { error: describeError(error) }) })
}

/** @param {Facts} [facts] */
function maskFacts(facts = {}) {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, typeof value === 'string' ? shorten(maskSecrets(value)) : value]),
  )
}

/**
 * What follows the first entry of a kind: the number of entries that were not written, and the last of them.
 * @typedef {{ more: number, last: Entry }} Window
 */

/**
 * The windows by kind, and the function of stderr that writes, from before the streams were guarded.
 * @typedef {{ windows: Map<string, Window>, write: (line: string) => unknown }} Shared
 */

const SHARED = Symbol.for('cairn.log')

/** Kept outside the module, because Next's bundles have several copies of it. @type {Shared} */
const shared = Reflect.get(globalThis, SHARED) ?? share()
const { windows } = shared

function share() {
  /** @type {Shared} */
  const made = { windows: new Map(), write: (line) => process.stderr.write(line) }
  Reflect.set(globalThis, SHARED, made)
  // What was counted and not yet written is written when the process ends.
  process.once('exit', () => [...made.windows.keys()].forEach(end))
  return made
}

/** @param {Entry} entry */
function enter(entry) {
  const { level, message, error } = entry
  // The digest differs by the parameters of a query, and not by the fault.
  const named = JSON.stringify([level, message, error], (key, value) => (key === 'digest' ? undefined : value))
  const kind = windows.has(named) || windows.size < MOST_KINDS ? named : `others of ${entry.from ?? level}`
  const window = windows.get(kind)
  if (!window) return begin(kind, entry)
  window.more++
  window.last = entry
}

/** Begins the window of a kind with an entry that is written at once. @param {string} kind @param {Entry} entry */
function begin(kind, entry) {
  windows.set(kind, { more: 0, last: entry })
  setTimeout(() => end(kind), WINDOW).unref()
  print(entry)
}

/** @param {string} kind */
function end(kind) {
  const window = windows.get(kind)
  windows.delete(kind)
  if (window && window.more > 0) begin(kind, { ...window.last, repeated: window.more })
}

/** @param {Entry} entry */
function print(entry) {
  const { level, message, repeated } = entry
  const time = new Date().toISOString()
  const line = toLine({ time, ...entry })
  shared.write(Buffer.byteLength(line) < MOST_BYTES ? line : toLine({ time, level, message, repeated }))
}

/** Characters that JSON does not escape, and that end a line, steer a terminal, reorder text or are invisible. */
const UNSEEN = /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g

/** @param {object} entry */
function toLine(entry) {
  const json = JSON.stringify(entry)
  return `${json.replace(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`
}

/** @param {string} text */
function shorten(text) {
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}…`
}

/** @type {readonly (readonly [RegExp, string])[]} */
const SECRETS = [
  [/failed query[\s\S]*/gi, 'Failed query'],
  [/\b((?:proxy-)?authorization|(?:set-)?cookie)\b["']?\s*[:=][\s\S]*/gi, '$1: …'],
  [/\bbearer\s+\S+/gi, 'Bearer …'],
  [/\bsk_live_\w+/g, 'sk_live_…'],
  [/\bpostgres(?:ql)?:\/\/\S+/gi, 'postgres://…'],
  [/\/\/[^\s/@]+@/g, '//…@'],
  [/\?[^\s"'`]*=[^\s"'`]*/g, '?…'],
  [/(token|secret|password|passwd|pwd|api_?key)\b(["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s&,;]+)/gi, '$1$2…'],
]

/** What is long enough to be a secret. Ids of requests, names in code and codes of errors are as long, and are kept. */
const LONG = /[\w-]{24,}/g
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const NAME = /^([a-z]*([_A-Z-][a-z]{1,20})+|[A-Z]+(_[A-Z]{1,20})+)$/

/** @param {string} text */
function maskSecrets(text) {
  return maskKnown(text).replace(LONG, (long) => (UUID.test(long) || NAME.test(long) ? long : '…'))
}

/** @param {string} text */
function maskKnown(text) {
  return SECRETS.reduce((masked, [secret, instead]) => masked.replace(secret, instead), text.slice(0, MOST_READ))
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: a color is an escape code
const COLOR = /\u001b\[[\d;]*m|%[sdifoOjc]/g

/** The first line of a text that is not ours, without what it quotes: that may be what people wrote. @param {string} text */
function plain(text) {
  const uncolored = text.slice(0, MOST_READ).replace(COLOR, '').trim()
  const [line = ''] = uncolored.split(/[\r\n\u0085\u2028\u2029]/, 1)
  // A quotation may contain quotation marks, so it ends at the last one, and at the end of the text if it was cut off.
  return maskSecrets(line.replace(/(?<!\w)["'`‘“](?:.*["'`’”](?!\w)|.*)/, '“…”'))
}

/** @param {unknown} error @returns {Described} */
function describeError(error) {
  try {
    return describe(error, 0)
  } catch {
    return { name: 'unreadable' }
  }
}

/** @param {unknown} error @param {number} depth @returns {Described} */
function describe(error, depth) {
  if (!(error instanceof Error)) return { name: typeof error }
  const { name, cause } = error
  /** @type {Described} */
  const told = { name: identifier(name, /^\w{1,60}$/) ?? 'Error' }
  for (const key of /** @type {const} */ (['code', 'constraint', 'table', 'routine', 'digest'])) {
    const value = identifier(Reflect.get(error, key), /^\w{1,63}$/)
    if (value !== undefined) told[key] = value
  }
  // What a database says about an error quotes data, and its clients add the statement. An error of syntax quotes what was parsed, also without
  // quotation marks.
  if (told.name !== 'SyntaxError' && !['severity', 'query', 'params'].some((sign) => sign in error))
    told.message = shorten(plain(withoutCauses(error)))
  told.stack = framesOf(error)
  if (cause !== undefined && depth < MOST_CAUSES) told.cause = describe(cause, depth + 1)
  return told
}

/** @param {unknown} value @param {RegExp} form */
function identifier(value, form) {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && form.test(text) ? maskSecrets(text) : undefined
}

/** The message of an error without those of its causes, which are described by themselves. @param {Error} error */
function withoutCauses(error) {
  let { message } = error
  let { cause } = error
  for (let depth = 0; cause instanceof Error && depth < MOST_CAUSES; depth++) {
    if (cause.message !== '') message = message.replaceAll(cause.message, '…')
    cause = cause.cause
  }
  return message
}

const FRAME = /^\s+at (?:[\w$.<>#[\] ]{1,100} \()?[^()\s][^()]{0,200}:\d+:\d+\)?$/

/** @param {Error} error */
function framesOf({ stack = '', message }) {
  // A message may have lines that look like frames.
  const start = stack.includes(message) ? stack.indexOf(message) + message.length : 0
  const frames = stack
    .slice(start)
    .split('\n')
    .filter((line) => FRAME.test(line))
  return frames
    .slice(0, MOST_FRAMES)
    .map((frame) => shorten(maskKnown(frame.trim().replace('file://', '').replace(`${process.cwd()}/`, ''))))
}
