// @ts-check
// Plain JavaScript, because start.mjs imports it before any package is installed.
import { existsSync } from 'node:fs'
import { isIP } from 'node:net'
import path from 'node:path'

/** @typedef {{ clientId: string, clientSecret: string }} ProviderClient what a provider of sign-ins has given to this instance */

/**
 * @typedef {object} Env
 * @property {number} port
 * @property {string} host
 * @property {string} url public origin, without a slash at its end
 * @property {boolean} urlGiven false if `url` is the default
 * @property {string[]} hosts further hosts under which it may be called, in lower case and each with or without a port
 * @property {string} dataDir absolute path
 * @property {boolean} dataDirGiven false if `dataDir` is the default, which may be replaced by a folder that PostgreSQL can enter
 * @property {string | null} databaseUrl null for the built-in PostgreSQL in `dataDir`
 * @property {boolean} demo
 * @property {{ per_second: number, burst: number } | null} rate how many calls a key may make; null for any number
 * @property {{ github: ProviderClient | null, google: ProviderClient | null }} providers by which people can sign in besides
 * @property {{ url: string, from: string } | null} mail by which invitations are mailed; null if none is sent
 * @property {string[]} proxies addresses and networks of the proxies whose word about the address of a client is believed
 */

/** @param {Record<string, string | undefined>} source @param {string} [root] the checkout @returns {Env} */
export function parseEnv(source, root = process.cwd()) {
  const port = parsePort(source.PORT)
  const host = parseHost(source.HOST)
  return {
    port,
    host,
    url: parseUrl(source.CAIRN_URL) ?? `http://${reachable(host)}:${port}`,
    urlGiven: source.CAIRN_URL !== undefined,
    hosts: parseHosts(source.CAIRN_HOSTS),
    dataDir: path.resolve(root, parseDataDir(source.CAIRN_DATA_DIR)),
    dataDirGiven: source.CAIRN_DATA_DIR !== undefined,
    databaseUrl: parseDatabaseUrl(source.DATABASE_URL),
    demo: parseDemo(source.CAIRN_DEMO),
    rate: parseRate(source.CAIRN_RATE, source.CAIRN_BURST),
    proxies: parseProxies(source.CAIRN_PROXIES),
    providers: { github: parseProvider(source, 'CAIRN_GITHUB'), google: parseProvider(source, 'CAIRN_GOOGLE') },
    mail: parseMail(source.SMTP_URL, source.CAIRN_MAIL_FROM),
  }
}

/** Whether it listens for other machines, while no host is known under which they may call it. @param {Env} env */
export function needsUrl({ host, urlGiven, hosts }) {
  return isEveryAddress(host) && !urlGiven && hosts.length === 0
}

/** @param {string} host */
function isEveryAddress(host) {
  return host === '0.0.0.0' || host === '::'
}

/** @type {Env | undefined} */
let cached

/** Reads the variables of the process, and from the checkout's .env those that the process does not set. */
export function env() {
  if (cached) return cached
  // Node before 20.12 has no `loadEnvFile`. There, Next still reads .env later, but start.mjs and the commands do not.
  if (existsSync('.env') && typeof process.loadEnvFile === 'function') process.loadEnvFile('.env')
  cached = parseEnv(process.env)
  return cached
}

/** @param {string | undefined} value */
function parsePort(value) {
  if (value === undefined) return 3000
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65535) return Number(value)
  throw wrong('PORT', `"${value}" is not a whole number from 0 to 65535`, 'PORT=3000')
}

/** @param {string | undefined} value */
function parseHost(value) {
  if (value === undefined) return '127.0.0.1'
  const host = value.replace(/^\[(.*)\]$/, '$1')
  if (isIP(host) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(host)) return host
  throw wrong('HOST', `"${value}" is neither an IP address nor a host name`, 'HOST=127.0.0.1')
}

/** Returns the host name by which a browser on this machine reaches a server on `host`. @param {string} host */
function reachable(host) {
  if (isEveryAddress(host)) return 'localhost'
  return isIP(host) === 6 ? `[${host}]` : host
}

/** @param {string | undefined} value */
function parseUrl(value) {
  if (value === undefined) return null
  const example = 'CAIRN_URL=https://cairn.example.com'
  if (!URL.canParse(value)) throw wrong('CAIRN_URL', `"${value}" is not a URL`, example)
  const url = new URL(value)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw wrong('CAIRN_URL', 'it must begin with http:// or https://', example)
  if (url.username || url.password) throw wrong('CAIRN_URL', 'it must not carry a user name or password', example)
  if (url.pathname !== '/' || url.search || url.hash)
    throw wrong('CAIRN_URL', `"${value}" is more than an origin; leave out the path, query and fragment`, example)
  return url.origin
}

