import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { sha256 } from '@/lib/auth/key'
import type { Actor } from '@/lib/domain/context'
import { NOWHERE } from '@/lib/domain/events'
import { agentKey, groupKey, join, makePerson, userKey } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { positionOf, refusal } from '@/lib/testing/watch'
import { createProject } from '.'
import { createAgentProfile } from './agents'
import { decided, defineMutation, defineQuery, idIn, nowhere } from './define'
import { GroupReference } from './fields'
import { findGroup } from './groups'
import { createUserKey } from './keys'

const output = z.object({ id: z.string() })

/** A query that nobody but the named callers may make. */
const queryFor = (permission: 'admin' | 'person') =>
  defineQuery({
    name: 'read_secret',
    routes: [],
    permission,
    summary: 'Read what few may read',
    input: z.strictObject({ group_id: GroupReference }),
    output,
    errors: [],
    find: findGroup,
    read: async (_reading, _input, _context, { group }) => ({ id: group.group_id }),
    text: ({ id }) => id,
  })

describe('what an operation needs', () => {
  const test = useInstance()
  let group_id: string
  let member: Actor
  let admin: Actor

  beforeAll(async () => {
    group_id = await makeGroup(test)
    member = await makePerson(test, 'Mina')
    admin = await makePerson(test, 'Ada')
    await join(test, group_id, member)
    await join(test, group_id, admin, 'admin')
  })

  const answers = (permission: 'admin' | 'person', actor: Actor) => test.run(queryFor(permission), { group_id }, actor)
  const missing = async (permission: 'admin' | 'person', actor: Actor) =>
    (await refusal(test, queryFor(permission), { group_id }, actor)).details.missing

  it('a query for admins refuses every other reader of the group', async () => {
    expect((await answers('admin', admin)).data.id).toBe(group_id)
    expect((await answers('admin', test.owner)).data.id).toBe(group_id)
    expect(await missing('admin', member)).toBe('admin')
    expect(await missing('admin', await makePerson(test, 'Guest'))).toBe('admin')
  })

  it('a query for people refuses agents and keys of one group', async () => {
    expect((await answers('person', member)).data.id).toBe(group_id)
    expect((await answers('person', (await userKey(test, member)).actor)).data.id).toBe(group_id)
    expect(await missing('person', (await groupKey(test, group_id, member)).actor)).toBe('person')
    expect(await missing('person', (await agentKey(test, group_id)).actor)).toBe('person')
  })

  it('a query is refused for what it needs by the state, before anything is read', async () => {
    let reads = 0
    const demanding = defineQuery({
      ...queryFor('person'),
      needs: () => ['admin'] as const,
      read: async () => {
        reads++
        return { id: 'read' }
      },
    })
    expect((await refusal(test, demanding, { group_id }, member)).details).toEqual({ missing: 'admin' })
    expect(reads).toBe(0)
    expect((await test.run(demanding, { group_id }, admin)).data.id).toBe('read')
  })

  it('a mutation is refused for what it needs by the state, and a replay is judged by the same needs', async () => {
    const relaxing = defineMutation({
      name: 'relax_something',
      routes: [],
      permission: 'milestones:write',
      summary: 'Loosen something',
      input: z.strictObject({ group_id: GroupReference }),
      output,
      errors: [],
      find: findGroup,
      needs: () => ['admin'] as const,
      decide: () => decided([]),
      answer: () => ({ id: 'done' }),
      text: () => 'done',
    })
    expect((await refusal(test, relaxing, { group_id }, member)).details).toEqual({ missing: 'admin' })
    await test.run(relaxing, { group_id }, admin, { idempotency_key: 'relax' })
    const { rows } = await test.instance.pool.query(`select needs from remembered_answers where idempotency_key = 'relax'`)
    expect(rows).toEqual([{ needs: ['admin'] }])
    await test.instance.pool.query(`update group_members set role = 'member' where principal_id = $1`, [admin.actor_id])
    await test.instance.pool.query(`update workspaces set head = 'elsewhere'`)
    expect((await refusal(test, relaxing, { group_id }, admin, { idempotency_key: 'relax' })).details).toEqual({ missing: 'admin' })
    await test.instance.pool.query(`update group_members set role = 'admin' where principal_id = $1`, [admin.actor_id])
    await test.instance.pool.query(`update workspaces set head = 'elsewhere again'`)
  })
})

describe('what a call made', () => {
  const test = useInstance()

  it('is not changed by a repeat that only records what it met on its way', async () => {
    const note = { ...NOWHERE, type: 'project.updated', data: { description: 'met' } } as const
    const { data: project } = await test.run(createProject, { group_id: await makeGroup(test), title: 'Met' })
    const meeting = defineMutation({
      name: 'repeat_something',
      routes: [],
      permission: 'anyone',
      summary: 'Repeat something',
      input: z.strictObject({}),
      output,
      errors: [],
      find: nowhere,
      decide: () => ({ events: [{ ...note, group_id: project.group_id, project_id: project.project_id }], changed: false, made: {} }),
      answer: () => ({ id: 'repeated' }),
      text: () => 'repeated',
    })
    const { seq } = await positionOf(test)
    expect(await test.run(meeting, {})).toMatchObject({ changed: false, seq: seq + 1 })
    expect(await positionOf(test)).toMatchObject({ seq: seq + 1 })
  })

  it('[H4] is named by a replay as it was made the first time, and not as a later twin', async () => {
    const group_id = await makeGroup(test)
    const input = { group_id, name: 'Twin' }
    const first = await test.run(createAgentProfile, input, test.owner, { idempotency_key: 'twin' })
    const later = await test.run(createAgentProfile, input)
    const again = await test.run(createAgentProfile, input, test.owner, { idempotency_key: 'twin' })
    expect(again).toMatchObject({ data: first.data, replayed: true })
    expect(later.data.agent_profile_id).not.toBe(first.data.agent_profile_id)
  })

  it('a new key is answered by its id, which is not its hash', async () => {
    const { data } = await test.run(createUserKey, { name: 'Key' })
    expect(data.key_id).toMatch(/^key_[a-z2-7]{12}$/)
    const { rows } = await test.instance.pool.query('select key_id from api_keys where hash = $1', [sha256(data.secret)])
    expect(rows).toEqual([{ key_id: data.key_id }])
  })

  it('ids that a decision draws are the same at each try, though it must load in between', async () => {
    const drawn: string[] = []
    const group_id = await makeGroup(test)
    const { milestone_id } = await makeMilestone(test, group_id, { A: [] })
    await test.instance.pool.query(`update workspaces set head = 'elsewhere'`)
    const drawing = defineMutation({
      name: 'draw_something',
      routes: [],
      permission: 'anyone',
      summary: 'Draw ids',
      input: z.strictObject({}),
      output,
      errors: [],
      find: nowhere,
      decide: (world, _input, { ids }) => {
        const checkpoint_id = ids.newId('cp')
        drawn.push(checkpoint_id)
        world.checkpoints(milestone_id)
        world.find('checkpoint', ids.newId('cp'))
        return decided([], { checkpoint_id })
      },
      answer: (_world, ids) => ({ id: idIn(ids, 'checkpoint_id') }),
      text: (_world, ids) => idIn(ids, 'checkpoint_id'),
    })
    const { data }: Data = await test.run(drawing, {})
    expect(drawn.length).toBeGreaterThan(2)
    expect(new Set(drawn)).toEqual(new Set([data.id]))
  })
})
