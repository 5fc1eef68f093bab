// @ts-check
import { assertComplete, readInput, readLine, requestFor, UnknownFlag } from './arguments.mjs'
import { bridge } from './bridge.mjs'
import { ask } from './contact.mjs'
import { findCall, forgetCalls, loadCalls, streamOf } from './document.mjs'
import { codeOf, EXIT, Failure, wrongUsage } from './failure.mjs'
import { follow } from './follow.mjs'
import { helpOf, helpOfBuiltIn, overview } from './help.mjs'
import { headerOf } from './http.mjs'
import { isRecord, listOf, parseJson, recordOf, textOf } from './json.mjs'
import { print, tell } from './output.mjs'
import { report } from './report.mjs'
import { assertKey, assertPlain, configFile, findServer } from './settings.mjs'
import { login, logout } from './sign-in.mjs'
import { wait } from './wait.mjs'

/** @typedef {import('./arguments.mjs').Options} Options @typedef {import('./document.mjs').Call} Call @typedef {import('./document.mjs').Calls} Calls */
/** @typedef {import('./json.mjs').Json} Json @typedef {import('./settings.mjs').Server} Server @typedef {import('./sign-in.mjs').Self} Self */

/** Runs a command and sets the exit code of the process. @param {readonly string[]} args @param {Self} self the server that handed this script out */
export function run(args, self) {
  process.on('SIGINT', () => process.exit(EXIT.interrupted))
  // Whoever reads the output, such as head, may have had enough.
  const leave = (/** @type {unknown} */ error) => process.exit(codeOf(error) === 'EPIPE' ? EXIT.done : EXIT.refused)
  process.stdout.on('error', leave)
  process.stderr.on('error', leave)
  main(args, self).then(
    (exit) => {
      process.exitCode = exit
    },
    (error) => {
      if (!(error instanceof Failure)) throw error
      tell(error.message)
      process.exitCode = error.exit
    },
  )
}

/** @param {readonly string[]} args @param {Self} self @returns {Promise<number>} */
async function main(args, self) {
  const { options, command, rest } = readLine(args)
  if (options.version) {
    print(`cairn ${self.version}`)
    return EXIT.done
  }
  if (command === null && rest.length > 0)
    throw wrongUsage(`${rest[0]} needs a command: cairn COMMAND [WORDS] [--FLAGS]   (cairn --help lists them)`)
  const builtIn = command !== null && options.help ? helpOfBuiltIn(command) : null
  if (builtIn !== null) {
    print(builtIn)
    return EXIT.done
  }
  if (command === 'help' || command === null) {
    const [topic] = rest
    if (command === 'help' && topic !== undefined) return main([topic, '--help'], self)
    const text = await describeAll(options, self)
    if (command !== null || options.help) print(text)
    else throw wrongUsage(text)
    return EXIT.done
  }
  if (command === 'login') return login(rest, options, self)
  if (command === 'logout') return logout(rest, options, self)
  const server = await findServer(options, self)
  if (command === 'mcp') return bridge(server, rest)
  if (command === 'whoami') return whoAmI(server, options)
  return call(server, command, rest, options)
}

/** @param {Options} options @param {Self} self */
async function describeAll(options, self) {
  const server = await findServer(options, self).catch(() => null)
  const known = server && (await loadCalls({ ...server, patience: 0 }).catch(() => null))
  return overview(known?.calls ?? null, await configFile(), server?.url ?? null)
}

/** @param {Server} server @param {Options} options */
async function whoAmI(server, options) {
  assertKey(server)
  const { calls } = await loadCalls(server)
  if (!options.json)
    print(`${server.url}, with the key from ${server.keyFrom}${server.session ? `, as the session ${server.session}` : ''}`)
  return send(server, permissionsCall(calls), {}, options)
}

/** @param {readonly Call[]} calls */
function permissionsCall(calls) {
  const found = findCall(calls, 'get-my-permissions')
  if (found) return found
  throw wrongUsage('This server cannot say what a key may do.')
}

/** @param {Server} server @param {string} command @param {readonly string[]} rest @param {Options} options @param {Calls} [known] @returns {Promise<number>} */
async function call(server, command, rest, options, known) {
  const loaded = known ?? (await loadCalls(server))
  const renew = async () => call(server, command, rest, options, await loadCalls(server, { fresh: true }))
  const found = findCall(loaded.calls, command)
  const chosen = found && options.follow ? streamOf(loaded.calls, found) : found
  if (!chosen) {
    if (!loaded.isFresh) return renew()
    throw wrongUsage(found ? `cairn ${command} cannot be followed.` : unknownCommand(server, command, loaded.calls))
  }
  if (options.help) {
    print(helpOf(chosen, loaded.calls))
    return EXIT.done
  }
  assertKey(server)
  /** @type {Json} */
  let input
  try {
    input = await understand(server, chosen, rest, options, loaded.calls)
  } catch (error) {
    if (!(error instanceof UnknownFlag)) throw error
    if (!loaded.isFresh) return renew()
    throw wrongUsage(error.message)
  }
  if (chosen.kind === 'stream') return follow(server, chosen, input, options)
  if (chosen.kind === 'wait') return wait(server, chosen, input, { accept: acceptOf(options), json: options.json })
  return send(server, chosen, input, options, loaded.isFresh ? undefined : { ...loaded, renew })
}