/** @param {string | undefined} value */
function parseHosts(value) {
  if (value === undefined || value.trim() === '') return []
  return value.split(',').map((part) => {
    const host = isIP(part.trim()) === 6 ? `[${part.trim()}]` : part.trim()
    if (/^([a-z0-9_.-]+|\[[0-9a-f:.]+\])(:\d+)?$/i.test(host) && URL.canParse(`http://${host}`)) {
      // A URL leaves out the port 80, and here a host without a port stands for every port.
      return new URL(`http://${host}`).hostname + (/:\d+$/.exec(host.replace(/^\[.*\]/, ''))?.[0] ?? '')
    }
    throw wrong(
      'CAIRN_HOSTS',
      `"${host}" is not a host name or IP address, with or without a port`,
      'CAIRN_HOSTS=cairn.lan,192.168.1.7:3000',
    )
  })
}

/** @param {string | undefined} value */
function parseDataDir(value) {
  if (value === undefined) return '.cairn'
  if (value.trim() !== '' && !value.includes('\0')) return value
  throw wrong('CAIRN_DATA_DIR', 'it is empty or contains a NUL character', 'CAIRN_DATA_DIR=/var/lib/cairn')
}

/** @param {string | undefined} value contains a password, so no message repeats it */
function parseDatabaseUrl(value) {
  // "embedded" overrides a URL in .env. An empty value is refused, because it is more likely a secret that is missing.
  if (value === undefined || value === 'embedded') return null
  const example = 'DATABASE_URL=postgres://user:password@localhost:5432/cairn'
  if (value === '') throw wrong('DATABASE_URL', 'it is empty; for the built-in database, unset it or set it to "embedded"', example)
  if (!URL.canParse(value)) throw wrong('DATABASE_URL', 'it is not a URL', example)
  const { protocol } = new URL(value)
  if (protocol === 'postgres:' || protocol === 'postgresql:') return value
  throw wrong('DATABASE_URL', `it begins with ${protocol}// instead of postgres:// or postgresql://`, example)
}

/** @param {string | undefined} value */
function parseDemo(value) {
  if (value === undefined || value === 'on') return true
  if (value === 'off') return false
  throw wrong('CAIRN_DEMO', `"${value}" is neither "on" nor "off"`, 'CAIRN_DEMO=off')
}

/** @param {string | undefined} rate @param {string | undefined} burst */
function parseRate(rate, burst) {
  const at_once = parseCount('CAIRN_BURST', burst, 200)
  return rate === 'off' ? null : { per_second: parseCount('CAIRN_RATE', rate, 50, ' or "off"'), burst: at_once }
}

/** @param {string} name @param {string | undefined} value @param {number} otherwise @param {string} [or] */
function parseCount(name, value, otherwise, or = '') {
  if (value === undefined) return otherwise
  if (/^[1-9]\d{0,5}$/.test(value)) return Number(value)
  throw wrong(name, `"${value}" is not a whole number from 1 to 999999${or}`, `${name}=${otherwise}`)
}

/** @param {string | undefined} value */
function parseProxies(value) {
  if (value === undefined || value.trim() === '') return []
  return value.split(',').map((part) => {
    const proxy = part.trim()
    const [address = '', bits, ...more] = proxy.split('/')
    const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
    if (most > 0 && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most))) return proxy
    throw wrong('CAIRN_PROXIES', `"${proxy}" is neither an IP address nor a network`, 'CAIRN_PROXIES=127.0.0.1,10.0.0.0/8')
  })
}

/** @param {Record<string, string | undefined>} source @param {string} name of the variables, without their ends @returns {ProviderClient | null} */
function parseProvider(source, name) {
  const [idName, secretName] = [`${name}_CLIENT_ID`, `${name}_CLIENT_SECRET`]
  const [clientId, clientSecret] = [source[idName]?.trim(), source[secretName]?.trim()]
  if (!clientId && !clientSecret) return null
  if (clientId && clientSecret) return { clientId, clientSecret }
  const [missing, given] = clientId ? [secretName, idName] : [idName, secretName]
  throw wrong(missing, `it is empty although ${given} is set; people sign in so only with both`, `${missing}=…`)
}

/** @param {string | undefined} url contains a password, so no message repeats it @param {string | undefined} from */
function parseMail(url, from) {
  if (url === undefined || url.trim() === '') return null
  const example = 'SMTP_URL=smtp://user:password@mail.example.com:587'
  if (!URL.canParse(url)) throw wrong('SMTP_URL', 'it is not a URL', example)
  const { protocol, hostname } = new URL(url)
  if (protocol !== 'smtp:' && protocol !== 'smtps:')
    throw wrong('SMTP_URL', `it begins with ${protocol}// instead of smtp:// or smtps://`, example)
  if (hostname === '') throw wrong('SMTP_URL', 'it names no host', example)
  if (from && /^[^\r\n]*[^\s@]@[^\s@]+$/.test(from)) return { url, from: from.trim() }
  const what = from ? `"${from}" is not an address` : 'SMTP_URL is set, and mail needs a sender'
  throw wrong('CAIRN_MAIL_FROM', what, 'CAIRN_MAIL_FROM=Cairn <cairn@example.com>')
}

/** @param {string} name @param {string} what @param {string} example */
function wrong(name, what, example) {
  return new Error(`${name} is wrong: ${what}. Example: ${example}`)
}
