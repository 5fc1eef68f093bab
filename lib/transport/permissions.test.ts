import { beforeAll, describe, expect, it } from 'vitest'
import { makeKey } from '@/lib/auth/key'
import type { Actor } from '@/lib/domain/context'
import { createGroup, OPERATIONS, updateGroup } from '@/lib/operations'
import {
  agentKey,
  type CallRest,
  expiredKey,
  join,
  keyWith,
  makePerson,
  type Reply,
  readOnlyKey,
  restAs,
  revoke,
  revokedKey,
  type TestKey,
  userKey,
} from '@/lib/testing/client'
import { useInstance } from '@/lib/testing/instance'
import { type CallTool, type Told, toolAs } from '@/lib/testing/mcp'
import { type Ground, type Input, operationNamed, requestOf, sampleOf } from '@/lib/testing/samples'
import { positionOf } from '@/lib/testing/watch'
import { findTool } from './mcp/tools'

/**
 * What a call comes to. ok: done · none: done, and nothing of the group is in it · 404: as if it did not exist · person, admin, membership,
 * write, complete, relax, projects, invite, remove, administer: forbidden, and that is what is missing.
 */
type Outcome =
  | 'ok'
  | 'none'
  | '404'
  | 'person'
  | 'admin'
  | 'membership'
  | 'write'
  | 'complete'
  | 'relax'
  | 'projects'
  | 'invite'
  | 'remove'
  | 'administer'

const MISSING: Partial<Record<Outcome, string>> = {
  person: 'person',
  admin: 'admin',
  membership: 'membership',
  write: 'milestones:write',
  complete: 'milestones:complete',
  relax: 'milestones:relax',
  projects: 'projects:write',
  invite: 'members:invite',
  remove: 'members:remove',
  administer: 'groups:admin',
}

const WHO = ['reader', 'agent', 'member', 'admin', 'owner', 'stranger'] as const
type Row = readonly [Outcome, Outcome, Outcome, Outcome, Outcome, Outcome]

/** The same for all. */
const all = (outcome: Outcome): Row => [outcome, outcome, outcome, outcome, outcome, outcome]
/** A key of group scope, as the agent's is, finds nothing outside of its group. */
const exceptAgent = (outcome: Outcome, agent: Outcome): Row => [outcome, agent, outcome, outcome, outcome, outcome]

/** `own`: a group in which all but the stranger are; `open`: another that all may read; `closed`: a private one of others. */
type Cells = { own: Row; open: Row; closed: Row }

const read: Cells = { own: all('ok'), open: exceptAgent('ok', '404'), closed: all('404') }
const listed: Cells = { own: all('ok'), open: exceptAgent('ok', 'none'), closed: all('none') }
const change = (reader: Outcome, agent: Outcome = 'ok'): Cells => ({
  own: [reader, agent, 'ok', 'ok', 'ok', 'membership'],
  open: exceptAgent('membership', '404'),
  closed: all('404'),
})
/** About no group. */
const nowhere = (row: Row): Cells => ({ own: row, open: row, closed: row })

/** For an agent, for a member, and for the admins of its group. */
const administer = (reader: Outcome, agent: Outcome): Cells => ({
  ...change('ok'),
  own: [reader, agent, 'admin', 'ok', 'ok', 'membership'],
})
/** About another group, of which the owner of the first one is a member. */
const beside: Cells = { ...change('ok'), own: ['membership', '404', 'membership', 'membership', 'ok', 'membership'] }
/** About the caller, who administers. */
const ofPeople = nowhere(['administer', 'person', 'ok', 'ok', 'ok', 'ok'])

