// @ts-check
import { wrongUsage } from './failure.mjs'
import { listOf } from './json.mjs'
import { flagOf, isPlan, takes, valueFrom } from './values.mjs'

/** @typedef {import('./document.mjs').Call} Call @typedef {import('./document.mjs').Field} Field @typedef {import('./json.mjs').Json} Json */

/**
 * The flags that every call has.
 * @typedef {object} Options
 * @property {boolean} json print the envelope
 * @property {string} [body] the file with the whole body, or - for standard input
 * @property {string} [session]
 * @property {string} [idempotencyKey]
 * @property {string} [url]
 * @property {string} [retry]
 * @property {boolean} follow
 * @property {boolean} help
 * @property {boolean} version
 */

/** @type {Record<string, 'session' | 'idempotencyKey' | 'url' | 'retry' | 'body'>} */
const WITH_VALUE = { session: 'session', 'idempotency-key': 'idempotencyKey', url: 'url', 'retry-seconds': 'retry', body: 'body' }

/** @type {Record<string, 'follow' | 'help' | 'version'>} */
const BARE = { follow: 'follow', help: 'help', h: 'help', version: 'version' }

/** What a command line says before it is known which call it names. @typedef {{ options: Options, command: string | null, rest: string[] }} Line */

/** What a flag of every call means, or undefined for any other. @template T @param {Record<string, T>} flags @param {string | null} flag */
function meaningOf(flags, flag) {
  return flag !== null && Object.hasOwn(flags, flag) ? flags[flag] : undefined
}

/** Takes out the flags that every call has, and the command. @param {readonly string[]} args @returns {Line} */
export function readLine(args) {
  /** @type {Options} */
  const options = { json: false, follow: false, help: false, version: false }
  /** @type {string[]} */
  const rest = []
  /** @type {string | null} */
  let command = null
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? ''
    const [flag, value] = splitFlag(arg)
    const next = args[at + 1]
    if (arg === '--') {
      rest.push(...args.slice(at))
      break
    }
    const bare = meaningOf(BARE, flag)
    const option = meaningOf(WITH_VALUE, flag)
    if (bare && value === undefined) options[bare] = true
    else if (flag === 'json') at += readJsonFlag(options, value, next)
    else if (option) {
      const chosen = value ?? next
      if (chosen === undefined) throw wrongUsage(`--${flag} needs a value: --${flag} ${flag === 'body' ? 'FILE' : 'VALUE'}`)
      options[option] = chosen
      if (value === undefined) at++
    } else if (flag === null && command === null) command = arg
    else rest.push(arg)
  }
  return { options, command, rest }
}

/** `--json` alone asks for the envelope. With a file or -, it names the body: only such a value can follow it. Returns how many arguments it takes besides itself. @param {Options} options @param {string | undefined} value @param {string | undefined} next */
function readJsonFlag(options, value, next) {
  const file = value ?? (next === '-' || next?.endsWith('.json') ? next : undefined)
  if (file === undefined) options.json = true
  else options.body = file
  return value === undefined && file !== undefined ? 1 : 0
}

/** @param {string} arg @returns {[flag: string | null, value: string | undefined]} */
function splitFlag(arg) {
  const [, flag, value] = /^--?([a-zA-Z][\w-]*)(?:=(.*))?$/s.exec(arg) ?? []
  if (flag === undefined || (!arg.startsWith('--') && flag !== 'h')) return [null, undefined]
  return [flag, value]
}

/** What the arguments of a call come to. Its milestone is still to be found if `lookUp` has the id of a checkpoint. @typedef {{ input: Json, lookUp: string | null }} Given */

/**
 * @param {Call} call @param {readonly string[]} rest @param {() => Promise<string | null>} findGroup the group that is meant where none is named
 * @returns {Promise<Given>}
 */
export async function readInput(call, rest, findGroup) {
  const { words, flags } = split(call, rest)
  /** @type {Json} */
  const input = {}
  for (const [field, texts] of flags) input[field.name] = valueFrom(field, texts)
  const lookUp = await readWords(call, words, input, findGroup)
  for (const { name, required, isWord, place } of call.fields) {
    // What belongs into the body may be in the file that has it.
    if (required && isWord && place !== 'body' && input[name] === undefined && !(lookUp && name === 'milestone_id'))
      throw wrongUsage(
        `${labelOf(name)} is missing: ${usageOf(call)}${name === 'group_id' ? '   (or set CAIRN_GROUP; cairn groups lists them)' : ''}`,
      )
  }
  return { input, lookUp }
}

/** Refuses an input without what the call needs. @param {Call} call @param {Json} input */
export function assertComplete(call, input) {
  const missing = call.fields.find(({ name, required }) => required && input[name] === undefined)
  if (!missing) return
  const where = missing.askedFor?.replace(/\{(\w+)\}/g, (_all, name) => String(input[name]))
  throw wrongUsage(`${missing.isWord ? labelOf(missing.name) : `--${flagOf(missing.name)}`} is missing: ${where ?? usageOf(call)}`)
}

