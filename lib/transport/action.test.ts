import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { setInstance } from '@/db/instance'
import { openLink } from '@/lib/auth/handler'
import { getAuth } from '@/lib/auth/session'
import { DomainError } from '@/lib/domain/errors'
import { addCheckpoint, completeCheckpoint, createMilestone, updateMilestone } from '@/lib/operations'
import { type TestKey, userKey } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { positionOf } from '@/lib/testing/watch'
import { runAction } from './action'

const request = vi.hoisted(() => ({ headers: new Headers() }))
// Next gives the headers of a request only while it serves one.
vi.mock('next/headers', () => ({ headers: async () => request.headers }))

describe('a server action', () => {
  const test = useInstance()
  let cookie: string
  let owner: TestKey
  let group: string

  beforeAll(async () => {
    setInstance(test.instance)
    const { makeSignInLink } = await getAuth(test.instance)
    const signedIn = await openLink(test.instance, new Request(await makeSignInLink('owner@cairn.local')))
    cookie = signedIn.headers
      .getSetCookie()
      .map((set) => set.split(';')[0])
      .join('; ')
    owner = await userKey(test)
    group = await makeGroup(test)
  })

  beforeEach(() => {
    request.headers = new Headers({ cookie, host: 'cairn.test', origin: 'http://cairn.test' })
  })

  /** Without what differs between two milestones that were made alike: ids, times, versions, and the session. */
  const alike = (milestone: Data): Data =>
    JSON.parse(JSON.stringify(milestone, (name, value) => (/(_id|_at|_session|^url|^version)$/.test(name) ? undefined : value)))

  it('refuses a session id that REST refuses', async () => {
    for (const id of ['x'.repeat(201), 'a\u0085b']) {
      request.headers.set('x-session-id', id)
      expect(await runAction(createMilestone, { group_id: group, title: 'x' })).toMatchObject({ success: false, error: 'invalid' })
    }
  })

  it('gives the same facts as REST and as execute for a success', async () => {
    const plans = [1, 2, 3].map(() => makeMilestone(test, group, { A: [], B: ['A'] }))
    const ids = (await Promise.all(plans)).map(({ milestone_id }) => milestone_id)
    for (const milestone_id of ids) await test.run(updateMilestone, { milestone_id, title: 'Alike' })
    const [one, two, three] = ids
    const byAction = await runAction(completeCheckpoint, { milestone_id: one, order: 1, note: 'n' })
    const byRest = await owner.call('POST', `/milestones/${two}/checkpoints/1/complete`, { note: 'n' })
    const byExecute = await test.run(completeCheckpoint, { milestone_id: three, order: 1, note: 'n' })
    expect(byAction).toMatchObject({ success: true, changed: true })
    expect(byRest).toMatchObject({ success: true, changed: true })
    if (!byAction.success) expect.fail()
    expect(alike(byAction.data)).toEqual(alike(byRest.data))
    expect(alike(byAction.data)).toEqual(alike(byExecute.data))
    expect(byRest.seq).toBe(byAction.seq + 2)
    expect(byExecute.seq).toBe(byAction.seq + 4)
  })

  it('gives the same code, sentence and facts as REST and as execute for a refusal, and changes nothing', async () => {
    const { milestone_id } = await makeMilestone(test, group, { A: [], B: [], C: ['A', 'B'] })
    const before = await positionOf(test)
    const byAction = await runAction(completeCheckpoint, { milestone_id, order: 3 })
    const byRest = await owner.call('POST', `/milestones/${milestone_id}/checkpoints/3/complete`)
    const byExecute = await test.run(completeCheckpoint, { milestone_id, order: 3 }).catch((error: unknown) => error)
    if (!(byExecute instanceof DomainError)) expect.fail()
    const { code: error, message, details, seq } = byExecute
    expect(byAction).toEqual({ success: false, error, message, details, seq, request_id: expect.any(String) })
    expect(byRest.json).toEqual({ success: false, error, message, details, seq, request_id: expect.any(String) })
    expect(message).toBe('Checkpoint 3 depends on checkpoint 1 and checkpoint 2 which are pending')
    expect(await positionOf(test)).toEqual(before)
  })

  it('takes a form as the input', async () => {
    const form = new FormData()
    const fields = {
      group_id: group,
      title: 'By form',
      'checkpoints.0.title': 'A',
      'checkpoints.1.title': 'B',
      'checkpoints.1.depends_on': '1',
    }
    for (const [name, value] of Object.entries(fields)) form.append(name, value)
    const made = await runAction(createMilestone, form)
    expect(made).toMatchObject({ success: true, data: { title: 'By form', checkpoints: [{ depends_on: [] }, { depends_on: [1] }] } })
  })

  it('returns a refusal of the input, with its fields', async () => {
    const refused = await runAction(addCheckpoint, { milestone_id: 'ms_x' })
    expect(refused).toMatchObject({ success: false, error: 'invalid', details: { fields: [{ path: 'title', message: 'is missing' }] } })
    expect(await runAction(addCheckpoint, null)).toMatchObject({ success: false, error: 'invalid' })
    expect(await runAction(addCheckpoint, 'x')).toMatchObject({ success: false, error: 'invalid' })
  })

  it('of a stranger is unauthenticated, from a foreign page forbidden', async () => {
    const { milestone_id } = await makeMilestone(test, group, { A: [] })
    const before = await positionOf(test)
    request.headers = new Headers({ host: 'cairn.test', origin: 'http://cairn.test' })
    expect(await runAction(completeCheckpoint, { milestone_id, order: 1 })).toMatchObject({ success: false, error: 'unauthenticated' })
    request.headers = new Headers({ cookie, host: 'cairn.test', origin: 'http://evil.test' })
    expect(await runAction(completeCheckpoint, { milestone_id, order: 1 })).toMatchObject({ success: false, error: 'forbidden' })
    expect(await positionOf(test)).toEqual(before)
  })
})
