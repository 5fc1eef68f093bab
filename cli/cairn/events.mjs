// @ts-check
import { MOST_BYTES, tooLarge } from './http.mjs'

/** A Server-Sent Event. `data` is null if it has none. @typedef {{ id: string, type: string, data: string | null }} ServerEvent */

/** The events of a response, as they arrive. @param {AsyncIterable<Buffer>} response @returns {AsyncGenerator<ServerEvent>} */
export async function* eventsOf(response) {
  const decoder = new TextDecoder()
  /** What has arrived of the event that is not complete yet. @type {string[]} */
  let pieces = []
  let size = 0
  for await (const chunk of response) {
    const piece = decoder.decode(chunk, { stream: true })
    pieces.push(piece)
    size += piece.length
    if (size > MOST_BYTES) throw tooLarge()
    // A long line arrives in many chunks, in which nothing has to be looked for.
    if (!piece.includes('\n')) continue
    const blocks = pieces.join('').replace(/\r\n/g, '\n').split('\n\n')
    const rest = blocks.pop() ?? ''
    pieces = [rest]
    size = rest.length
    for (const block of blocks) yield eventIn(block)
  }
}

/** @param {string} block @returns {ServerEvent} */
function eventIn(block) {
  const fields = block.split('\n').map((line) => /^(\w+): ?(.*)$/s.exec(line) ?? [])
  const all = (/** @type {string} */ name) => fields.flatMap(([, field, value]) => (field === name && value !== undefined ? [value] : []))
  const data = all('data')
  return { id: all('id').pop() ?? '', type: all('event').pop() ?? 'message', data: data.length > 0 ? data.join('\n') : null }
}
