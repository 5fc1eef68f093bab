// @ts-check
import { isPassingStatus } from './contact.mjs'
import { EXIT } from './failure.mjs'
import { isRecord, parseJson } from './json.mjs'
import { print, printJson, tell } from './output.mjs'

/** @typedef {import('./http.mjs').Answer} Answer @typedef {import('./settings.mjs').Server} Server */

/** Prints an answer, or tells a refusal. Returns the exit code. @param {Server} server @param {Answer} answer @param {{ json: boolean }} options */
export function report(server, { status, text }, { json }) {
  if (status < 300) {
    if (json) printJson(text)
    else print(text)
    return EXIT.done
  }
  if (json && parseJson(text) !== undefined) printJson(text)
  return refuse(server, status, text)
}

/** Tells a refusal. Returns the exit code. @param {Server} server @param {number} status @param {string} text */
export function refuse({ url, keyFrom }, status, text) {
  tell(sentenceOf(text))
  if (status === 401) {
    tell(`The key is from ${keyFrom}. Sign in with another one: cairn login ${url}`)
    return EXIT.notSignedIn
  }
  return isPassingStatus(status) ? EXIT.noContact : EXIT.refused
}

/** A refusal as a text. Before a call is understood, it may be refused in JSON whatever was asked for. @param {string} text */
function sentenceOf(text) {
  const problem = parseJson(text)
  return isRecord(problem) && problem.success === false ? `${problem.error}: ${problem.message}` : text
}
