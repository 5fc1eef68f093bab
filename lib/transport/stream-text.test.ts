import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { completeCheckpoint, deleteMilestone, streamEvents } from '@/lib/operations'
import { hubOf } from '@/lib/operations/follow'
import { type TestKey, userKey } from '@/lib/testing/client'
import { useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { useServed } from '@/lib/testing/served'

const WITHIN = { interval: 10 }
const BOTH = 'text/event-stream, text/plain;q=0.9'

describe('a stream for a reader of text', () => {
  const test = useInstance()
  const served = useServed(test)
  let key: TestKey
  let group_id: string
  const leaving: AbortController[] = []

  beforeAll(async () => {
    key = await userKey(test)
    group_id = await makeGroup(test)
    hubOf(test.instance, 200)
  })
  afterEach(async () => {
    for (const one of leaving.splice(0)) one.abort()
    await expect.poll(() => hubOf(test.instance).size, WITHIN).toBe(0)
  })

  const get = (path: string, accept: string | null, signal?: AbortSignal) =>
    fetch(`${served.origin}/api${path}`, {
      headers: { authorization: `Bearer ${key.secret}`, ...(accept === null ? {} : { accept }) },
      ...(signal ? { signal } : {}),
    })

  const open = async (accept: string | null, query = '') => {
    const controller = new AbortController()
    leaving.push(controller)
    const response = await get(`/events/stream${query}`, accept, controller.signal)
    let text = ''
    let ended: 'closed' | 'broken' | null = null
    const read = async (body: ReadableStream<Uint8Array>) => {
      const decoder = new TextDecoder()
      for await (const chunk of body) text += decoder.decode(chunk, { stream: true })
    }
    if (response.body)
      void read(response.body).then(
        () => {
          ended = 'closed'
        },
        () => {
          ended = 'broken'
        },
      )
    return { status: response.status, type: response.headers.get('content-type'), text: () => text, ended: () => ended }
  }

  const lines = (text: string) => text.split('\n').filter((line) => line !== '')

  it('has one event a line, as the list of events has, and empty lines while there are none', async () => {
    const { milestone_id } = await makeMilestone(test, group_id, { Design: [], Build: ['Design'] })
    const stream = await open('text/plain', `?milestone_id=${milestone_id}&after=0`)
    expect(stream).toMatchObject({ status: 200, type: 'text/plain; charset=utf-8' })
    await test.run(completeCheckpoint, { milestone_id, order: 1, note: 'one\ntwo' })
    await expect.poll(stream.text, WITHIN).toContain('note "one two"')
    const listed = await (await get(`/events?milestone_id=${milestone_id}`, 'text/plain')).text()
    // A list names checkpoints as they are now, and a stream as they are called in the event.
    const beginnings = (text: string) => lines(text).map((line) => line.split(' ').slice(0, 3))
    expect(beginnings(stream.text())).toEqual(beginnings(listed).slice(0, -1))
    await expect.poll(stream.text, WITHIN).toMatch(/\n\n\n$/)
    expect(stream.ended()).toBeNull()
  })

  it.each([
    [null, 'text/event-stream', '{"seq":'],
    ['*/*', 'text/event-stream', '{"seq":'],
    ['text/event-stream', 'text/event-stream', '{"seq":'],
    ['text/event-stream, */*', 'text/event-stream', '{"seq":'],
    [BOTH, 'text/event-stream', /^\d+ /],
    ['text/plain', 'text/plain; charset=utf-8', null],
    ['text/plain, text/event-stream;q=0.5', 'text/plain; charset=utf-8', null],
  ])('to a request that accepts %s, it is of the type %s', async (accept, type, data) => {
    const stream = await open(accept, `?group_id=${group_id}&after=0`)
    expect(stream).toMatchObject({ status: 200, type })
    await expect.poll(stream.text, WITHIN).toContain('milestone.created')
    if (data === null) expect(stream.text()).not.toContain('data:')
    else expect(/event: milestone\.created\ndata: (.*)\n\n/.exec(stream.text())?.[1]).toMatch(data)
  })

  it('names the place of each event as the one in JSON does, if it has Server-Sent Events', async () => {
    await makeMilestone(test, group_id, { Design: [], Build: ['Design'] })
    const [texts, json] = [await open(BOTH, '?after=0'), await open('text/event-stream', '?after=0')]
    const places = ({ text }: typeof json) =>
      [...text().matchAll(/^id: (.*)\nevent: (?!heartbeat)(.*)$/gm)].map(([, id, type]) => `${id} ${type}`)
    await expect.poll(() => places(json).length, WITHIN).toBeGreaterThan(5)
    await expect.poll(() => places(texts), WITHIN).toEqual(places(json))
  })

  it('is encoded once for all streams of a form', async () => {
    const { milestone_id } = await makeMilestone(test, group_id, { Design: [] })
    const streams = await Promise.all(
      [BOTH, BOTH, BOTH, 'text/plain', 'text/plain', 'text/plain', '*/*'].map((accept) => open(accept, `?milestone_id=${milestone_id}`)),
    )
    const told = vi.spyOn(streamEvents, 'text')
    const { data } = await test.run(completeCheckpoint, { milestone_id, order: 1 })
    expect(data.status).toBe('closed')
    for (const { text } of streams) await expect.poll(text, WITHIN).toContain('milestone.closed')
    const types = told.mock.calls.map(([{ type }]) => type)
    expect(types.filter((type) => type === 'checkpoint.completed')).toHaveLength(2)
    told.mockRestore()
  })

  it('says in its last line why it ended, and a refusal is a text', async () => {
    const { milestone_id } = await makeMilestone(test, group_id, { Design: [] })
    const stream = await open('text/plain', `?milestone_id=${milestone_id}`)
    await test.run(deleteMilestone, { milestone_id })
    await expect.poll(stream.ended, WITHIN).toBe('closed')
    expect(lines(stream.text()).at(-1)).toMatch(/^not_found: /)
    const refused = await open('text/plain', `?milestone_id=${milestone_id}`)
    expect(refused.status).toBe(404)
    await expect.poll(refused.text, WITHIN).toMatch(/^not_found: /)
  })

  it('is ended in order by a server that stops', async () => {
    const stream = await open('text/plain')
    expect(stream.status).toBe(200)
    await served.stop(3_000)
    await expect.poll(stream.ended, WITHIN).toBe('closed')
    await served.start()
  })
})
