import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { createMilestone, OPERATIONS } from '@/lib/operations'
import type { Operation } from '@/lib/operations/define'
import { userKey } from '@/lib/testing/client'
import { type Raw, useFront } from '@/lib/testing/front'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { requestOf, sampleOf } from '@/lib/testing/samples'
import { eventsAfter, positionOf } from '@/lib/testing/watch'

const answering = OPERATIONS.flatMap((operation) => (operation.kind === 'stream' ? [] : [[operation.name, operation] as const]))

/** The ids and slugs by which a text names what its answer is about. */
const namesIn = (data: Data): string[] =>
  [
    data.milestone_id ?? data.project_id ?? data.slug,
    data.claim?.claim_id,
    ...(data.milestones ?? []).map(({ milestone_id }: Data) => milestone_id),
    ...(data.projects ?? []).map((listed: Data) => (listed.project ?? listed).project_id),
    ...(data.projects ? [] : (data.groups ?? [])).map(({ slug }: Data) => slug),
    ...(data.members ?? []).map(({ user_id }: Data) => user_id),
    ...(data.checkpoints ?? []).map(({ title }: Data) => title),
    ...(data.events ?? []).map(({ seq }: Data) => `${seq} `),
  ].filter((name) => typeof name === 'string')

describe('text by REST', () => {
  const test = useInstance()
  const send = useFront(test)
  let authorization: string
  let group_id: string

  beforeAll(async () => {
    authorization = `Bearer ${(await userKey(test)).secret}`
    group_id = await makeGroup(test)
  })

  const textOf = ({ headers, bytes }: Raw) => String(headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes)
  const call = (method: string, path: string, headers: object = {}, body?: object) =>
    send(method, path, { authorization, accept: 'text/plain', ...headers }, body)
  const say = async (method: string, path: string, body?: object): Promise<string> => textOf(await call(method, path, {}, body))
  const plan = async (sketch: Record<string, (string | number)[]> = { A: [], B: ['A'] }): Promise<string> =>
    (await makeMilestone(test, group_id, sketch)).milestone_id

  it.each(answering)('%s answers whole lines, about the same as its JSON', async (_name, operation: Operation) => {
    const sample = await sampleOf(operation, { test, group_id, by: test.owner })
    const { method, path, body } = requestOf(operation, sample)
    const key = operation.kind === 'mutation' ? { 'idempotency-key': `text ${operation.name}` } : {}
    const answered = await call(method, path, key, body)
    expect(answered).toMatchObject({ status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' } })
    const text = textOf(answered)
    expect(text).toMatch(/^(\S.*\n+)+$/)
    expect(text).not.toMatch(/undefined|null|NaN|\[object|"success"/)
    // A replay under its key is the same call, in the other form.
    const { data, replayed }: Data = JSON.parse(textOf(await call(method, path, { ...key, accept: 'application/json' }, body)))
    if (operation.kind === 'mutation') expect(replayed).toBe(true)
    for (const name of namesIn(operation.kind === 'mutation' ? { claim: data.claim } : data)) expect(text).toContain(name)
  })

  it('[H4] a replay in text of a call in JSON changes nothing, and neither does the other way round', async () => {
    const milestone_id = await plan()
    for (const [order, forms] of [
      [1, ['text/plain', 'application/json', 'text/plain']],
      [2, ['application/json', 'text/plain', 'application/json']],
    ] as const) {
      const { seq } = await positionOf(test)
      for (const accept of forms)
        expect(
          (
            await call(
              'POST',
              `/milestones/${milestone_id}/checkpoints/${order}/complete`,
              { accept, 'idempotency-key': `both ${order}` },
              {},
            )
          ).status,
        ).toBe(200)
      expect((await eventsAfter(test, seq)).map(({ type }) => type)).toEqual([
        'checkpoint.completed',
        ...(order === 2 ? ['milestone.closed'] : []),
      ])
    }
  })

  it('is never refused for its form: whatever a client accepts, it gets an answer', async () => {
    const forms = [
      'image/png',
      'text/html',
      '',
      'text/plain;q=0',
      'application/json;q=0',
      '*/*;q=0',
      'garbage',
      'text/plain, application/json;q=1.0',
    ]
    const types = []
    for (const accept of forms) {
      const { status, headers } = await call('GET', '/groups', { accept })
      expect(status).toBe(200)
      types.push(headers['content-type'])
    }
    expect(new Set(types)).toEqual(new Set(['application/json; charset=utf-8']))
  })

  it('of a refusal has the same status and headers as its JSON', async () => {
    const path = `/milestones/${await plan()}`
    const calls: [string, string, object, object?][] = [
      ['GET', '/groups', { authorization: 'Bearer sk_live_u_wrong' }],
      ['GET', '/nothing', {}],
      ['GET', '/milestones/ms_nowhere', {}],
      ['PUT', '/groups', {}, {}],
      ['HEAD', '/groups', {}],
      ['POST', '/groups', {}, { name: 'x'.repeat(262_145) }],
      ['POST', '/groups', { 'content-type': 'text/plain' }, { name: 'x' }],
      ['POST', '/groups', {}, { nome: 1 }],
      ['PATCH', path, {}, { title: 'x', expected_version: 0 }],
      ['POST', `${path}/checkpoints/2/complete`, {}, {}],
      ['GET', '/groups?slug=a&slug=b', {}],
    ]
    const statuses = []
    for (const [method, address, headers, body] of calls) {
      const json = await call(method, address, { ...headers, accept: 'application/json' }, body)
      const text = await call(method, address, headers, body)
      statuses.push(text.status)
      expect(text.status).toBe(json.status)
      for (const name of ['www-authenticate', 'allow', 'vary', 'cache-control', 'x-content-type-options', 'connection'])
        expect(text.headers[name], `${name} of ${method} ${address}`).toBe(json.headers[name])
      expect(text.headers['content-type']).toBe('text/plain; charset=utf-8')
      if (method !== 'HEAD') expect(textOf(text)).toMatch(new RegExp(`^${JSON.parse(textOf(json)).error}: .*\n`))
    }
    expect(statuses).toEqual([401, 404, 404, 405, 405, 413, 415, 422, 409, 409, 422])
  })

  it('has an ETag of its own, by which it is 304, and says that it depends on what is accepted', async () => {
    const path = `/milestones/${await plan()}`
    const [text, json] = [await call('GET', path), await call('GET', path, { accept: 'application/json' })]
    expect(text.headers.etag).not.toBe(json.headers.etag)
    expect(await call('GET', path, { 'if-none-match': String(text.headers.etag) })).toMatchObject({ status: 304, bytes: { length: 0 } })
    expect((await call('GET', path, { 'if-none-match': String(json.headers.etag) })).status).toBe(200)
    for (const { headers } of [text, json]) expect(headers.vary).toBe('Accept, Accept-Encoding')
  })

  it('that is large is compressed for who accepts that', async () => {
    const checkpoints = Array.from({ length: 60 }, (_, at) => ({ title: `Étape ${at} ${'x'.repeat(100)}` }))
    const { data } = await test.run(createMilestone, { group_id, title: 'Large', checkpoints })
    const [packed, whole] = [
      await call('GET', `/milestones/${data.milestone_id}`, { 'accept-encoding': 'gzip' }),
      await call('GET', `/milestones/${data.milestone_id}`),
    ]
    expect(packed.headers['content-encoding']).toBe('gzip')
    expect(packed.headers.etag).toBe(`W/${whole.headers.etag}`)
    expect(textOf(packed)).toBe(textOf(whole))
  })

  it('is minimal already, so a preference for that is not said to be applied', async () => {
    const { headers } = await call('PATCH', `/milestones/${await plan()}`, { prefer: 'return=minimal' }, { title: 'Named' })
    expect(headers['preference-applied']).toBeUndefined()
  })

  it('says calls as requests, and to the command line as commands', async () => {
    const path = `/milestones/${await plan()}/checkpoints/2`
    expect(await say('POST', `${path}/complete`, {})).toContain(`\nnext: GET /api${path}/blockers\n`)
    const command = textOf(await call('POST', `${path}/complete`, { 'user-agent': 'cairn-cli/1' }, {}))
    expect(command).toContain('\nnext: cairn why ')
  })

  it('[D1] leads from a refusal to what can be done: why it is blocked, the claim of the cause, and its completion', async () => {
    const milestone_id = await plan({ A: [], B: ['A'], C: ['B'] })
    const nextIn = (text: string, label = 'next'): [string, string, object?] => {
      const [, method = '', path = '', body] = new RegExp(`^${label}: ([A-Z]+) /api(\\S+)(?: (.*))?$`, 'm').exec(text) ?? []
      return [method, path, body === undefined ? undefined : JSON.parse(body)]
    }
    const refused = await say('POST', `/milestones/${milestone_id}/checkpoints/3/complete`, {})
    const why = await say(...nextIn(refused))
    const claimed = await say(...nextIn(why))
    expect(claimed).toContain('\n1 claimed "A"')
    const again = await say(...nextIn(claimed, 'for more time'))
    expect(again).toContain('\n1 claimed "A"')
    expect(await say(...nextIn(claimed, 'when done'))).toContain('\n1 done "A"\nnow 2 ready "B"\n')
    const other = await say('POST', `/groups/${group_id}/claim-next`, { milestone_id })
    expect(await say(...nextIn(other, 'if it fails'))).toContain('\n2 failed "B" <-1 last failure "…"')
  })

  it('[L1] [N1] leads from what is claimed to a wait, from what needs a person to why, and from another version to the present one', async () => {
    const milestone_id = await plan()
    const path = `/milestones/${milestone_id}/checkpoints/1`
    await say('POST', `${path}/claim`, {})
    const claimed = await say('POST', `${path}/complete`, {})
    const wait = /^next: GET \/api(\S+)$/m.exec(claimed)?.[1] ?? ''
    expect(await say('GET', `${wait}&timeout_seconds=0`)).toMatch(/^not yet .*\n1 claimed "A" by ".+" until .*Z\nnext: GET \/api\/wait\?/)
    const second = `/milestones/${await plan()}/checkpoints/1`
    for (const reason of ['one', 'two', 'three']) await say('POST', `${second}/fail`, { reason })
    const needy = /^next: GET \/api(\S+)$/m.exec(await say('POST', `${second}/claim`, {}))?.[1] ?? ''
    expect(await say('GET', needy)).toMatch(/needs a person, last failure "three" by ".+" in attempt 3/)
    const old = await say('PATCH', path, { title: 'New', expected_version: 1 })
    const present = /^next: GET \/api(\S+)$/m.exec(old)?.[1] ?? ''
    const version = Number(/ v(\d+)$/m.exec(await say('GET', present))?.[1])
    expect(await say('PATCH', path, { title: 'New', expected_version: version })).toMatch(/1 claimed "New"/)
  })

  it('leads from what there is not to where one finds what there is', async () => {
    const milestone_id = await plan()
    const next = async (method: string, path: string, body?: object) => (await say(method, path, body)).split('\n').slice(1, -1)
    expect(await next('POST', `/milestones/${milestone_id}/checkpoints/9/complete`, {})).toEqual([
      `next: GET /api/milestones/${milestone_id}`,
    ])
    expect(await next('POST', `/groups/${group_id}/claim-next`, { milestone_id: 'ms_nowhere' })).toEqual([
      `next: GET /api/groups/${group_id}/milestones`,
    ])
    expect(await next('POST', `/groups/${group_id}/claim-next`, { project_id: 'proj_x' })).toEqual([
      `next: GET /api/groups/${group_id}/projects?status=active`,
    ])
    expect(await next('GET', '/milestones/ms_nowhere')).toEqual(['next: GET /api/groups'])
    expect(await next('GET', '/groups/nowhere')).toEqual(['next: GET /api/groups'])
    expect(await next('GET', '/nowhere')).toEqual([])
  })

  it('[C2] [L1] says of a repeat that nothing changed, and of a change nothing of the kind', async () => {
    const path = `/milestones/${await plan({ A: [], B: [] })}/checkpoints/1`
    const UNCHANGED = 'nothing changed: it was so already\n'
    expect(await say('POST', `${path}/complete`, {})).not.toContain(UNCHANGED)
    expect(await say('POST', `${path}/complete`, {})).toMatch(new RegExp(`^${UNCHANGED}ms_.*\n1 done "A"\n`))
    const second = path.replace(/1$/, '2')
    expect(await say('DELETE', `${second}/claim`)).toContain(UNCHANGED)
    expect(await say('PATCH', second, { title: 'B' })).toContain(UNCHANGED)
    expect(await say('PATCH', second, { title: 'C' })).not.toContain(UNCHANGED)
    await say('POST', `${second}/claim`, {})
    // Nothing to claim is no repeat.
    expect(await say('POST', `/groups/${await makeGroup(test)}/claim-next`, {})).not.toContain(UNCHANGED)
  })

  it('of a change tells the numbers that are others now, and that what depends on a reopened checkpoint is pending again', async () => {
    const milestone_id = await plan({ A: [], B: ['A'], C: [] })
    const path = `/milestones/${milestone_id}/checkpoints`
    expect(await say('POST', path, { title: 'Last' })).not.toContain('numbered')
    expect(await say('POST', path, { title: 'Third', position: 3 })).toContain('\nlater checkpoints are numbered one higher now\n')
    expect(await say('DELETE', `${path}/3`)).toMatch(/^ms_.*\ndeleted 3\nlater checkpoints are numbered one lower now\n$/)
    expect(await say('DELETE', `${path}/4`)).toMatch(/^ms_.*\ndeleted 4\n$/)
    for (const order of [1, 2]) await say('POST', `${path}/${order}/complete`, {})
    expect(await say('POST', `${path}/1/reopen`, { reason: 'Wrong', cascade: true })).toMatch(
      /\n1 ready "A"\nwhat depends on it is pending again, in other milestones too\n$/,
    )
    expect(await say('POST', `${path}/1/complete`, {})).toContain('\nnow 2 ready "B"\n')
    expect(await say('POST', `${path}/1/reopen`, { reason: 'Wrong' })).toMatch(/\n1 ready "A"\n$/)
  })

  it('[W1] leads from a wait that is over to the claim, and from one whose time is up to the same again', async () => {
    const milestone_id = await plan()
    const wait = (query: string) => say('GET', `/wait?milestone_id=${milestone_id}&timeout_seconds=0&${query}`)
    const nextIn = (text: string): string[] => Array.from(text.matchAll(/^next: (.+)$/gm), ([, request = '']) => request)
    expect(await wait('order=1&until=ready')).toBe(
      `${await head(milestone_id)}\n1 ready "A"\nnext: POST /api/milestones/${milestone_id}/checkpoints/1/claim {}\n`,
    )
    const blocked = await wait('order=2&until=ready')
    expect(blocked).toContain('\nCheckpoint 2 depends on checkpoint 1 which is pending\n')
    expect(nextIn(blocked)).toEqual([`GET /api/wait?milestone_id=${milestone_id}&order=2&until=ready`])
    expect(nextIn(await wait('until=closed'))).toEqual([`GET /api/wait?milestone_id=${milestone_id}&until=closed`])
    const { seq } = await positionOf(test)
    expect(nextIn(await wait('until=change'))).toEqual([`GET /api/wait?milestone_id=${milestone_id}&until=change&since_seq=${seq}`])
    await say('POST', `/milestones/${milestone_id}/checkpoints/1/complete`, {})
    const [events = '', again = ''] = nextIn(await wait(`until=change&since_seq=${seq}`))
    expect(again).toContain(`since_seq=${seq + 1}`)
    expect(await say('GET', events.replace('GET /api', ''))).toMatch(
      new RegExp(`^${seq + 1} \\S+Z checkpoint.completed ${milestone_id}:1 "A" by ".+"\n`),
    )
    expect(nextIn(await wait('order=1&until=ready'))).toEqual([])
  })

  const head = async (milestone_id: string): Promise<string> =>
    `reached ${milestone_id} active ${/ (v\d+)\n/.exec(await say('GET', `/milestones/${milestone_id}`))?.[1]}`

  it('asks for the next page with what the first was asked for', async () => {
    const group = await makeGroup(test)
    for (const title of ['One', 'Two', 'Three']) await test.run(createMilestone, { group_id: group, title })
    let page = await say('GET', `/groups/${group}/milestones?limit=1&status=active`)
    const titles = []
    for (let pages = 0; pages < 3; pages++) {
      titles.push(/"(\w+)"/.exec(page)?.[1])
      const next = /^next: GET \/api(\S+)$/m.exec(page)?.[1]
      if (next) page = await say('GET', next)
    }
    expect(titles).toEqual(['Three', 'Two', 'One'])
    expect(page).not.toContain('next: ')
    const events = await say('GET', `/events?group_id=${group}&limit=2`)
    const more = /^next: GET \/api(\S+)$/m.exec(events)?.[1] ?? ''
    expect(more).toMatch(/^\/events\?after=\d+&.*limit=2/)
    expect(await say('GET', more)).toMatch(/^\d+ \S+Z (project|milestone)\.created .*\n/)
  })
})
