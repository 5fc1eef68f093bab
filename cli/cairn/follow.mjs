// @ts-check
import { requestFor } from './arguments.mjs'
import { headersFor, isPassing, isPassingStatus, retrying, unreachable } from './contact.mjs'
import { eventsOf } from './events.mjs'
import { EXIT, Failure } from './failure.mjs'
import { open, readAll } from './http.mjs'
import { print, printJson, tell } from './output.mjs'
import { refuse } from './report.mjs'

/** @typedef {import('./document.mjs').Call} Call @typedef {import('./json.mjs').Json} Json @typedef {import('./settings.mjs').Server} Server */

/** A stream that is alive sends something every 15 s. */
const SILENCE_MS = 45_000

/** As the stream ends for one of these reasons, connecting again would not help. @type {Record<string, string>} */
const ENDINGS = {
  gone: 'not_found: What you follow was deleted, or you may not read it any more.',
  log_replaced: 'log_replaced: The log was replaced, for example by a backup. To follow the new one from its beginning: --after 0',
}

/**
 * Prints the events of a stream, one a line, until it ends. When the connection is lost, it goes on where it was. Returns the exit code.
 * @param {Server} server @param {Call} call @param {Json} input @param {{ json: boolean }} options
 */
export async function follow(server, call, input, { json }) {
  const accept = json ? 'text/event-stream' : 'text/event-stream, text/plain;q=0.9'
  const { path } = requestFor(call, input)
  let place = ''
  let hasBegun = false
  let isLost = false
  // At first, a server that is not there is an error. Later it may take its time to come back.
  let retry = retrying(server)
  for (;;) {
    const headers = { ...headersFor(server), accept, ...(place && { 'last-event-id': place }) }
    const failed = await open({ url: server.url + path, method: 'GET', headers, milliseconds: SILENCE_MS })
      .then(async (response) => {
        if (response.statusCode !== 200)
          return { status: response.statusCode ?? 0, headers: response.headers, text: await readAll(response) }
        if (isLost) tell('The connection is there again.')
        hasBegun = true
        isLost = false
        retry = retrying({ ...server, patience: Number.POSITIVE_INFINITY })
        for await (const { id, type, data } of eventsOf(response)) {
          const ending = Object.hasOwn(ENDINGS, type) ? ENDINGS[type] : undefined
          if (ending) throw new Failure(EXIT.refused, ending)
          if (data !== null && type !== 'heartbeat') (json ? printJson : print)(data)
          // A log may be longer than what fits into memory.
          if (process.stdout.writableNeedDrain) await new Promise((resolve) => process.stdout.once('drain', resolve))
          // An event that was printed is not asked for again.
          if (id) place = id
        }
        return 'it was closed'
      })
      .catch((/** @type {unknown} */ error) => error)
    if (failed instanceof Failure) throw failed
    if (isRefusal(failed)) {
      if (!isPassingStatus(failed.status) || !(await retry(failed))) return refuse(server, failed.status, failed.text)
    } else {
      if (failed instanceof Error && !isPassing(failed)) throw unreachable(server, failed)
      if (hasBegun && !isLost) tell(`The connection to ${server.url} was lost. Connecting again …`)
      isLost = hasBegun
      if (!(await retry(failed))) throw unreachable(server, failed)
    }
  }
}

/** @param {unknown} failed @returns {failed is import('./http.mjs').Answer} */
function isRefusal(failed) {
  return typeof failed === 'object' && failed !== null && 'status' in failed
}
