// @ts-check

/** A Server-Sent Event. `data` is null if it has none. @typedef {{ id: string, type: string, data: string | null }} ServerEvent */

/** The events of a response, as they arrive. @param {AsyncIterable<Buffer>} response @returns {AsyncGenerator<ServerEvent>} */
export async function* eventsOf(response) {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of response) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).replace(/\r\n/g, '\n').split('\n\n')
    rest = blocks.pop() ?? ''
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
