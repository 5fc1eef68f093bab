import { beforeAll, describe, expect, it } from 'vitest'
import { makeKey } from '@/lib/auth/key'
import { archiveProject, createProject, updateCheckpoint, updateGroup } from '@/lib/operations'
import { addMember } from '@/lib/operations/members'
import {
  agentKey,
  expiredKey,
  groupKey,
  keyWith,
  makePerson,
  readOnlyKey,
  restAs,
  revokedKey,
  type TestKey,
  userKey,
} from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { positionOf } from '@/lib/testing/watch'

describe('which refusal comes first', () => {
  const test = useInstance()
  let owner: TestKey
  let group: string

  beforeAll(async () => {
    owner = await userKey(test)
    group = await makeGroup(test)
  })

  /** A call that is wrong in several ways is refused for the first of them, and changes nothing. */
  const first = async (secret: string | null, call: [string, string, unknown?, Record<string, string>?], status: number, error: string) => {
    const before = await positionOf(test)
    const reply = await restAs(test, secret)(...call)
    expect(reply, call.slice(0, 2).join(' ')).toMatchObject({ status, error, success: false })
    expect(await positionOf(test)).toEqual(before)
    return reply
  }

  const LONG_SESSION = { 'x-clink-session-id': 'x'.repeat(201) }
  const LONG_KEY = { 'idempotency-key': 'x'.repeat(201) }
  const nowhere = '/milestones/ms_nowhere/checkpoints/1'

  describe('1: size, media type, JSON', () => {
    it('before credentials, path, shape and all the rest', async () => {
      const large = JSON.stringify({ unknown: 'x'.repeat(262_144) })
      for (const path of [nowhere, '/nothing', '/groups?unknown=1']) {
        await first(null, ['PATCH', path, large, LONG_SESSION], 413, 'too_large')
        await first(null, ['PATCH', path, '{}', { 'content-type': 'text/plain', ...LONG_KEY }], 415, 'unsupported_media_type')
        await first(null, ['PATCH', path, '{"unknown":', LONG_KEY], 400, 'malformed')
      }
    })

    it('size before media type before JSON', async () => {
      await first(owner.secret, ['PATCH', nowhere, 'x'.repeat(262_145), { 'content-type': 'text/plain' }], 413, 'too_large')
      await first(owner.secret, ['PATCH', nowhere, '{', { 'content-type': 'text/plain' }], 415, 'unsupported_media_type')
    })
  })

  describe('2: credentials', () => {
    const wrong: [string, [string, string, unknown?, Record<string, string>?]][] = [
      ['an unknown field', ['PATCH', nowhere, { unknown: 1 }]],
      ['a wrong field', ['PATCH', nowhere, { title: 5 }]],
      ['a body that is no object', ['PATCH', nowhere, []]],
      ['an unknown parameter', ['GET', '/groups?unknown=1']],
      ['a parameter that is given twice', ['GET', '/groups?slug=a&slug=a']],
      ['an idempotency key that is too long', ['POST', '/groups', { name: 'x' }, LONG_KEY]],
      ['a session id that is too long', ['GET', '/groups', undefined, LONG_SESSION]],
      ['a path that names nothing', ['GET', '/nothing']],
      ['a method that does not fit', ['PUT', '/groups', {}]],
      ['a milestone that does not exist', ['PATCH', nowhere, { title: 'x' }]],
    ]

    it.each(wrong)('before %s', async (_what, call) => {
      await first(null, call, 401, 'unauthenticated')
      await first('sk_live_u_malformed', call, 401, 'unauthenticated')
      await first(makeKey('user').secret, call, 401, 'unauthenticated')
      await first((await revokedKey(test)).secret, call, 401, 'unauthenticated')
      await first((await expiredKey(test)).secret, call, 401, 'unauthenticated')
    })
  })

  describe('3: shape', () => {
    it('before what exists, permission, idempotency, version and state', async () => {
      const { secret } = await readOnlyKey(test, await makePerson(test, 'Shape'))
      const { milestone_id } = await makeMilestone(test, group, { A: [], B: ['A'] })
      await owner.call('POST', '/groups', { name: 'Shape' }, { 'idempotency-key': 'shape' })
      for (const path of [nowhere, `/milestones/${milestone_id}/checkpoints/2`]) {
        const headers = { 'idempotency-key': 'shape' }
        await first(secret, ['PATCH', path, { unknown: 1, expected_version: 1 }, headers], 422, 'invalid')
        await first(secret, ['PATCH', path, { title: '', expected_version: 1 }], 422, 'invalid')
        await first(secret, ['PATCH', path, { git_pr_url: 'file:///etc/passwd', expected_version: 1 }], 422, 'invalid_url')
        await first(secret, ['POST', `${path}/complete`, { note: 'x'.repeat(2_001) }], 422, 'invalid')
        await first(secret, ['PATCH', path, { title: 'a\u0000b' }], 422, 'invalid')
        await first(secret, ['PATCH', path, '{"title":"\\ud800"}'], 422, 'invalid')
        await first(secret, ['DELETE', `${path}?expected_version=x`], 422, 'invalid')
        await first(owner.secret, ['POST', `${path}/reopen`, {}, headers], 422, 'invalid')
      }
    })
  })

  it('3: a claim id with a NUL or a lone surrogate is no claim id', async () => {
    for (const body of ['{"claim_id":"a\\u0000b"}', '{"claim_id":"\\ud800"}'])
      await first(owner.secret, ['POST', `${nowhere}/complete`, body], 422, 'invalid')
  })

  describe('4: not found or not readable', () => {
    it('before permission, idempotency, version and state', async () => {
      const hidden = await makeGroup(test, { visibility: 'private' })
      const { milestone_id } = await makeMilestone(test, hidden, { A: [], B: ['A'] })
      const stranger = await makePerson(test, 'Four')
      const { secret, call } = await keyWith(test, stranger, { 'milestones:write': false, 'milestones:complete': false })
      await call('POST', '/groups', { name: 'Four' }, { 'idempotency-key': 'four' })
      const headers = { 'idempotency-key': 'four' }
      for (const id of [milestone_id, 'ms_nowhere']) {
        await first(secret, ['PATCH', `/milestones/${id}`, { title: 'x', expected_version: 1 }, headers], 404, 'not_found')
        await first(secret, ['POST', `/milestones/${id}/checkpoints/2/complete`, { claim_id: 'x' }, headers], 404, 'not_found')
        await first(secret, ['DELETE', `/milestones/${id}/checkpoints/2?expected_version=1`, undefined, headers], 404, 'not_found')
      }
    })

    it('before permission for a read as well', async () => {
      const { secret } = await keyWith(test, test.owner, { 'milestones:read': false, 'projects:read': false, 'members:read': false })
      const paths = ['/milestones/ms_nowhere', '/projects/proj_nowhere', '/groups/nowhere/members', '/groups/nowhere/milestones']
      for (const path of paths) await first(secret, ['GET', path], 404, 'not_found')
      await first(secret, ['GET', `/groups/${group}/milestones`], 403, 'forbidden')
    })
  })

  describe('5: permission', () => {
    it('before idempotency, version and state', async () => {
      const { milestone_id } = await makeMilestone(test, group, { A: [], B: ['A'] })
      const person = await makePerson(test, 'Five')
      const stranger = await userKey(test, person)
      await stranger.call('POST', '/groups', { name: 'Five' }, { 'idempotency-key': 'five' })
      const headers = { 'idempotency-key': 'five' }
      const path = `/milestones/${milestone_id}`
      await first(stranger.secret, ['POST', `${path}/checkpoints/2/complete`, { expected_version: 1 }, headers], 403, 'forbidden')
      await first(stranger.secret, ['PATCH', `/groups/${group}`, { name: 'x' }, headers], 403, 'forbidden')
      await test.run(addMember, { group_id: group, principal_id: person.actor_id, role: 'member' })
      const reader = await readOnlyKey(test, person)
      await first(reader.secret, ['POST', `${path}/checkpoints/2/complete`, { expected_version: 1 }, headers], 403, 'forbidden')
      const lenient = await keyWith(test, person, { 'milestones:relax': false })
      await first(lenient.secret, ['DELETE', path, undefined, headers], 403, 'forbidden')
      await first(lenient.secret, ['PATCH', `${path}/checkpoints/2`, { depends_on: [], expected_version: 1 }, headers], 403, 'forbidden')
    })
  })

  describe('6: idempotency', () => {
    it('before version and state', async () => {
      const { milestone_id } = await makeMilestone(test, group, { A: [], B: ['A'] })
      const headers = { 'idempotency-key': 'six' }
      await owner.call('POST', '/groups', { name: 'Six' }, headers)
      const path = `/milestones/${milestone_id}/checkpoints/2`
      await first(owner.secret, ['POST', `${path}/complete`, { expected_version: 1 }, headers], 422, 'idempotency_mismatch')
      await first(owner.secret, ['PATCH', path, { depends_on: [2], expected_version: 1 }, headers], 422, 'idempotency_mismatch')
    })
  })

  describe('7: the version', () => {
    it('before the state', async () => {
      const { milestone_id } = await makeMilestone(test, group, { A: [], B: ['A'] })
      const path = `/milestones/${milestone_id}/checkpoints`
      await owner.call('POST', `${path}/1/complete`)
      await first(owner.secret, ['PATCH', `${path}/1`, { title: 'x', expected_version: 1 }], 409, 'version_mismatch')
      await first(owner.secret, ['DELETE', `${path}/1?expected_version=1`], 409, 'version_mismatch')
      await first(owner.secret, ['POST', path, { title: 'x', depends_on: [9], expected_version: 1 }], 409, 'version_mismatch')
      await first(owner.secret, ['POST', path, { title: 'x', position: 9, expected_version: 1 }], 409, 'version_mismatch')
      await first(owner.secret, ['POST', `${path}/1/complete`, { expected_version: 1 }], 409, 'version_mismatch')
    })

    it('and tells the present numbering', async () => {
      const { milestone_id, version, checkpoints } = await makeMilestone(test, group, { A: [], B: [] })
      const { details } = await first(
        owner.secret,
        ['PATCH', `/milestones/${milestone_id}`, { title: 'x', expected_version: version + 1 }],
        409,
        'version_mismatch',
      )
      expect(details.version).toBe(version)
      expect(details.checkpoints).toEqual(checkpoints.map(({ order, checkpoint_id, title }: Data) => ({ order, checkpoint_id, title })))
    })
  })

  describe('8: the state', () => {
    const archived = async (plan: (project_id: string) => Promise<Data>) => {
      const { data } = await test.run(createProject, { group_id: group, title: `Old ${Math.random()}` })
      const milestone = await plan(data.project_id)
      await test.run(archiveProject, { project_id: data.project_id })
      return { project_id: data.project_id, path: `/milestones/${milestone.milestone_id}` }
    }
    const planned = (project_id: string, titles: string[]) =>
      owner
        .call('POST', `/groups/${group}/milestones`, { title: 'P', project_id, checkpoints: titles.map((title) => ({ title })) })
        .then(({ data }) => data)

    it('project_not_active before milestone_closed, milestone_active, not_completed and invalid_dependency', async () => {
      const { path } = await archived((project_id) => planned(project_id, ['A']))
      await first(owner.secret, ['POST', `${path}/reopen`], 409, 'project_not_active')
      await first(owner.secret, ['POST', `${path}/checkpoints/1/reopen`, { reason: 'x' }], 409, 'project_not_active')
      await first(owner.secret, ['POST', `${path}/checkpoints`, { title: 'x', depends_on: [7] }], 409, 'project_not_active')
      const { project_id } = await archived((id) => planned(id, []))
      const closed = await makeMilestone(test, group, { A: [] })
      await owner.call('POST', `/milestones/${closed.milestone_id}/checkpoints/1/complete`)
      const move = { title: 'x', project_id }
      await first(owner.secret, ['PATCH', `/milestones/${closed.milestone_id}`, move], 409, 'project_not_active')
    })

    it('dependents_completed after project_not_active', async () => {
      const { path } = await archived(async (project_id) => {
        const milestone = await planned(project_id, ['A', 'B'])
        await test.run(updateCheckpoint, { milestone_id: milestone.milestone_id, order: 2, depends_on: [1] })
        for (const order of [1, 2]) await owner.call('POST', `/milestones/${milestone.milestone_id}/checkpoints/${order}/complete`)
        return milestone
      })
      await first(owner.secret, ['POST', `${path}/checkpoints/1/reopen`, { reason: 'x' }], 409, 'project_not_active')
    })

    it('completed before has_dependents and invalid_dependency', async () => {
      const { milestone_id } = await makeMilestone(test, group, { A: [], B: ['A'] })
      await makeMilestone(test, group, { C: [`${milestone_id}:1`] })
      const path = `/milestones/${milestone_id}`
      await first(owner.secret, ['DELETE', `${path}/checkpoints/1`], 409, 'has_dependents')
      await first(owner.secret, ['DELETE', path], 409, 'has_dependents')
      await owner.call('POST', `${path}/checkpoints/1/complete`)
      await first(owner.secret, ['DELETE', `${path}/checkpoints/1`], 409, 'checkpoint_completed')
      await first(owner.secret, ['DELETE', path], 409, 'checkpoint_completed')
      await first(owner.secret, ['PATCH', `${path}/checkpoints/1`, { depends_on: [9] }], 409, 'checkpoint_completed')
    })

    it('invalid_dependency before cycle', async () => {
      const one = await makeMilestone(test, group, { A: [] })
      const two = await makeMilestone(test, group, { B: [`${one.milestone_id}:1`] })
      const path = `/milestones/${one.milestone_id}/checkpoints/1`
      await first(owner.secret, ['PATCH', path, { depends_on: [`${two.milestone_id}:1`, 'cp_nowhere'] }], 422, 'invalid_dependency')
      await first(owner.secret, ['PATCH', path, { depends_on: [`${two.milestone_id}:1`] }], 409, 'cycle')
    })

    it('blocked before claim_lost before consensus_required', async () => {
      const checkpoints = [{ title: 'A' }, { title: 'B', depends_on: [1], requires_consensus: true }]
      const { data } = await owner.call('POST', `/groups/${group}/milestones`, { title: 'Gated', checkpoints })
      const path = `/milestones/${data.milestone_id}/checkpoints`
      await first(owner.secret, ['POST', `${path}/2/complete`, { claim_id: 'clm_x' }], 409, 'blocked')
      await owner.call('POST', `${path}/1/complete`)
      await first(owner.secret, ['POST', `${path}/2/complete`, { claim_id: 'clm_x' }], 409, 'claim_lost')
      await first(owner.secret, ['POST', `${path}/2/complete`], 409, 'consensus_required')
    })
  })

  it('a key of a group finds nothing outside it, whatever its person may', async () => {
    const other = await makeGroup(test)
    const { milestone_id } = await makeMilestone(test, other, { A: [] })
    for (const { secret } of [await groupKey(test, group), await agentKey(test, group)]) {
      await first(secret, ['GET', `/milestones/${milestone_id}`], 404, 'not_found')
      await first(secret, ['POST', `/milestones/${milestone_id}/checkpoints/1/complete`, {}], 404, 'not_found')
      await first(secret, ['GET', `/groups/${other}`], 404, 'not_found')
      await first(secret, ['PATCH', `/groups/${other}`, { name: 'x' }], 404, 'not_found')
      await first(secret, ['POST', '/groups', { name: 'x' }], 403, 'forbidden')
    }
  })

  it('what one may not read and what does not exist are refused in the same words', async () => {
    const hidden = await makeGroup(test, { name: 'Hidden words' })
    const { milestone_id, project_id, checkpoints } = await makeMilestone(test, hidden, { A: [] })
    await test.run(updateGroup, { group_id: hidden, visibility: 'private' })
    const { call } = await userKey(test, await makePerson(test, 'Words'))
    const pairs = [
      [`/groups/${hidden}`, '/groups/00000000-0000-4000-8000-000000000000'],
      ['/groups/hidden-words', '/groups/no-words'],
      [`/groups/${hidden}/members`, '/groups/no-words/members'],
      [`/projects/${project_id}`, '/projects/proj_nowhere'],
      [`/projects/${project_id}/graph`, '/projects/proj_nowhere/graph'],
      [`/milestones/${milestone_id}`, '/milestones/ms_nowhere'],
      [`/milestones/${milestone_id}/graph`, '/milestones/ms_nowhere/graph'],
      [`/events?group_id=${hidden}`, '/events?group_id=no-words'],
      [`/events?project_id=${project_id}`, '/events?project_id=proj_nowhere'],
      [`/events?milestone_id=${milestone_id}`, '/events?milestone_id=ms_nowhere'],
      [`/events?checkpoint_id=${checkpoints[0].checkpoint_id}`, '/events?checkpoint_id=cp_nowhere'],
    ]
    for (const [real = '', made = ''] of pairs) {
      const [a, b] = [await call('GET', real), await call('GET', made)]
      expect({ ...a.json, request_id: '' }, real).toEqual({ ...b.json, request_id: '' })
      expect(a.status).toBe(404)
    }
    const mine = (await call('POST', '/groups', { name: 'Words' })).data.group_id
    const wait = async (on: string) => {
      const { json, status } = await call('POST', `/groups/${mine}/milestones`, {
        title: 'x',
        checkpoints: [{ title: 'x', depends_on: [on] }],
      })
      return { status, error: json.error, message: json.message.replace(on, '…') }
    }
    const unknown = await wait('cp_nowhere')
    expect(unknown).toMatchObject({ status: 422, error: 'invalid_dependency' })
    for (const on of [checkpoints[0].checkpoint_id, `${milestone_id}:1`, `${milestone_id}:9`, 'ms_nowhere:1'])
      expect(await wait(on)).toEqual(unknown)
  })
})