/** @param {Server} server @param {string} command @param {readonly Call[]} calls */
function unknownCommand({ url }, command, calls) {
  const beginning = calls.filter((one) => one.command.startsWith(command))
  const near = [...beginning, ...calls.filter((one) => one.command.includes(command) && !beginning.includes(one))].slice(0, 3)
  const hint = near.length > 0 ? `Did you mean ${near.map((one) => `cairn ${one.command}`).join(' or ')}?` : 'cairn --help lists its calls.'
  return `The server at ${url} has no call ${command}. ${hint}`
}

/** The input of a call from its words, its flags and its file. @param {Server} server @param {Call} chosen @param {readonly string[]} rest @param {Options} options @param {readonly Call[]} calls */
async function understand(server, chosen, rest, options, calls) {
  const { input, lookUp } = await readInput(chosen, rest, () => groupOf(server, calls))
  const body = options.body === undefined ? {} : await readBody(options.body)
  for (const name of Object.keys(body))
    if (input[name] !== undefined) throw wrongUsage(`${name} is given twice, in the body and beside it.`)
  const whole = { ...body, ...input }
  if (lookUp) whole.milestone_id = await milestoneOf(server, calls, lookUp)
  assertComplete(chosen, whole)
  return whole
}

/** @param {string} file @returns {Promise<Json>} */
async function readBody(file) {
  const { readFileSync } = await import('node:fs')
  let text = ''
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw wrongUsage(`${file} cannot be read (${codeOf(error)}).`)
  }
  const body = parseJson(text)
  if (isRecord(body)) return body
  throw wrongUsage(`${file === '-' ? 'Standard input' : file} holds no JSON object.`)
}

/** The group that is meant where none is named: that of CAIRN_GROUP or, if the key is for one group, that group. @param {Server} server @param {readonly Call[]} calls */
async function groupOf(server, calls) {
  const { CAIRN_GROUP } = process.env
  if (CAIRN_GROUP || !server.key?.startsWith('sk_live_g_')) return CAIRN_GROUP || null
  const mine = await readData(server, permissionsCall(calls), {})
  return mine.scope_type === 'group' ? textOf(mine.scope_id) : null
}

/** The milestone of a checkpoint, of which the first event of the checkpoint tells. @param {Server} server @param {readonly Call[]} calls @param {string} checkpoint_id */
async function milestoneOf(server, calls, checkpoint_id) {
  const events = findCall(calls, 'list-events')
  const { events: found } = events ? await readData(server, events, { checkpoint_id, limit: 1 }) : {}
  const milestone_id = textOf(recordOf(listOf(found)[0]).milestone_id)
  if (milestone_id) return milestone_id
  throw new Failure(EXIT.refused, `not_found: The milestone of ${checkpoint_id} was not found. Name it: MILESTONE ${checkpoint_id}`)
}

/** @param {Server} server @param {Call} chosen @param {Json} input @returns {Promise<Json>} */
async function readData(server, chosen, input) {
  const { method, path } = requestFor(chosen, input)
  const { status, text } = await ask(server, { method, path, headers: { accept: 'application/json' } })
  const envelope = recordOf(parseJson(text))
  if (status === 200) return recordOf(envelope.data)
  throw new Failure(status === 401 ? EXIT.notSignedIn : EXIT.refused, `${envelope.error}: ${envelope.message}`)
}

/** @param {Options} options */
function acceptOf({ json }) {
  return json ? 'application/json' : 'text/plain'
}

/** The statuses with which a call may be refused because the server has another document by now. */
const STATUS_OF_CHANGE = [404, 405, 422]

/** @param {Server} server @param {Call} chosen @param {Json} input @param {Options} options @param {{ version: string, renew: () => Promise<number> }} [old] the document that was read earlier */
async function send(server, chosen, input, options, old) {
  assertPlain('The idempotency key', options.idempotencyKey)
  const request = requestFor(chosen, input)
  const headers = {
    ...request.headers,
    accept: acceptOf(options),
    ...(chosen.kind === 'mutation' && { 'idempotency-key': options.idempotencyKey || crypto.randomUUID() }),
  }
  const answer = await ask(server, { ...request, headers })
  if (old && headerOf(answer, 'x-cairn-api') !== old.version) {
    await forgetCalls(server)
    if (STATUS_OF_CHANGE.includes(answer.status)) return old.renew()
  }
  return report(server, answer, options)
}
