import { beforeAll, describe, expect, it } from 'vitest'
import { OPERATIONS } from '@/lib/operations'
import { userKey } from '@/lib/testing/client'
import { useFront } from '@/lib/testing/front'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { requestOf, sampleOf } from '@/lib/testing/samples'
import { prefersMinimal, prefersText } from './preference'

describe('a Prefer header', () => {
  it.each([
    'return=minimal',
    'RETURN=Minimal',
    'return = minimal',
    'return="minimal"',
    'return="min\\imal"',
    'return=minimal; foo=bar',
    'return=minimal;;',
    'respond-async, wait=100, return=minimal',
    ',, return=minimal ,',
    'foo; bar="a, return=representation", return=minimal',
    'return=minimal, return=representation',
  ])('%s prefers the minimal answer', (given) => {
    expect(prefersMinimal(given)).toBe(true)
  })

  it.each([
    null,
    '',
    'return',
    'return=',
    'return=""',
    'return=representation',
    'return=representation, return=minimal',
    'return=minimalist',
    'returns=minimal',
    'minimal',
    'foo="a, return=minimal"',
    'foo; return=minimal',
    'foo="\\", return=minimal"',
    'return="minimal',
    'foo=" return=minimal',
  ])('%s does not', (given) => {
    expect(prefersMinimal(given)).toBe(false)
  })

  it('is read in a time that does not grow with the square of its length', () => {
    for (const piece of ['"', '\\', '"\\', '\\"', ',', ';', '=', ' '])
      expect(prefersMinimal(piece.repeat(200_000 / piece.length))).toBe(false)
  })
})

describe('an Accept header', () => {
  it.each([
    'text/plain',
    'Text/Plain',
    'TEXT/PLAIN; charset=utf-8',
    'text/plain;q=0.5',
    'text/plain;q=0.001, application/json;q=0',
    'text/*',
    'text/plain, application/json;q=0.9',
    'application/json;q=0.9, text/plain',
    'application/*;q=0.8, text/plain;q=0.9, */*;q=0.1',
    'text/plain, */*;q=0.9',
    'text/*, application/json;q=0.5',
    ',, text/plain ,',
  ])('%s prefers text', (given) => {
    expect(prefersText(given)).toBe(true)
  })

  it.each([
    null,
    '',
    '*/*',
    'application/json',
    'application/json, text/plain',
    'application/json, text/plain, */*',
    'text/plain, */*',
    'text/plain;q=0',
    'text/plain;q=0.5, application/json',
    'text/plain;q=0.5, */*',
    'text/plain;q=0, text/*',
    'text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8',
    'text/html',
    'text/event-stream',
    'text/plain;q=2',
    'text/plain;q=x',
    'text/plainer',
    'nottext/plain',
    'text',
    '"text/plain"',
    'application/json;profile="text/plain"',
    'application/json;a="b, text/plain"',
    '\u{1f4a5}, text/',
  ])('%s does not', (given) => {
    expect(prefersText(given)).toBe(false)
  })

  it('is read in a time that does not grow with the square of its length', () => {
    for (const piece of ['"', '\\', ',', ';', '=', ' ', 'text/', '*/*,'])
      expect(prefersText(`text/${piece.repeat(200_000 / piece.length)}`)).toBe(false)
  })
})

describe('a call that prefers the minimal answer', () => {
  const test = useInstance()
  const send = useFront(test)
  let authorization: string
  let group_id: string

  beforeAll(async () => {
    authorization = `Bearer ${(await userKey(test)).secret}`
    group_id = await makeGroup(test)
  })

  const call = async (method: string, path: string, headers: object, body?: object): Promise<{ json: Data; applied: unknown }> => {
    const { headers: answered, bytes } = await send(method, path, { authorization, ...headers }, body)
    return { json: JSON.parse(bytes.toString()), applied: answered['preference-applied'] }
  }

  // A stream has no answer that could be a minimal one.
  const answering = OPERATIONS.flatMap((operation) => (operation.kind === 'stream' ? [] : [[operation.name, operation] as const]))

  it.each(answering)('of %s gets it where a milestone would be answered, and is told so', async (_name, operation) => {
    const { method, path, body } = requestOf(operation, await sampleOf(operation, { test, group_id, by: test.owner }))
    const { json, applied } = await call(method, path, { prefer: 'return=minimal' }, body)
    expect(json.success, JSON.stringify(json)).toBe(true)
    const minimal = operation.kind === 'mutation' ? operation.minimal : undefined
    expect(applied).toBe(minimal && 'return=minimal')
    expect((minimal ?? operation).output.parse(json.data)).toEqual(json.data)
  })

  it('gets it if it sends the header several times, and the whole if that is what it prefers', async () => {
    const { milestone_id } = await makeMilestone(test, group_id, { A: [] })
    const path = `/milestones/${milestone_id}`
    const minimal = await call('PATCH', path, { prefer: ['respond-async', 'return=minimal'] }, { title: 'Named' })
    expect(minimal).toMatchObject({ applied: 'return=minimal', json: { changed: true, data: { milestone_id, checkpoint: null } } })
    const whole = await call('PATCH', path, { prefer: ['return=representation', 'return=minimal'] }, { title: 'Renamed' })
    expect(whole).toMatchObject({ applied: undefined, json: { changed: true, data: { title: 'Renamed', total_checkpoints: 1 } } })
  })

  it('[H4] may be repeated without the preference, and the other way round: it is the same call', async () => {
    const { milestone_id } = await makeMilestone(test, group_id, { A: [], B: ['A'] })
    for (const order of [1, 2]) {
      const path = `/milestones/${milestone_id}/checkpoints/${order}/complete`
      const key = { 'idempotency-key': `prefer ${order}` }
      const [first, second] = order === 1 ? [{ prefer: 'return=minimal' }, {}] : [{}, { prefer: 'return=minimal' }]
      const answers = [await call('POST', path, { ...key, ...first }, {}), await call('POST', path, { ...key, ...second }, {})]
      expect(answers.map(({ json }) => json.replayed)).toEqual([undefined, true])
      const [minimal, whole] = order === 1 ? answers : answers.reverse()
      expect(minimal).toMatchObject({
        applied: 'return=minimal',
        json: { data: { progress: `${order}/2`, checkpoint: { order, state: 'completed' } } },
      })
      expect(whole).toMatchObject({ applied: undefined, json: { data: { progress: `${order}/2`, checkpoints: [{}, {}] } } })
    }
  })

  it('is refused as any other, and is not told that its preference was applied', async () => {
    const { milestone_id } = await makeMilestone(test, group_id, { A: [], B: ['A'] })
    const refused = await call('POST', `/milestones/${milestone_id}/checkpoints/2/complete`, { prefer: 'return=minimal' }, {})
    expect(refused).toMatchObject({ applied: undefined, json: { success: false, error: 'blocked' } })
  })
})
