import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { useInstance } from '@/lib/testing/instance'
import { makeGroup } from '@/lib/testing/milestones'
import { refusal } from '@/lib/testing/watch'
import { createProject } from '.'
import { fingerprintOf, isSameCall } from './fingerprint'

/** As the first builds wrote it: the same text, without a version. */
const withoutVersion = (text: string) => createHash('sha256').update(text).digest('hex')

describe('the fingerprint of a call', () => {
  it('is the same whatever the order of the fields, and another for another call or other values', () => {
    const one = fingerprintOf('create_project', { title: 'x', more: { a: 1, b: [1, 2] } })
    expect(fingerprintOf('create_project', { more: { b: [1, 2], a: 1 }, title: 'x' })).toBe(one)
    expect(fingerprintOf('update_project', { title: 'x', more: { a: 1, b: [1, 2] } })).not.toBe(one)
    expect(fingerprintOf('create_project', { title: 'x', more: { a: 1, b: [2, 1] } })).not.toBe(one)
    expect(one).toMatch(/^1:[0-9a-f]{64}$/)
  })

  it('is compared with one that carries no version, and with one of another version', () => {
    const one = fingerprintOf('create_project', { title: 'x' })
    expect(isSameCall(withoutVersion('create_project {"title":"x"}'), one)).toBe(true)
    expect(isSameCall(withoutVersion('create_project {"title":"y"}'), one)).toBe(false)
    expect(isSameCall(one.replace('1:', '2:'), one)).toBe(false)
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
