// @ts-check
import { codeOf, EXIT, Failure, wrongUsage } from './failure.mjs'
import { isRecord, parseJson, recordOf, textOf } from './json.mjs'

/**
 * What is kept between calls: the key for each server and, for a script that was signed in elsewhere than at the server that handed it out,
 * the server to call instead.
 * @typedef {{ servers: Record<string, { key: string }>, elsewhere: Record<string, string> }} Config
 */

/** @typedef {Record<string, string | undefined>} Variables */

/** The folder of the settings. @param {Variables} variables @param {string} platform @param {string} home */
export function folderOf(variables, platform, home) {
  if (platform === 'win32') return `${variables.APPDATA || `${home}\\AppData\\Roaming`}\\cairn`
  return `${variables.XDG_CONFIG_HOME || `${home}/.config`}/cairn`
}

/** @returns {Promise<string>} */
export async function settingsFolder() {
  const { homedir } = await import('node:os')
  return folderOf(process.env, process.platform, homedir())
}

export async function configFile() {
  return `${await settingsFolder()}/config.json`
}

/** @returns {Promise<Config>} */
export async function readConfig() {
  const file = await configFile()
  const { readFileSync } = await import('node:fs')
  let text = '{}'
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw new Failure(EXIT.usage, `${file} cannot be read (${codeOf(error)}). Make it readable for you.`)
  }
  const config = parseJson(text)
  if (!isRecord(config))
    throw new Failure(EXIT.usage, `${file} holds no JSON object. Correct it, or rename it and sign in again: cairn login`)
  const servers = Object.entries(recordOf(config.servers)).map(([url, server]) => [url, { key: textOf(recordOf(server).key) }])
  const elsewhere = Object.entries(recordOf(config.elsewhere)).map(([from, to]) => [from, textOf(to)])
  return { servers: Object.fromEntries(servers), elsewhere: Object.fromEntries(elsewhere) }
}

/** Replaces the settings in one step, readable for this user alone. @param {Config} config */
export async function writeConfig(config) {
  const file = await configFile()
  try {
    await writePrivately(file, `${JSON.stringify(config, null, 2)}\n`)
  } catch (error) {
    throw new Failure(
      EXIT.usage,
      `${file} cannot be written (${codeOf(error)}). Make its folder writable, or set CAIRN_URL and CAIRN_KEY instead.`,
    )
  }
}

/** @param {string} file @param {string} text */
export async function writePrivately(file, text) {
  const { mkdirSync, renameSync, writeFileSync } = await import('node:fs')
  const { dirname } = await import('node:path')
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  // A file that is there already may belong to somebody else, or be a link.
  const draft = `${file}.${crypto.randomUUID()}`
  writeFileSync(draft, text, { mode: 0o600, flag: 'wx' })
  renameSync(draft, file)
}

/** The origin that an address of a server means. @param {string} given */
export function originOf(given) {
  const url = URL.canParse(given) ? new URL(given) : null
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw wrongUsage(`"${given}" is no address of a server. Write it like http://127.0.0.1:3000 or https://cairn.example.com`)
  if (url.username || url.password) throw wrongUsage('The address of the server must not carry a user name or password.')
  if (!['/', '/api', '/api/', '/mcp', '/cli'].includes(url.pathname) || url.search || url.hash)
    throw wrongUsage(`"${given}" is more than the address of a server. Leave out what follows the host: ${url.origin}`)
  return url.origin
}

/**
 * The server that is called, and how.
 * @typedef {object} Server
 * @property {string} url its origin
 * @property {string | null} key
 * @property {string} keyFrom where the key comes from
 * @property {string | null} session
 * @property {string} version of this script
 * @property {number} patience for how long a call is tried again, in milliseconds
 */

/**
 * A key is only ever sent to the server that it is for: the one that it was given for by `login`, or the one that is called while CAIRN_KEY is set.
 * @param {{ url?: string, session?: string, retry?: string }} options @param {{ address: string, version: string }} self
 * @returns {Promise<Server>}
 */
export async function findServer(options, { address, version }) {
  const { CAIRN_URL, CAIRN_KEY, CAIRN_SESSION, CAIRN_RETRY_SECONDS } = process.env
  const chosen = options.url || CAIRN_URL
  const config = chosen && CAIRN_KEY ? { servers: {}, elsewhere: {} } : await readConfig()
  const url = chosen ? originOf(chosen) : config.elsewhere[address] || address
  if (!url) throw wrongUsage('No server is known. Sign in: cairn login URL')
  const known = CAIRN_KEY ? null : config.servers[url]?.key || null
  const session = options.session || CAIRN_SESSION || null
  assertPlain('The session', session)
  return {
    url,
    key: CAIRN_KEY?.trim() || known,
    keyFrom: CAIRN_KEY ? 'CAIRN_KEY' : await configFile(),
    session,
    version,
    patience: 1_000 * secondsOf(options.retry || CAIRN_RETRY_SECONDS || '30'),
  }
}

/** @param {string} text */
function secondsOf(text) {
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw wrongUsage(`"${text}" is not a number of seconds to keep trying. Write it like --retry-seconds 30`)
}

/** Other characters do not get through a header. @param {string} what @param {string | null | undefined} value */
export function assertPlain(what, value) {
  if (value && /[^\x20-\x7e\xa0-\xff]/.test(value))
    throw wrongUsage(`${what} has a character that it must not have. Use letters from A to Z, digits and signs like - or _`)
}

/** @param {Server} server */
export function assertKey({ url, key, keyFrom }) {
  if (!key) throw new Failure(EXIT.notSignedIn, `There is no key for ${url}. Sign in: cairn login ${url}   (or set CAIRN_KEY)`)
  if (/[^\x21-\x7e]/.test(key)) throw new Failure(EXIT.notSignedIn, `The key in ${keyFrom} has a character that no key has. Copy it again.`)
}
