import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { createMilestone } from '@/lib/operations'
import { userKey } from '@/lib/testing/client'
import { type Raw, useFront } from '@/lib/testing/front'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup } from '@/lib/testing/milestones'
import { acceptsGzip, respondWith } from './compression'

describe('an Accept-Encoding header', () => {
  it.each([
    'gzip',
    'GZip',
    'x-gzip',
    '*',
    'deflate, gzip',
    'br;q=1.0, gzip;q=0.8, *;q=0.1',
    'gzip ; q=0.001',
    'identity;q=0.5, *',
    'identity, gzip',
  ])('%s accepts gzip', (given) => {
    expect(acceptsGzip(given)).toBe(true)
  })

  it.each([
    null,
    '',
    'identity',
    'deflate, br',
    'gzip;q=0',
    'gzip;q=0.000',
    'gzip;Q=0',
    '*, gzip;q=0',
    '*;q=0',
    'identity;q=1, gzip;q=0.5',
    'gzip;q=x',
    'gzipped',
  ])('%s does not', (given) => {
    expect(acceptsGzip(given)).toBe(false)
  })
})

describe('an answer', () => {
  const test = useInstance()
  const send = useFront(test)
  const gzip = { 'accept-encoding': 'gzip, deflate, br' }
  let authorization: string
  let large: string
  let small: string

  beforeAll(async () => {
    authorization = `Bearer ${(await userKey(test)).secret}`
    const group_id = await makeGroup(test)
    const make = async (count: number) => {
      const checkpoints = Array.from({ length: count }, (_, at) => ({ title: `Étape ${at + 1}` }))
      const { data } = await test.run(createMilestone, { group_id, title: 'Plan', checkpoints })
      return `/milestones/${data.milestone_id}`
    }
    large = await make(100)
    small = await make(1)
  })

  const get = (path: string, headers: object = {}) => send('GET', path, { authorization, ...headers })
  const read = ({ headers, bytes }: Raw): Data => JSON.parse(String(headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes))
  const whole = ({ headers, bytes }: Raw) =>
    headers['content-length'] === String(bytes.length) && headers['transfer-encoding'] === undefined

  it('that is large is compressed for who accepts it, in one piece with its length, and says the same', async () => {
    const [compressed, plain] = [await get(large, gzip), await get(large)]
    expect(compressed).toMatchObject({
      status: 200,
      headers: { 'content-encoding': 'gzip', 'content-type': 'application/json; charset=utf-8' },
    })
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(compressed.bytes.length).toBeLessThan(plain.bytes.length / 5)
    expect([whole(compressed), whole(plain)]).toEqual([true, true])
    expect(read(compressed)).toEqual(read(plain))
    expect((await get(large, { 'accept-encoding': 'gzip;q=0, *' })).headers['content-encoding']).toBeUndefined()
  })

  it('to a change, a refusal and the description of the API is compressed too', async () => {
    const changed = await send('PATCH', large, { authorization, ...gzip }, { title: 'Renamed' })
    const refused = await send('PATCH', large, { authorization, ...gzip }, { title: 'Again', expected_version: 1 })
    const described = await get('/openapi.json', gzip)
    for (const answer of [changed, refused, described]) expect(answer.headers['content-encoding']).toBe('gzip')
    expect(read(changed)).toMatchObject({ success: true, data: { title: 'Renamed' } })
    expect(refused.status).toBe(409)
    expect(read(refused)).toMatchObject({ error: 'version_mismatch', details: { checkpoints: { length: 100 } } })
    expect(read(described).openapi).toMatch(/^3/)
  })

  it('that is small is not: up to 4,096 bytes, not characters', async () => {
    const request = new Request('http://cairn.test', { headers: gzip })
    const encodings = ['x'.repeat(4_096), 'x'.repeat(4_097), 'é'.repeat(2_048), 'é'.repeat(2_049)].map(async (text) => {
      const response = await respondWith(request, 200, {}, text)
      return response.headers.get('content-encoding')
    })
    expect(await Promise.all(encodings)).toEqual([null, 'gzip', null, 'gzip'])
    expect((await get(small, gzip)).headers['content-encoding']).toBeUndefined()
  })

  it('says what it depends on, of whatever kind it is', async () => {
    const etag = String((await get(small)).headers.etag)
    const answers = [
      await get(large, gzip),
      await get(large),
      await get(small),
      await get(small, { 'if-none-match': etag }),
      await get('/nothing'),
      await send('GET', '/groups'),
      await send('PATCH', small, { authorization }, { title: 'Renamed' }),
      await send('HEAD', small, { authorization, ...gzip }),
      await get('/openapi.json'),
      await get('/health'),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 304, 404, 401, 200, 405, 200, 200])
    for (const { headers } of answers) expect(headers.vary).toBe('Accept, Accept-Encoding')
  })

  it('has a weak ETag if it is compressed, and a strong one if not; with either, it is 304 in either form', async () => {
    const tags = { weak: String((await get(large, gzip)).headers.etag), strong: String((await get(large)).headers.etag) }
    expect(tags.weak).toBe(`W/${tags.strong}`)
    expect(tags.strong).toMatch(/^"[^"]+"$/)
    expect((await get(small, gzip)).headers.etag).toMatch(/^"/)
    for (const given of [tags.weak, tags.strong, `"other", ${tags.weak}`]) {
      const [weak, strong] = [await get(large, { ...gzip, 'if-none-match': given }), await get(large, { 'if-none-match': given })]
      for (const { status, bytes, headers } of [weak, strong]) {
        expect([status, bytes.length]).toEqual([304, 0])
        expect(headers['content-encoding']).toBeUndefined()
      }
      expect([weak.headers.etag, strong.headers.etag]).toEqual([tags.weak, tags.strong])
    }
    await send('POST', `${large}/checkpoints/1/complete`, { authorization }, {})
    expect((await get(large, { ...gzip, 'if-none-match': tags.weak })).status).toBe(200)
  })

  it('to HEAD has no body, and the length that its refusal would have', async () => {
    const head = await send('HEAD', large, { authorization, ...gzip })
    const put = await send('PUT', large, { authorization, ...gzip }, {})
    expect([head.status, put.status]).toEqual([405, 405])
    expect(head.bytes.length).toBe(0)
    expect(Number(head.headers['content-length'])).toBeGreaterThan(100)
    expect(head.headers['content-encoding']).toBeUndefined()
  })
})
