// @ts-check
import { requestFor } from './arguments.mjs'
import { ask } from './contact.mjs'
import { EXIT } from './failure.mjs'
import { headerOf } from './http.mjs'
import { recordOf } from './json.mjs'
import { tell } from './output.mjs'
import { report } from './report.mjs'

/** @typedef {import('./document.mjs').Call} Call @typedef {import('./json.mjs').Json} Json @typedef {import('./settings.mjs').Server} Server */

/** A call that waits is answered at most so many seconds after its time is over. */
const GRACE_SECONDS = 10
const PAUSE_MS = 500

/**
 * Waits for as long as it was asked, in as many calls as that takes. Returns the exit code.
 * @param {Server} server @param {Call} call @param {Json} input @param {{ accept: string, json: boolean }} options
 */
export async function wait(server, call, input, { accept, json }) {
  const { maximum, default: usual } = recordOf(call.fields.find(({ name }) => name === 'timeout_seconds')?.schema)
  const most = Number(maximum ?? 50)
  const end = Date.now() + 1_000 * Number(input.timeout_seconds ?? usual ?? 25)
  let { since_seq } = input
  for (;;) {
    const began = Date.now()
    const seconds = Math.min(most, Math.max(0, Math.ceil((end - began) / 1_000)))
    const asked = { ...input, timeout_seconds: seconds, ...(since_seq !== undefined && { since_seq }) }
    const request = requestFor(call, asked)
    const answer = await ask(
      server,
      { ...request, headers: { ...request.headers, accept } },
      { milliseconds: 1_000 * (seconds + GRACE_SECONDS) },
    )
    const outcome = headerOf(answer, 'x-cairn-outcome')
    if (outcome !== 'timed_out' || Date.now() >= end) {
      const exit = report(server, answer, { json })
      if (exit !== EXIT.done || outcome === 'reached' || outcome === '') return exit
      if (outcome === 'impossible') return EXIT.refused
      tell('The time is over. To wait for longer: --timeout SECONDS')
      return EXIT.timeOver
    }
    // What happens between two calls must not be missed.
    if (input.until === 'change') since_seq = headerOf(answer, 'x-cairn-seq')
    // A server that stops answers before the time is over.
    if (Date.now() - began < 1_000 * (seconds - 1)) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
}
