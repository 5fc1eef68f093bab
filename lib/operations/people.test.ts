import { describe, expect, it } from 'vitest'
import { makePerson } from '@/lib/testing/client'
import { useInstance } from '@/lib/testing/instance'
import { expectSound } from '@/lib/testing/soundness'
import { refusal } from '@/lib/testing/watch'
import { OPERATIONS, updatePerson } from '.'
import { changeEmail } from './people'

describe('a person', () => {
  const test = useInstance()

  it('[O3] changes their own name and address, which are kept in one form', async () => {
    const zoe = await makePerson(test, 'Zoe')
    await test.run(updatePerson, { name: ' Zoe\u0301 ' }, zoe)
    const { data, changed } = await test.run(changeEmail, { email: ' ZOE2@Cairn.Test ' }, zoe)
    expect([data.name, data.email, changed]).toEqual(['Zoé', 'zoe2@cairn.test', true])
    expect((await test.run(changeEmail, { email: 'Zoe2@cairn.test' }, zoe)).changed).toBe(false)
    await expectSound(test.instance)
  })

  it('[O3] cannot take the address of another, and can take one that was given up', async () => {
    const [ann, bob] = [await makePerson(test, 'Ann'), await makePerson(test, 'Bob')]
    expect(await refusal(test, changeEmail, { email: 'ANN@cairn.test' }, bob)).toMatchObject({
      code: 'email_taken',
      details: { email: 'ann@cairn.test' },
    })
    const raced = await Promise.allSettled([ann, bob].map((actor) => test.run(changeEmail, { email: 'shared@cairn.test' }, actor)))
    expect(raced.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    await test.run(changeEmail, { email: 'free@cairn.test' }, ann)
    await test.run(changeEmail, { email: 'ann@cairn.test' }, bob)
    await expectSound(test.instance)
  })

  it.each(['', 'x', '@x', 'x@', 'a b@c', 'a@b@c', 'a\u202e@b.c', 'a\u0000@b.c', 'a\u200b@b.c', `${'a'.repeat(251)}@b.c`])(
    'is refused the address %j',
    async (email) => {
      expect((await refusal(test, changeEmail, { email })).code).toBe('invalid')
    },
  )

  it('[O3] changes their address by no call', async () => {
    expect((await refusal(test, updatePerson, { name: 'Zoe', email: 'else@cairn.test' })).code).toBe('invalid')
    expect(OPERATIONS.map(({ name }) => name)).not.toContain(changeEmail.name)
  })

  it.each(['', ' ', '\u202eeve', 'a\u0007', 'a\u200bb', 'a\u2066b', 'x'.repeat(201)])('is refused the name %j', async (name) => {
    expect((await refusal(test, updatePerson, { name })).code).toBe('invalid')
  })
})
