import { describe, expect, it } from 'vitest'
import { openInstance } from '@/db/instance'
import { groupKey, join, makePerson } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup } from '@/lib/testing/milestones'
import { refusal, watch } from '@/lib/testing/watch'
import { createGroup, getGroupOperation, listGroups, listMembers, updateGroup } from '.'
import { dataOf, execute } from './execute'

describe('groups', () => {
  const test = useInstance()

  it('are created with their creator as the owner and only member', async () => {
    const input = { name: 'Ship It', description: 'All hands', visibility: 'private' }
    const { data, events } = await watch(test, createGroup, input)
    expect(data).toMatchObject({ ...input, slug: 'ship-it', role: 'owner', member_count: 1, owner_id: test.owner.actor_id })
    expect(data.group_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(events.map((event) => event.data)).toEqual([
      { ...input, slug: 'ship-it' },
      { principal_id: test.owner.actor_id, role: 'owner' },
    ])
    expect((await test.run(getGroupOperation, { group_id: data.group_id })).data).toEqual(data)
  })

  it('get a slug from their name, and one from their id where it has no letter and no digit', async () => {
    expect((await test.run(createGroup, { name: 'Déjà  vu & Co.' })).data.slug).toBe('deja-vu-co')
    expect((await test.run(createGroup, { name: '北京' })).data.slug).toBe('bei-jing')
    for (const name of ['💥', '...']) {
      const { data } = await test.run(createGroup, { name })
      expect(data.slug).toBe(`group-${data.group_id.slice(0, 8)}`)
    }
  })

  it('[S1] keep their slugs to themselves', async () => {
    await test.run(createGroup, { name: 'Taken' })
    const taken = { code: 'slug_taken', details: { slug: 'taken' } }
    expect(await refusal(test, createGroup, { name: 'Other', slug: 'taken' })).toMatchObject(taken)
    expect((await test.run(createGroup, { name: 'Taken!' })).data.slug).toBe('taken-2')
    const other = await makeGroup(test)
    expect((await refusal(test, updateGroup, { group_id: other, slug: 'taken' })).code).toBe('slug_taken')
  })

  it('free a slug that they give up, for another in the same batch as well', async () => {
    const group_id = await makeGroup(test, { slug: 'given-up' })
    const renamed = test.run(updateGroup, { group_id, slug: 'given-up-2' })
    const taken = test.run(createGroup, { name: 'New', slug: 'given-up' })
    expect((await renamed).data.slug).toBe('given-up-2')
    expect((await taken).data.slug).toBe('given-up')
    expect((await test.run(getGroupOperation, { group_id: 'given-up' })).data.name).toBe('New')
  })

  it('[S1] of the same name have slugs of their own: in one batch, and in a process that has loaded none of them', async () => {
    await test.run(createGroup, { name: 'Crowd', visibility: 'private' })
    const person = await makePerson(test, 'Newcomer')
    const together = await Promise.all(Array.from({ length: 30 }, () => test.run(createGroup, { name: 'Crowd' }, person)))
    const slugs = together.map(({ data }) => data.slug)
    expect(slugs).toEqual(Array.from({ length: 30 }, (_, at) => `crowd-${at + 2}`))
    const other = await openInstance(test.database.url, 'http://cairn.test')
    const made = await execute(other, createGroup, { input: { name: 'crowd' }, actor: person }).finally(() => other.close())
    expect(dataOf(createGroup, made).slug).toBe('crowd-32')
  })

  it.each(['', 'Upper', 'a b', 'a--b', '-a', 'a-', 'é', 'x'.repeat(65), '00000000-0000-4000-8000-000000000000', 'a\n'])(
    'refuse the slug %j',
    async (slug) => {
      expect(await refusal(test, createGroup, { name: 'x', slug })).toMatchObject({
        code: 'invalid',
        details: { fields: [{ path: 'slug' }] },
      })
    },
  )

  it('write an update of what differs only', async () => {
    const group_id = await makeGroup(test, { name: 'Before', description: 'Same' })
    const { events, data } = await watch(test, updateGroup, { group_id, name: 'After', description: 'Same', visibility: 'workspace' })
    expect(events.map((event) => event.data)).toEqual([{ name: 'After' }])
    expect(data).toMatchObject({ name: 'After', description: 'Same' })
  })

  it('are changed by their admins, not by their members', async () => {
    const group_id = await makeGroup(test)
    const [admin, member] = [await makePerson(test, 'Ada'), await makePerson(test, 'Mel')]
    await join(test, group_id, admin, 'admin')
    await join(test, group_id, member)
    expect(await refusal(test, updateGroup, { group_id, name: 'x' }, member)).toMatchObject({
      code: 'forbidden',
      details: { missing: 'admin' },
    })
    expect((await watch(test, updateGroup, { group_id, name: 'x' }, admin)).data).toMatchObject({
      name: 'x',
      role: 'admin',
      member_count: 3,
    })
  })

  it('are found by id in any case, and by slug', async () => {
    const group_id = await makeGroup(test, { slug: 'by-slug' })
    for (const reference of [group_id, group_id.toUpperCase(), 'by-slug'])
      expect((await test.run(getGroupOperation, { group_id: reference })).data.group_id).toBe(group_id)
    expect((await refusal(test, getGroupOperation, { group_id: 'BY-SLUG' })).code).toBe('not_found')
  })

  it('are listed as far as they may be read, oldest first', async () => {
    const open = await makeGroup(test)
    const closed = await makeGroup(test, { visibility: 'private' })
    const listed = async (actor = test.owner): Promise<string[]> =>
      (await test.run(listGroups, {}, actor)).data.groups.map(({ group_id }: Data) => group_id)
    const person = await makePerson(test, 'Lister')
    expect((await listed()).slice(-2)).toEqual([open, closed])
    expect(await listed(person)).toContain(open)
    expect(await listed(person)).not.toContain(closed)
    await join(test, closed, person)
    expect(await listed(person)).toContain(closed)
    expect(await listed((await groupKey(test, closed, person)).actor)).toEqual([closed])
  })

  it('are listed by slug: one, or none where it is unknown or may not be read', async () => {
    const group_id = await makeGroup(test, { slug: 'hidden-slug', visibility: 'private' })
    const listed = async (slug: string, actor = test.owner) => (await test.run(listGroups, { slug }, actor)).data.groups
    expect(await listed('hidden-slug')).toMatchObject([{ group_id }])
    expect(await listed('hidden-slug', await makePerson(test, 'Nosy'))).toEqual([])
    expect(await listed('no-such-slug')).toEqual([])
    expect(await listed('')).toEqual([])
  })

  it('once made private are gone for others at once, and come back', async () => {
    const group_id = await makeGroup(test)
    const person = await makePerson(test, 'Outsider')
    const role = async () => (await test.run(getGroupOperation, { group_id }, person)).data.role
    expect(await role()).toBeNull()
    await test.run(updateGroup, { group_id, visibility: 'private' })
    expect((await refusal(test, getGroupOperation, { group_id }, person)).code).toBe('not_found')
    await test.run(updateGroup, { group_id, visibility: 'workspace' })
    expect(await role()).toBeNull()
  })
})

describe('members', () => {
  const test = useInstance()

  it('are listed in the order in which they joined, people and agents', async () => {
    const group_id = await makeGroup(test)
    await join(test, group_id, await makePerson(test, 'Ann'), 'admin')
    const agent = await test.agent(group_id, 'worker')
    const { members } = (await test.run(listMembers, { group_id })).data
    expect(members.map(({ name, role, member_type }: Data) => [name, role, member_type])).toEqual([
      ['Owner', 'owner', 'user'],
      ['Ann', 'admin', 'user'],
      ['worker', 'member', 'agent_profile'],
    ])
    expect(members[2].user_id).toBe(agent.actor_id)
  })

  it("have their addresses shown to the group's own admins only", async () => {
    const group_id = await makeGroup(test)
    const [admin, member, other] = [await makePerson(test, 'Ad'), await makePerson(test, 'Me'), await makePerson(test, 'Ot')]
    await join(test, group_id, admin, 'admin')
    await join(test, group_id, member)
    await join(test, await makeGroup(test), other, 'admin')
    const addresses = async (actor = test.owner): Promise<string[]> =>
      (await test.run(listMembers, { group_id }, actor)).data.members.map(({ email }: Data) => email)
    const shown = ['owner@cairn.local', 'ad@cairn.test', 'me@cairn.test']
    expect(await addresses()).toEqual(shown)
    expect(await addresses(admin)).toEqual(shown)
    expect(await addresses(member)).toEqual(['', '', ''])
    expect(await addresses(other)).toEqual(['', '', ''])
    expect((await refusal(test, listMembers, { group_id: 'nowhere' })).code).toBe('not_found')
  })
})
