import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { useInstance } from '@/lib/testing/instance'
import { makeGroup } from '@/lib/testing/milestones'
import { refusal } from '@/lib/testing/watch'
import { createProject } from '.'
import { fingerprintOf } from './fingerprint'

/** As the first builds wrote it: the same text, without a version. */
const withoutVersion = (text: string) => createHash('sha256').update(text).digest('hex')

describe('the fingerprint of a call', () => {
  const call = fingerprintOf('create_project', { title: 'x', more: { a: 1, b: [1, 2] } })

  it('is the same whatever the order of the fields, and another for another call or other values', () => {
    expect(call.text).toMatch(/^1:[0-9a-f]{64}$/)
    expect(call.is(fingerprintOf('create_project', { more: { b: [1, 2], a: 1 }, title: 'x' }).text)).toBe(true)
    expect(call.is(fingerprintOf('update_project', { title: 'x', more: { a: 1, b: [1, 2] } }).text)).toBe(false)
    expect(call.is(fingerprintOf('create_project', { title: 'x', more: { a: 1, b: [2, 1] } }).text)).toBe(false)
  })

  it('is compared with one that carries no version as with version 1, and never with one of an unknown version', () => {
    expect(call.is(withoutVersion('create_project {"more":{"a":1,"b":[1,2]},"title":"x"}'))).toBe(true)
    expect(call.is(withoutVersion('create_project {"title":"y"}'))).toBe(false)
    expect(call.is(call.text.replace('1:', '2:'))).toBe(false)
  })
})

describe('an idempotency key that an older build remembered', () => {
  const test = useInstance()
  let group_id: string
  beforeAll(async () => {
    group_id = await makeGroup(test)
  })

  it('[H4] is answered for the same call and refused for another', async () => {
    const input = { group_id, title: 'Old' }
    const first = await test.run(createProject, input, test.owner, { idempotency_key: 'old' })
    await test.instance.pool.query(`update remembered_answers set fingerprint = $1 where idempotency_key = 'old'`, [
      withoutVersion(`create_project {"group_id":"${group_id}","title":"Old"}`),
    ])
    const again = await test.run(createProject, input, test.owner, { idempotency_key: 'old' })
    expect(again).toMatchObject({ data: first.data, seq: first.seq, replayed: true })
    const other = await refusal(test, createProject, { group_id, title: 'Other' }, test.owner, { idempotency_key: 'old' })
    expect(other.code).toBe('idempotency_mismatch')
  })
})
