// @ts-check
import { ask } from './contact.mjs'
import { EXIT, Failure } from './failure.mjs'
import { headerOf } from './http.mjs'
import { isRecord, listOf, parseJson, recordOf, textOf } from './json.mjs'
import { assertKey, settingsFolder, writePrivately } from './settings.mjs'

/** @typedef {import('./json.mjs').Json} Json @typedef {import('./settings.mjs').Server} Server */

/**
 * An argument of a call. A word has a place in the order of the words, and every other argument is a flag.
 * @typedef {object} Field
 * @property {string} name
 * @property {'path' | 'query' | 'body'} place
 * @property {boolean} required
 * @property {boolean} isWord
 * @property {Json} schema
 * @property {string} [askedFor] where its value is read, if it is required here although the server could do without
 */

/**
 * A call of the server, as its OpenAPI document describes it.
 * @typedef {object} Call
 * @property {string} name
 * @property {string} command
 * @property {'query' | 'mutation' | 'wait' | 'stream'} kind
 * @property {string} method
 * @property {string} path
 * @property {string} summary
 * @property {boolean} isAtWork whether an agent needs it at its daily work
 * @property {Field[]} fields words first, in their order
 * @property {string[]} refusals
 */

/** The document of a server, and the version by which the server tells whether it has changed. @typedef {{ version: string, calls: Call[], isFresh: boolean }} Calls */

const DAY_MS = 86_400_000
const KINDS = /** @type {const} */ (['query', 'mutation', 'wait', 'stream'])

/** The calls of a server, from the copy of this day or from the server. @param {Server} server @param {{ fresh?: boolean }} [options] @returns {Promise<Calls>} */
export async function loadCalls(server, { fresh = false } = {}) {
  const file = await cacheFile(server)
  const kept = fresh ? null : await readCache(file)
  if (kept) return { version: textOf(kept.version), calls: callsOf(recordOf(kept.document)), isFresh: false }
  assertKey(server)
  const answer = await ask(server, { method: 'GET', path: '/api/openapi.json', headers: { accept: 'application/json' } })
  const document = parseJson(answer.text)
  if (answer.status !== 200) throw refusedDocument(server, answer.status, recordOf(document))
  const calls = callsOf(recordOf(document))
  if (calls.length === 0)
    throw new Failure(EXIT.noContact, `${server.url} describes no calls. Sign in at the right address: cairn login URL`)
  const version = headerOf(answer, 'x-cairn-api')
  // Without the copy, the next call asks again.
  await writePrivately(file, JSON.stringify({ read_at: Date.now(), version, document })).catch(() => {})
  return { version, calls, isFresh: true }
}

/** Lets the next call read the document again. @param {Server} server */
export async function forgetCalls(server) {
  const { rmSync } = await import('node:fs')
  rmSync(await cacheFile(server), { force: true })
}

/** @param {Server} server */
async function cacheFile({ url }) {
  return `${await settingsFolder()}/calls-${encodeURIComponent(url)}.json`
}

/** @param {string} file @returns {Promise<Json | null>} */
async function readCache(file) {
  const { readFileSync } = await import('node:fs')
  try {
    const kept = recordOf(parseJson(readFileSync(file, 'utf8')))
    const age = Date.now() - Number(kept.read_at)
    return age >= 0 && age < DAY_MS && isRecord(kept.document) ? kept : null
  } catch {
    return null
  }
}

/** @param {Server} server @param {number} status @param {Json} problem */
function refusedDocument({ url, keyFrom }, status, problem) {
  const message = textOf(problem.message) || `${url} answers ${status}.`
  if (status === 401) return new Failure(EXIT.notSignedIn, `${message} The key is from ${keyFrom}. Sign in: cairn login ${url}`)
  return new Failure(status >= 500 || status === 429 ? EXIT.noContact : EXIT.refused, message)
}

/** @param {Json} document @returns {Call[]} */
export function callsOf(document) {
  return Object.entries(recordOf(document.paths)).flatMap(([path, methods]) =>
    Object.entries(recordOf(methods)).flatMap(([method, described]) => callOf(method.toUpperCase(), path, recordOf(described)) ?? []),
  )
}

/** @param {string} method @param {string} path @param {Json} described @returns {Call | null} */
function callOf(method, path, described) {
  const name = textOf(described.operationId)
  if (!name) return null
  const kind = KINDS.find((known) => known === described['x-kind']) ?? (method === 'GET' ? 'query' : 'mutation')
  const command = textOf(described['x-command']) || name.replace(/_/g, '-')
  const fields = inOrder([...parametersOf(described), ...bodyOf(described)], described)
  return {
    name,
    command,
    kind,
    method,
    path: `/api${path}`,
    summary: textOf(described.summary),
    isAtWork: described['x-at-work'] === true,
    fields,
    refusals: refusalsOf(described),
  }
}

/** @param {Json} described @returns {Field[]} */
function parametersOf(described) {
  return listOf(described.parameters).flatMap((one) => {
    const { name, in: place, required, schema } = recordOf(one)
    if (typeof name !== 'string' || (place !== 'path' && place !== 'query')) return []
    return [{ name, place, required: required === true, isWord: place === 'path', schema: recordOf(schema) }]
  })
}

/** @param {Json} described @returns {Field[]} */
function bodyOf(described) {
  const { schema } = recordOf(recordOf(recordOf(recordOf(described.requestBody).content)['application/json']))
  const { properties, required } = recordOf(schema)
  return Object.entries(recordOf(properties)).map(([name, property]) => ({
    name,
    place: 'body',
    required: listOf(required).includes(name),
    isWord: false,
    schema: recordOf(property),
  }))
}

/**
 * The words come first: those of the path, those that the description names and, wherever they stand, a milestone that a call is about and the checkpoint in it.
 * @param {Field[]} fields @param {Json} described
 */
function inOrder(fields, described) {
  const inPath = fields.filter(({ place }) => place === 'path')
  const named = listOf(described['x-words']).flatMap((name) => fields.filter((field) => field.name === name))
  const milestone = fields.find(({ name, required }) => name === 'milestone_id' && required)
  const order = milestone && fields.find(({ name, place }) => name === 'order' && place !== 'body')
  const words = [...new Set([...inPath, ...named, ...(milestone ? [milestone] : []), ...(order ? [order] : [])])]
  const asked = recordOf(described['x-asks'])
  return [...words.map((field) => ({ ...field, isWord: true })), ...fields.filter((field) => !words.includes(field))].map((field) =>
    typeof asked[field.name] === 'string' ? { ...field, required: true, askedFor: textOf(asked[field.name]) } : field,
  )
}

/** @param {Json} described */
function refusalsOf(described) {
  return Object.entries(recordOf(described.responses)).flatMap(([status, response]) =>
    status === '200' ? [] : textOf(recordOf(response).description).split(', '),
  )
}

/** @param {readonly Call[]} calls @param {string} command */
export function findCall(calls, command) {
  return calls.find((call) => call.command === command) ?? calls.find(({ name }) => name.replace(/_/g, '-') === command.replace(/_/g, '-'))
}

/** The stream that follows what a call lists. @param {readonly Call[]} calls @param {Call} call */
export function streamOf(calls, call) {
  return calls.find(({ kind, path }) => kind === 'stream' && path === `${call.path}/stream`)
}
