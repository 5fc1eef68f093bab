// @ts-check
import { loadCalls } from './document.mjs'
import { EXIT, Failure, wrongUsage } from './failure.mjs'
import { print, tell } from './output.mjs'
import { configFile, originOf, readConfig, writeConfig } from './settings.mjs'

/** @typedef {import('./settings.mjs').Server} Server @typedef {{ address: string, version: string }} Self */

const PATIENCE_MS = 3_000

/** Keeps a key for a server after it has answered to it. @param {readonly string[]} words @param {{ url?: string }} options @param {Self} self */
export async function login(words, options, self) {
  const { url } = await serverIn(words, options, self, 'cairn login URL')
  const key = (await readKey(`Key for ${url} (it is not shown): `)).trim().replace(/^Bearer\s+/i, '')
  if (!/^sk_live_[ug]_[a-z0-9]+$/.test(key)) throw wrongUsage('This is no key of Cairn. A key begins with sk_live_u_ or sk_live_g_')
  const server = { url, key, keyFrom: 'your input', session: null, version: self.version, patience: PATIENCE_MS }
  await loadCalls(server, { fresh: true })
  // Another login may have kept a key while this one was asked for its own.
  const config = await readConfig()
  config.servers[url] = { key }
  if (url === self.address) delete config.elsewhere[url]
  else config.elsewhere[self.address] = url
  await writeConfig(config)
  print(`Signed in at ${url}. The key is kept in ${await configFile()}`)
  const { hostname, protocol } = new URL(url)
  if (protocol === 'http:' && !/^(127\.|localhost$|\[::1\]$)/.test(hostname)) tell('Note that http:// sends the key without encryption.')
  if (process.env.CAIRN_KEY) tell('Note that CAIRN_KEY is set, and goes before this key.')
  return EXIT.done
}

/** @param {readonly string[]} words @param {{ url?: string }} options @param {Self} self */
export async function logout(words, options, self) {
  const { url, config } = await serverIn(words, options, self, 'cairn logout URL')
  const wasKnown = config.servers[url] !== undefined
  delete config.servers[url]
  if (config.elsewhere[self.address] === url) delete config.elsewhere[self.address]
  await writeConfig(config)
  print(wasKnown ? `Signed out of ${url}` : `There was no key for ${url}`)
  if (process.env.CAIRN_KEY) tell('Note that CAIRN_KEY is still set.')
  return EXIT.done
}

/** @param {readonly string[]} words @param {{ url?: string }} options @param {Self} self @param {string} form */
async function serverIn([given, more], options, { address }, form) {
  if (more !== undefined || given?.startsWith('-')) throw wrongUsage(`The form is: ${form}`)
  const chosen = given ?? options.url ?? process.env.CAIRN_URL
  const config = await readConfig()
  const url = chosen ? originOf(chosen) : config.elsewhere[address] || address
  if (!url) throw wrongUsage(`No server is named: ${form}`)
  return { url, config }
}

/** From a terminal without showing it, else the whole standard input. @param {string} question */
async function readKey(question) {
  if (process.stdin.isTTY) return readUnseen(process.stdin, process.stderr, question)
  let text = ''
  for await (const chunk of process.stdin) text += chunk
  return text
}

/**
 * Reads a line from a terminal that does not show what is typed.
 * @param {NodeJS.ReadableStream & { setRawMode?: (raw: boolean) => unknown }} input @param {{ write(text: string): unknown }} output @param {string} question
 * @returns {Promise<string>}
 */
export function readUnseen(input, output, question) {
  output.write(question)
  input.setRawMode?.(true)
  input.setEncoding('utf8')
  return new Promise((resolve, reject) => {
    let line = ''
    const finish = (/** @type {() => void} */ settle) => {
      input.off('data', take)
      input.setRawMode?.(false)
      input.pause()
      output.write('\n')
      settle()
    }
    const take = (/** @type {string | Buffer} */ typed) => {
      for (const character of String(typed)) {
        if (character === '\r' || character === '\n' || character === '\u0004') return finish(() => resolve(line))
        if (character === '\u0003') return finish(() => reject(new Failure(EXIT.interrupted, 'Not signed in.')))
        if (character === '\u007f' || character === '\b') line = line.slice(0, -1)
        else if (character >= ' ') line += character
      }
      return undefined
    }
    input.on('data', take)
    input.resume()
  })
}
