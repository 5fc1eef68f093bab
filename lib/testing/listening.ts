import type { Data } from './instance'

export type Heard = { id: string; type: string; data: Data }

/** What a client of an event stream has received so far. */
export type Listening = {
  status: number
  headers: Headers
  /** The problem, if the stream was refused. */
  problem: Data
  /** All that was received, heartbeats too. */
  heard: Heard[]
  text: () => string
  /** The events without heartbeats and last words. */
  events: () => Heard[]
  seqs: () => number[]
  /** How the stream ended, or null as long as it is open. */
  ended: () => 'closed' | 'broken' | null
  leave: () => void
}

const parse = (block: string): Heard | null => {
  const fields = new Map(
    block.split('\n').map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  )
  const data = fields.get('data')
  return data === undefined ? null : { id: fields.get('id') ?? '', type: fields.get('event') ?? '', data: JSON.parse(data) }
}

/** Opens an event stream over HTTP, as a client does. */
export const listenTo = async (url: string, headers: Record<string, string>): Promise<Listening> => {
  const controller = new AbortController()
  const response = await fetch(url, { headers, signal: controller.signal })
  const heard: Heard[] = []
  let text = ''
  let ended: 'closed' | 'broken' | null = null
  const isStream = response.headers.get('content-type') === 'text/event-stream'
  const problem: Data = isStream ? null : await response.json()
  const read = async (body: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder()
    let rest = ''
    for await (const chunk of body) {
      const part = decoder.decode(chunk, { stream: true })
      text += part
      const blocks = (rest + part).split('\n\n')
      rest = blocks.pop() ?? ''
      heard.push(...blocks.flatMap((block) => parse(block) ?? []))
    }
  }
  if (isStream && response.body)
    read(response.body).then(
      () => {
        ended = 'closed'
      },
      () => {
        ended = 'broken'
      },
    )
  const events = () => heard.filter(({ type }) => !['heartbeat', 'gone', 'log_replaced'].includes(type))
  return {
    status: response.status,
    headers: response.headers,
    problem,
    heard,
    text: () => text,
    events,
    seqs: () => events().map(({ data }) => data.seq),
    ended: () => ended,
    leave: () => controller.abort(),
  }
}