const TABLE: Record<string, Cells> = {
  list_groups: listed,
  get_group: read,
  create_group: ofPeople,
  update_group: administer('administer', 'person'),
  transfer_group: {
    ...beside,
    own: ['administer', '404', 'membership', 'membership', 'ok', 'membership'],
    open: ['administer', '404', 'membership', 'membership', 'membership', 'membership'],
  },
  list_members: read,
  update_member: administer('administer', 'person'),
  remove_member: administer('remove', 'remove'),
  leave_group: beside,
  create_invitation: administer('invite', 'invite'),
  list_invitations: {
    own: ['invite', 'invite', 'admin', 'ok', 'ok', 'admin'],
    open: ['invite', '404', 'admin', 'admin', 'admin', 'admin'],
    closed: all('404'),
  },
  revoke_invitation: { own: ['invite', 'invite', 'admin', 'ok', 'ok', '404'], open: all('404'), closed: all('404') },
  // Whoever has the link may accept, wherever it leads.
  accept_invitation: ofPeople,
  update_person: ofPeople,
  list_agent_profiles: read,
  create_agent_profile: administer('administer', 'person'),
  update_agent_profile: administer('administer', 'person'),
  suspend_agent_profile: administer('administer', 'person'),
  resume_agent_profile: administer('administer', 'person'),
  delete_agent_profile: administer('administer', 'person'),
  create_project: change('projects'),
  list_projects: read,
  get_project: read,
  get_instructions: read,
  update_project: change('projects'),
  complete_project: change('projects'),
  archive_project: change('projects'),
  reopen_project: change('projects'),
  create_milestone: change('write'),
  list_milestones: read,
  list_project_milestones: read,
  get_milestone: read,
  wait_for: read,
  update_milestone: change('write'),
  delete_milestone: change('write', 'relax'),
  reopen_milestone: change('write'),
  close_milestone: change('complete'),
  add_checkpoint: change('write'),
  update_checkpoint: change('write'),
  delete_checkpoint: change('write', 'relax'),
  complete_checkpoint: change('complete'),
  reopen_checkpoint: change('complete'),
  claim_checkpoint: change('complete'),
  claim_next: change('complete'),
  release_checkpoint: change('complete'),
  fail_checkpoint: change('complete'),
  retry_checkpoint: change('complete', 'person'),
  list_ready: read,
  why_blocked: read,
  withdraw_checkpoint: change('write', 'relax'),
  get_project_graph: read,
  get_milestone_graph: read,
  list_project_overview: listed,
  list_events: read,
  stream: read,
  get_my_permissions: nowhere(all('ok')),
  create_key: { ...change('ok'), own: ['administer', 'person', 'ok', 'ok', 'ok', 'membership'] },
  create_user_key: ofPeople,
  list_keys: { ...read, own: exceptAgent('ok', 'person') },
  list_user_keys: nowhere(exceptAgent('ok', 'person')),
  // The sample is a key of the group's owner.
  revoke_key: { own: ['404', '404', '404', '404', 'ok', '404'], open: all('404'), closed: all('404') },
}

/** What needs `groups:admin` too, and is not named by it. */
const ALSO_ADMINISTER = ['transfer_group', 'revoke_key']

