import { expect, it } from 'vitest'
import { workspace } from '@/lib/testing/sketch'
import type { Event } from '../events'
import { viewEvent } from './event'

const BY_ADA = { actor_name: 'Ada', on_behalf_of: null }

const logged = (): readonly Event[] => {
  const sketch = workspace()
  sketch.key(sketch.as('Ada'))
  sketch.plan('api', { A: [], B: ['A'] })
  return sketch.log
}

it('an event tells its readers neither the hash of a key nor whose version it moves', () => {
  const shown = logged().map((event) => viewEvent(event, BY_ADA))
  const data = (type: string) => shown.find((event) => event.type === type)?.data
  expect(Object.keys(data('key.created') ?? {}).sort()).toEqual(
    ['expires_at', 'group_id', 'hint', 'key_id', 'milestone_id', 'name', 'permissions', 'principal_id'].sort(),
  )
  expect(data('checkpoint.added')).toMatchObject({ order: 1, title: 'A', depends_on: [] })
  expect(data('checkpoint.added')).not.toHaveProperty('renumbers')
})

it('an event tells its readers no field that is not listed for its type', () => {
  for (const event of logged()) {
    const stray: Event = { ...event, ...{ data: { ...event.data, claim_id: 'clm_secret' } }, ...{ key_id: 'key_secret' } } as Event
    expect(JSON.stringify(viewEvent(stray, BY_ADA))).not.toContain('secret')
  }
})

it('an event of a type that this build does not know tells its readers nothing but its frame', () => {
  const [event] = logged()
  const unknown = { ...event, type: 'claim.taken', data: { claim_id: 'clm_secret' } } as unknown as Event
  expect(viewEvent(unknown, BY_ADA)).toMatchObject({ type: 'claim.taken', data: {} })
})
