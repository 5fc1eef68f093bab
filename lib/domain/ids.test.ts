import { expect, it } from 'vitest'
import { repeatableIds } from './ids'

it('a call draws the same ids at each try, whatever their prefixes, and others in other places', () => {
  const ids = repeatableIds()
  const first = ids.start()
  const drawn = [first.newId('ms'), first.newGroupId(), first.newId('cp'), first.newGroupId()]
  const second = ids.start()
  expect([second.newId('ms'), second.newGroupId(), second.newId('cp'), second.newGroupId()]).toEqual(drawn)
  expect(ids.start().newId('proj')).toBe(drawn[0]?.replace('ms_', 'proj_'))
  expect(new Set(drawn).size).toBe(4)
  expect(first.newId('cp')).toMatch(/^cp_[a-z2-7]{12}$/)
})

it('another call draws other ids', () => {
  expect(repeatableIds().start().newId('ms')).not.toBe(repeatableIds().start().newId('ms'))
})