describe('who may do what where', () => {
  const test = useInstance()
  const places: Record<string, Ground> = {}
  const callers: Record<string, CallRest> = {}
  const tools: Record<string, CallTool> = {}
  const nobody: Record<string, CallRest> = {}

  beforeAll(async () => {
    const olga = await makePerson(test, 'Olga')
    const hider = await makePerson(test, 'Hider')
    const group = async (name: string, by: Actor): Promise<Ground> => {
      const { data } = await test.run(createGroup, { name }, by)
      return { test, group_id: data.group_id, by }
    }
    const own = await group('Own', olga)
    const closed = await group('Closed', hider)
    await test.run(updateGroup, { group_id: closed.group_id, visibility: 'private' }, hider)
    Object.assign(places, { own, open: await group('Open', test.owner), closed })

    const joined = async (name: string, role: 'admin' | 'member'): Promise<Actor> => {
      const person = await makePerson(test, name)
      await join(test, own.group_id, person, role, olga)
      return person
    }
    const member = await joined('Member', 'member')
    const stranger = await makePerson(test, 'Stranger')
    await group('Elsewhere', stranger)
    const add = (who: string, { call, secret }: TestKey) => {
      callers[who] = call
      tools[who] = toolAs(test, secret)
    }
    add('reader', await readOnlyKey(test, await joined('Reader', 'member')))
    add('agent', await agentKey(test, own.group_id, 'Agent', olga))
    add('member', await userKey(test, member))
    add('admin', await userKey(test, await joined('Admin', 'admin')))
    add('owner', await userKey(test, olga))
    add('stranger', await userKey(test, stranger))
    nobody.none = restAs(test, null)
    nobody.malformed = restAs(test, 'sk_live_u_malformed')
    nobody.unknown = restAs(test, makeKey('user').secret)
    nobody.revoked = (await revokedKey(test, olga)).call
    nobody.expired = (await expiredKey(test, olga)).call
  })

  it('[F1] names every operation', () => {
    expect(Object.keys(TABLE).sort()).toEqual(OPERATIONS.map(({ name }) => name).sort())
  })

  const expectOutcome = (reply: Reply, outcome: Outcome, about: string, { group_id }: Ground) => {
    const missing = MISSING[outcome]
    if (missing) expect(reply, about).toMatchObject({ status: 403, error: 'forbidden', details: { missing } })
    if (missing && outcome !== 'person') expect(reply.message, about).toContain(missing.replace('membership', 'member'))
    if (outcome === '404') expect(reply, about).toMatchObject({ status: 404, error: 'not_found' })
    if (outcome === 'ok' || outcome === 'none') expect(reply.status, `${about}: ${reply.text}`).toBe(200)
    if (outcome === 'none') expect(reply.text, about).not.toContain(group_id)
  }

  it.each(OPERATIONS.map((operation) => [operation.name, operation] as const))('[F1] %s', async (name, operation) => {
    const cells = TABLE[name] ?? expect.fail(`${name} is not in the table`)
    for (const [where, row] of Object.entries(cells)) {
      const place = places[where] ?? expect.fail()
      let input: Input | null = null
      for (const [at, who] of WHO.entries()) {
        const outcome = row[at] ?? expect.fail()
        input ??= await sampleOf(operation, place)
        const { method, path, body } = requestOf(operation, input)
        const before = await positionOf(test)
        const reply = await callers[who]?.(method, path, body)
        if (!reply) expect.fail(`there is no ${who}`)
        expectOutcome(reply, outcome, `${name} by ${who} in ${where}`, place)
        if (operation.kind !== 'mutation' || outcome !== 'ok')
          expect(await positionOf(test), `${name} by ${who} in ${where}`).toEqual(before)
        if (operation.kind === 'mutation' && outcome === 'ok') input = null
      }
    }
  })

  const expectTold = ({ text, isError }: Told, outcome: Outcome, about: string, { group_id }: Ground) => {
    const missing = MISSING[outcome]
    if (missing) expect(text, about).toMatch(/^forbidden: /)
    if (missing && outcome !== 'person') expect(text, about).toContain(missing.replace('membership', 'member'))
    if (outcome === '404') expect(text, about).toMatch(/^not_found: /)
    expect(isError, `${about}: ${text}`).toBe(outcome !== 'ok' && outcome !== 'none')
    if (outcome === 'none') expect(text, about).not.toContain(group_id)
  }

  it.each(OPERATIONS.filter(({ name }) => findTool(name)).map((operation) => [operation.name, operation] as const))(
    '[F1] %s as a tool',
    async (name, operation) => {
      for (const [where, row] of Object.entries(TABLE[name] ?? expect.fail(`${name} is not in the table`))) {
        const place = places[where] ?? expect.fail()
        let input: Input | null = null
        for (const [at, who] of WHO.entries()) {
          const outcome = row[at] ?? expect.fail()
          const about = `${name} by ${who} in ${where}`
          input ??= await sampleOf(operation, place)
          const before = await positionOf(test)
          const told = await tools[who]?.(name, input)
          expectTold(told ?? expect.fail(`there is no ${who}`), outcome, about, place)
          if (operation.kind !== 'mutation' || outcome !== 'ok') expect(await positionOf(test), about).toEqual(before)
          if (operation.kind === 'mutation' && outcome === 'ok') input = null
        }
      }
    },
  )

  it.each(OPERATIONS.map((operation) => [operation.name, operation] as const))('[F1] %s by nobody is 401', async (_name, operation) => {
    const { method, path, body } = requestOf(operation, await sampleOf(operation, places.own ?? expect.fail()))
    const before = await positionOf(test)
    expect(Object.keys(nobody)).toHaveLength(5)
    for (const [who, call] of Object.entries(nobody)) {
      const reply = await call(method, path, body)
      expect(reply, who).toMatchObject({ status: 401, error: 'unauthenticated' })
      expect(reply.headers.get('www-authenticate')).toBe('Bearer')
    }
    expect(await positionOf(test)).toEqual(before)
  })

  it('a key that is revoked between two calls is refused at the second', async () => {
    const key = await userKey(test)
    expect((await key.call('GET', '/groups')).status).toBe(200)
    await revoke(test, key)
    expect(await key.call('GET', '/groups')).toMatchObject({ status: 401 })
    expect(await key.call('POST', '/groups', { name: 'Late' })).toMatchObject({ status: 401 })
  })

  it.each([
    'milestones:read',
    'projects:read',
    'members:read',
    'members:invite',
    'members:remove',
    'milestones:write',
    'milestones:complete',
    'projects:write',
    'groups:admin',
  ] as const)('a key without %s lacks what asks for it, and nothing else', async (permission) => {
    const place = { test, group_id: places.open?.group_id ?? '', by: test.owner }
    const { call } = await keyWith(test, test.owner, {
      'groups:admin': true,
      'members:invite': true,
      'members:remove': true,
      [permission]: false,
    })
    expect(OPERATIONS.map((operation) => operation.permission)).toContain(permission)
    for (const operation of OPERATIONS) {
      const { method, path, body } = requestOf(operation, await sampleOf(operation, place))
      const reply = await call(method, path, body)
      const lacks = operation.permission === permission || (permission === 'groups:admin' && ALSO_ADMINISTER.includes(operation.name))
      expect(reply.status, operation.name).toBe(lacks ? 403 : 200)
      if (lacks) expect(reply.details).toEqual({ missing: permission })
    }
  })

  it('[P1] a person by a key without milestones:relax cannot loosen a plan, though they may plan', async () => {
    const place = { test, group_id: places.open?.group_id ?? '', by: places.own?.by ?? test.owner }
    await join(test, place.group_id, place.by)
    const { call } = await keyWith(test, test.owner, { 'milestones:relax': false })
    const missing = { status: 403, error: 'forbidden', details: { missing: 'milestones:relax' } }
    for (const name of ['delete_milestone', 'delete_checkpoint', 'withdraw_checkpoint']) {
      const operation = operationNamed(name)
      const { method, path, body } = requestOf(operation, await sampleOf(operation, place))
      expect(await call(method, path, body)).toMatchObject(missing)
    }
    const { method, path } = requestOf(operationNamed('update_checkpoint'), await sampleOf(operationNamed('update_checkpoint'), place))
    expect(await call(method, path, { depends_on: [] })).toMatchObject(missing)
    expect((await call(method, path, { title: 'Renamed by a careful key' })).status).toBe(200)
  })
})