/** @param {Call} call @param {readonly string[]} rest */
function split(call, rest) {
  /** @type {string[]} */
  const words = []
  /** @type {Map<Field, string[]>} */
  const flags = new Map()
  for (let at = 0; at < rest.length; at++) {
    const arg = rest[at] ?? ''
    const [flag, given] = splitFlag(arg)
    if (arg === '--') {
      words.push(...rest.slice(at + 1))
      break
    }
    if (flag === null) {
      words.push(arg)
      continue
    }
    const { field, negated } = findField(call, flag)
    const takesNext = given === undefined && !takes(field.schema, 'boolean')
    if (takesNext && rest[at + 1] === undefined) throw wrongUsage(`--${flag} needs a value: ${usageOf(call)}`)
    const value = given ?? (takesNext ? (rest[++at] ?? '') : String(!negated))
    flags.set(field, [...(flags.get(field) ?? []), value])
  }
  return { words, flags }
}

/** A flag may leave out the kind or unit at the end of a field's name, as --timeout for timeout_seconds, and one entry of a plan has the singular: --checkpoint. @param {Call} call @param {string} flag */
function findField(call, flag) {
  const name = flag.replace(/-/g, '_')
  const fits = (/** @type {string} */ wanted) =>
    call.fields.find((field) => ['', '_id', '_seconds', '_url'].some((end) => field.name === wanted + end))
  const field =
    call.fields.find((candidate) => candidate.name === name) ??
    fits(name) ??
    call.fields.find((candidate) => candidate.name === `${name}s` && isPlan(candidate))
  if (field) return { field, negated: false }
  const denied = name.startsWith('no_') ? fits(name.slice(3)) : undefined
  if (denied && takes(denied.schema, 'boolean')) return { field: denied, negated: true }
  throw new UnknownFlag(`--${flag} is no flag of cairn ${call.command}: ${usageOf(call)}`)
}

/** A flag that the known document does not have. A newer one may have it. */
export class UnknownFlag extends Error {}

/** Gives the words to their fields. Returns the id of a checkpoint whose milestone was not named. @param {Call} call @param {readonly string[]} given @param {Json} input @param {() => Promise<string | null>} findGroup */
async function readWords(call, given, input, findGroup) {
  const fields = call.fields.filter(({ name, isWord }) => isWord && input[name] === undefined)
  const needed = fields.filter(({ required }) => required).length
  const words = [...given]
  /** @type {string | null} */
  let lookUp = null
  const group = fields[0]?.name === 'group_id' && words.length < needed ? await findGroup() : null
  if (group) words.unshift(group)
  for (const [at, { name }] of fields.entries()) {
    const word = words.shift()
    if (word === undefined) break
    if (word === '' || word === '.' || word === '..') throw wrongUsage(`"${word}" is no ${labelOf(name)}: ${usageOf(call)}`)
    const [, milestone, order] = /^(ms_[^:]+):(.+)$/.exec(word) ?? []
    const isAddress = name === 'milestone_id' && fields[at + 1]?.name === 'order'
    if (isAddress && milestone !== undefined && order !== undefined) {
      input[name] = milestone
      words.unshift(order)
    } else if (isAddress && word.startsWith('cp_')) {
      lookUp = word
      words.unshift(word)
    } else input[name] = word
  }
  if (words.length > 0) throw wrongUsage(`"${words[0]}" is one word too many: ${usageOf(call)}`)
  return lookUp
}

/** How a word is named in the form of a command. @param {string} field */
export function labelOf(field) {
  return field === 'order' ? 'CHECKPOINT' : field.replace(/_id$/, '').replace(/_/g, '-').toUpperCase()
}

/** The form of a command. @param {Call} call */
export function usageOf({ command, fields }) {
  const words = fields.filter(({ isWord }) => isWord).map(({ name, required }) => (required ? labelOf(name) : `[${labelOf(name)}]`))
  const needed = fields.filter(({ isWord, required }) => required && !isWord).map((field) => formOf(field))
  const others = fields.some(({ isWord, required }) => !isWord && !required) ? ['[--FLAGS]'] : []
  return ['cairn', command, ...words, ...needed, ...others].join(' ')
}

/** A flag with its kind of value. @param {Field} field */
export function formOf(field) {
  const { name, schema } = field
  const flag = `--${flagOf(name)}`
  if (isPlan(field)) return `${flag.replace(/s$/, '')} "TITLE <-1,2"`
  if (takes(schema, 'boolean')) return flag
  const options = listOf(schema.enum)
  if (options.length > 0) return `${flag} ${options.join('|')}`
  if (takes(schema, 'array')) return `${flag} LIST`
  if (takes(schema, 'integer') && !takes(schema, 'string')) return `${flag} NUMBER`
  return `${flag} ${/_url$/.test(name) ? 'URL' : /_id$/.test(name) ? 'ID' : 'TEXT'}`
}

/** The request of a call with an input. @param {Call} call @param {Json} input */
export function requestFor({ method, path, fields }, input) {
  const placeOf = (/** @type {string} */ name) => fields.find((field) => field.name === name)?.place ?? 'body'
  const entries = Object.entries(input)
  const address = path.replace(/\{(\w+)\}/g, (_all, name) => encodeURIComponent(String(input[name])))
  const query = new URLSearchParams(entries.filter(([name]) => placeOf(name) === 'query').map(([name, value]) => [name, String(value)]))
  const body = Object.fromEntries(entries.filter(([name]) => placeOf(name) === 'body'))
  const takesBody = method !== 'GET' && method !== 'DELETE'
  return {
    method,
    path: `${address}${query.size > 0 ? `?${query}` : ''}`,
    body: takesBody ? JSON.stringify(body) : undefined,
    headers: /** @type {Record<string, string>} */ (takesBody ? { 'content-type': 'application/json' } : {}),
  }
}
