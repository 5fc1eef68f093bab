import { describe, expect, it } from 'vitest'
import { OPERATIONS } from '../operations'
import { RIGHTS } from './roles'

const LEAST = { owner: ['owner'], admin: ['owner', 'admin'] } as const

const ABOUT_A_ROLE = ['create_invitation', 'remove_member']

const known = new Map(OPERATIONS.map((operation) => [operation.name, operation]))

/** The role that an operation needs whatever it is called with, or null. */
function needOf(name: string) {
  const operation = known.get(name)
  if (!operation) throw new Error(`there is no operation ${name}`)
  if (operation.permission === 'admin' || operation.permission === 'owner') return operation.permission
  // Only the needs that do not depend on the state can be asked for without one, and those that depend on the role of another person.
  const { needs } = operation
  if (!needs || (needs.length > 0 && !ABOUT_A_ROLE.includes(name))) return null
  const one = { role: 'member' }
  return [...Reflect.apply(needs, undefined, [null, one, null, { member: one }])].includes('admin') ? 'admin' : null
}

describe('what each role may do', () => {
  for (const { does, roles, operations } of RIGHTS) {
    it(`[O1] is what the operations need: ${does}`, () => {
      for (const name of operations) {
        const need = needOf(name)
        if (need) expect(roles, name).toEqual(LEAST[need])
        else expect(roles, name).toContain('member')
      }
    })
  }

  it('names every operation that needs a role', () => {
    const named = RIGHTS.flatMap(({ operations }) => operations)
    const needing = OPERATIONS.filter(({ routes, name }) => routes.length > 0 && needOf(name) !== null).map(({ name }) => name)
    expect(needing.filter((name) => !named.includes(name))).toEqual([])
    expect(needing.length).toBeGreaterThan(5)
  })
})
