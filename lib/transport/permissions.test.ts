import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeKey } from '@/lib/auth/key'
import type { Actor } from '@/lib/domain/context'
import { DomainError } from '@/lib/domain/errors'
import { NOWHERE } from '@/lib/domain/events'
import {
  createAgentProfile,
  createGroup,
  createKey,
  createMilestone,
  deleteAgentProfile,
  OPERATIONS,
  suspendAgentProfile,
  updateAgentProfile,
  updateGroup,
} from '@/lib/operations'
import type { AnyOperation } from '@/lib/operations/define'
import { execute } from '@/lib/operations/execute'
import {
  agentKey,
  type CallRest,
  expiredKey,
  join,
  keyWith,
  makePerson,
  milestoneKey,
  readOnlyKey,
  record,
  restAs,
  revoke,
  revokedKey,
  type TestKey,
  userKey,
} from '@/lib/testing/client'
import { useInstance } from '@/lib/testing/instance'
import { type CallTool, toolAs } from '@/lib/testing/mcp'
import { ballotOnGate, type Ground, type Input, operationNamed, requestOf, sampleOf } from '@/lib/testing/samples'
import { positionOf } from '@/lib/testing/watch'
import { findTool } from './mcp/tools'

/**
 * What a call comes to. ok: done · none: done, and nothing of the group is in it · 404: as if it did not exist · all others: forbidden, and that is
 * what is missing.
 */
type Outcome = 'ok' | 'none' | '404' | keyof typeof MISSING

const MISSING = {
  person: 'person',
  admin: 'admin',
  membership: 'membership',
  scope: 'scope',
  administer: 'groups:admin',
  write: 'milestones:write',
  complete: 'milestones:complete',
  relax: 'milestones:relax',
  projects: 'projects:write',
  propose: 'proposals:create',
  vote: 'proposals:vote',
  electorate: 'electorate',
  invite: 'members:invite',
  remove: 'members:remove',
}

const missingIn = (outcome: Outcome): string | null =>
  outcome === 'ok' || outcome === 'none' || outcome === '404' ? null : MISSING[outcome]

/**
 * Who calls, each with a key that lives: `reader` may only read, `narrowed` is a key of one milestone of a member, and `agent` an agent of the group.
 * `outsider` is an admin of the open group only, `removed` was a member of all groups and is of none, and `instance` is the owner of the instance,
 * who is a member of none either.
 */
const WHO = ['reader', 'narrowed', 'agent', 'member', 'admin', 'owner', 'outsider', 'removed', 'instance'] as const
type Who = (typeof WHO)[number]
type Row = Record<Who, Outcome>

/** Whose calls are all refused as those of nobody. */
const NOBODY = ['none', 'malformed', 'unknown', 'expired', 'revoked', 'suspended', 'deleted'] as const

/** The same for all but these. */
const row = (outcome: Outcome, others: Partial<Row> = {}): Row => {
  const o = outcome
  return { reader: o, narrowed: o, agent: o, member: o, admin: o, owner: o, outsider: o, removed: o, instance: o, ...others }
}

/**
 * About what: a thing in the group of most callers (`home`), which somebody else made or they themselves (`own`), in another group that all may read
 * (`open`), in a private one (`closed`), and in a private one for which work at home waits (`linked`).
 */
const WHERE = ['home', 'open', 'closed', 'linked'] as const
type Cells = Record<(typeof WHERE)[number], Row>

const outside = { outsider: 'membership', removed: 'membership', instance: 'membership' } as const
/** A key of group scope finds nothing outside of its group. */
const unfound = { agent: '404', narrowed: '404' } as const
const hidden = { closed: row('404'), linked: row('404') }
/** About no group. */
const everywhere = (cells: Row): Cells => ({ home: cells, open: cells, closed: cells, linked: cells })

const read = (narrowed: Outcome): Cells => ({ home: row('ok', { narrowed }), open: row('ok', unfound), ...hidden })
const listed = (home: Outcome, away: Outcome): Cells => ({
  home: row('ok', { narrowed: home }),
  open: row('ok', { agent: 'none', narrowed: away }),
  closed: row('none', { narrowed: away }),
  linked: row('none', { narrowed: away }),
})
const change = (narrowed: Outcome, reader: Outcome, agent: Outcome = 'ok'): Cells => ({
  home: row('ok', { narrowed, reader, agent, ...outside }),
  open: row('membership', { ...unfound, outsider: 'ok' }),
  ...hidden,
})
const withCells = (cells: Cells, home: Partial<Row>): Cells => ({ ...cells, home: { ...cells.home, ...home } })
/** For the admins of a group. */
const administer = (reader: Outcome, agent: Outcome): Cells => withCells(change('scope', reader, agent), { member: 'admin' })
/** About the caller, who administers. */
const ofPeople = everywhere(row('ok', { reader: 'administer', narrowed: 'scope', agent: 'person' }))
const anybody = everywhere(row('ok'))

const TABLE: Record<string, Cells> = {
  list_groups: listed('ok', 'none'),
  get_group: read('scope'),
  create_group: ofPeople,
  update_group: administer('administer', 'person'),
  // About another group of the same visibility, which the owner of the first one owns.
  transfer_group: {
    home: row('membership', { ...unfound, reader: 'administer', owner: 'ok', instance: 'ok' }),
    open: row('membership', { ...unfound, reader: 'administer', instance: 'ok' }),
    closed: row('404', { instance: 'ok' }),
    linked: row('404', { instance: 'ok' }),
  },
  list_members: read('scope'),
  update_member: administer('administer', 'person'),
  remove_member: administer('remove', 'remove'),
  // About another group of the same visibility, of which the owner of the first one is a member.
  leave_group: { home: row('membership', { ...unfound, owner: 'ok' }), open: row('membership', unfound), ...hidden },
  create_invitation: administer('invite', 'invite'),
  list_invitations: {
    home: row('admin', { reader: 'invite', narrowed: 'scope', agent: 'invite', admin: 'ok', owner: 'ok' }),
    open: row('admin', { ...unfound, reader: 'invite', outsider: 'ok' }),
    ...hidden,
  },
  revoke_invitation: {
    home: row('404', { reader: 'invite', narrowed: 'scope', agent: 'invite', member: 'admin', admin: 'ok', owner: 'ok' }),
    open: row('404', { outsider: 'ok' }),
    ...hidden,
  },
  // Whoever has the link may accept, wherever it leads.
  accept_invitation: ofPeople,
  update_person: ofPeople,
  list_agent_profiles: read('scope'),
  create_agent_profile: administer('administer', 'person'),
  update_agent_profile: administer('administer', 'person'),
  suspend_agent_profile: administer('administer', 'person'),
  resume_agent_profile: administer('administer', 'person'),
  delete_agent_profile: administer('administer', 'person'),
  create_project: change('scope', 'projects'),
  list_projects: read('scope'),
  get_project: read('404'),
  get_instructions: read('404'),
  update_project: change('404', 'projects'),
  complete_project: change('404', 'projects'),
  archive_project: change('404', 'projects'),
  reopen_project: change('404', 'projects'),
  create_milestone: change('scope', 'write'),
  list_milestones: read('scope'),
  list_project_milestones: read('404'),
  get_milestone: read('404'),
  wait_for: read('404'),
  update_milestone: change('404', 'write'),
  delete_milestone: change('404', 'write', 'relax'),
  reopen_milestone: change('404', 'write'),
  close_milestone: change('404', 'complete'),
  add_checkpoint: change('404', 'write'),
  update_checkpoint: change('404', 'write'),
  delete_checkpoint: change('404', 'write', 'relax'),
  complete_checkpoint: change('404', 'complete'),
  reopen_checkpoint: change('404', 'complete'),
  claim_checkpoint: change('404', 'complete'),
  // By a key of one milestone, it is about that.
  claim_next: change('ok', 'complete'),
  release_checkpoint: change('404', 'complete'),
  fail_checkpoint: change('404', 'complete'),
  retry_checkpoint: change('404', 'complete', 'person'),
  list_ready: read('ok'),
  why_blocked: read('404'),
  withdraw_checkpoint: change('404', 'write', 'relax'),
  create_proposal: change('scope', 'propose'),
  list_proposals: read('ok'),
  // A key of one milestone is shown the votes of that, and the samples are about others.
  list_own_proposals: {
    home: row('ok', { narrowed: 'none', outsider: 'none', removed: 'none', instance: 'none' }),
    open: row('none', { outsider: 'ok' }),
    closed: row('none'),
    linked: row('none'),
  },
  get_proposal: read('404'),
  // The owner of the group has gated the checkpoint, and answers for the agent.
  cast_vote: withCells(change('404', 'vote', 'electorate'), { owner: 'electorate' }),
  finalize_proposal: change('scope', 'propose'),
  start_round: change('404', 'propose'),
  get_project_graph: read('404'),
  get_milestone_graph: read('404'),
  list_project_overview: listed('scope', 'scope'),
  list_events: read('ok'),
  stream: read('ok'),
  get_my_permissions: anybody,
  create_key: change('scope', 'administer', 'person'),
  create_user_key: ofPeople,
  list_keys: { ...read('scope'), home: row('ok', { narrowed: 'scope', agent: 'person' }) },
  list_user_keys: everywhere(row('ok', { narrowed: 'scope', agent: 'person' })),
  // A key of the group's owner.
  revoke_key: { home: row('404', { owner: 'ok' }), open: row('404'), ...hidden },
}

/** What differs from `home` when the caller made the thing, holds the claim, owns the key or answers for the agent. */
const OWN: Record<string, Partial<Row>> = {
  delete_milestone: { agent: 'ok' },
  delete_checkpoint: { agent: 'ok' },
  update_agent_profile: { member: 'ok' },
  suspend_agent_profile: { member: 'ok' },
  resume_agent_profile: { member: 'ok' },
  revoke_key: { member: 'ok', admin: 'ok' },
  transfer_group: { member: 'ok', admin: 'ok' },
  leave_group: { member: 'ok', admin: 'ok' },
  // Nobody votes on what they have gated (G1).
  cast_vote: { member: 'electorate', admin: 'electorate' },
}

/** What only admins can make, so that a member has none of their own. */
const MADE_BY_ADMINS = ['update_member', 'remove_member', 'revoke_invitation', 'delete_agent_profile']
/** What an agent cannot make. */
const MADE_BY_PEOPLE = [
  ...MADE_BY_ADMINS,
  'transfer_group',
  'leave_group',
  'accept_invitation',
  'update_agent_profile',
  'suspend_agent_profile',
  'resume_agent_profile',
  'revoke_key',
]
const OWNERS = ['agent', 'member', 'admin'] as const

/** Streams that are followed by what they are about, each of which is read like this operation. */
const TOPICS: Record<string, string> = {
  project_id: 'get_project',
  milestone_id: 'get_milestone',
  checkpoint_id: 'get_milestone',
}

/** A sample whose ballot is cast on a gate, because not every member votes on that. */
const aboutGates = (operation: AnyOperation, on: Ground): Promise<Input> =>
  operation.name === 'cast_vote' ? ballotOnGate(on) : sampleOf(operation, on)

const NAMED = OPERATIONS.map((operation) => [operation.name, operation] as const)

/** What needs `groups:admin` too, and is not named by it. */
const ALSO_ADMINISTER = ['transfer_group', 'revoke_key']

describe('[F1] who may do what where', () => {
  const test = useInstance()
  const places: Partial<Record<string, Ground>> = {}
  const keys: Partial<Record<string, TestKey>> = {}
  const people: Partial<Record<string, Actor>> = {}
  const nobody: Partial<Record<string, CallRest>> = {}
  const tools: Partial<Record<string, CallTool>> = {}
  const counts = { cells: 0, refused: 0, rest: 0, tool: 0, browser: 0, topic: 0, nobody: 0 }
  let waiting: { milestone_id: string; project_id: string; checkpoint_id: string }

  const placeOf = (where: string) => places[where] ?? expect.fail(`there is no ${where}`)
  const keyOf = (who: string) => keys[who] ?? expect.fail(`there is no ${who}`)

  beforeAll(async () => {
    const person = async (name: string) => {
      const actor = await makePerson(test, name)
      people[name.toLowerCase()] = actor
      return actor
    }
    const group = async (name: string, by: Actor): Promise<Ground> => {
      const { data } = await test.run(createGroup, { name }, by)
      return { test, group_id: data.group_id, by }
    }
    const [olga, hider, opal] = [await person('Owner'), await person('Hider'), await person('Opal')]
    const home = await group('Home', olga)
    Object.assign(places, {
      home,
      open: await group('Open', opal),
      closed: await group('Closed', hider),
      linked: await group('Linked', hider),
    })
    const removed = await person('Removed')
    for (const { group_id, by } of Object.values(places).flatMap((place) => place ?? [])) await join(test, group_id, removed, 'member', by)
    for (const { group_id, by } of Object.values(places).flatMap((place) => place ?? []))
      await test.run(operationNamed('remove_member'), { group_id, user_id: removed.actor_id }, by)
    for (const where of ['closed', 'linked'])
      await test.run(updateGroup, { group_id: placeOf(where).group_id, visibility: 'private' }, hider)

    const joined = async (name: string, role: 'admin' | 'member' = 'member', { group_id, by } = home): Promise<Actor> => {
      const actor = await person(name)
      await join(test, group_id, actor, role, by)
      return actor
    }
    const member = await joined('Member')
    const { data } = await test.run(createMilestone, { group_id: home.group_id, title: 'Waits', checkpoints: [{ title: 'Waits' }] }, olga)
    waiting = { milestone_id: data.milestone_id, project_id: data.project_id, checkpoint_id: data.checkpoints[0].checkpoint_id }
    const narrow = { group_id: home.group_id, title: 'Narrow', checkpoints: [{ title: 'One' }, { title: 'Two' }] }
    const { milestone_id } = (await test.run(createMilestone, narrow, olga)).data
    Object.assign(keys, {
      reader: await readOnlyKey(test, await joined('Reader')),
      narrowed: await milestoneKey(test, home.group_id, milestone_id, member),
      agent: await agentKey(test, home.group_id, 'Agent', olga),
      member: await userKey(test, member),
      admin: await userKey(test, await joined('Admin', 'admin')),
      owner: await userKey(test, olga),
      outsider: await userKey(test, await joined('Outsider', 'admin', placeOf('open'))),
      removed: await userKey(test, removed),
      instance: await userKey(test),
    })
    people.instance = test.owner
    for (const who of WHO) tools[who] = toolAs(test, keyOf(who).secret)

    const stopped = async (operation: typeof suspendAgentProfile) => {
      const { group_id } = home
      const { agent_profile_id } = (await test.run(createAgentProfile, { group_id, name: 'Stopped' }, olga)).data
      const { secret } = (await test.run(createKey, { group_id, agent_profile_id, name: 'Stopped' }, olga)).data
      await test.run(operation, { group_id, agent_profile_id }, olga)
      return restAs(test, secret)
    }
    Object.assign(nobody, {
      none: restAs(test, null),
      malformed: restAs(test, 'sk_live_u_malformed'),
      unknown: restAs(test, makeKey('user').secret),
      revoked: (await revokedKey(test, olga)).call,
      expired: (await expiredKey(test, olga)).call,
      suspended: await stopped(suspendAgentProfile),
      deleted: await stopped(deleteAgentProfile),
    })
  })

  afterAll(() => {
    const { cells, refused, rest, tool, browser, topic, nobody } = counts
    const faces = `${rest} of REST, ${tool} of tools, ${browser} in a browser, ${topic} of topics, ${nobody} by nobody`
    console.info(`F1: ${cells} cells (${faces}), of which ${refused} refusals that changed nothing`)
  })

  it('names every operation', () => {
    const names = OPERATIONS.map(({ name }) => name).sort()
    expect(Object.keys(TABLE).sort()).toEqual(names)
    for (const name of [...Object.keys(OWN), ...MADE_BY_PEOPLE]) expect(names).toContain(name)
    expect(Object.keys(keys).sort()).toEqual([...WHO].sort())
    expect(Object.keys(nobody).sort()).toEqual([...NOBODY].sort())
  })

  /** What a call was told, by whichever way it was made. */
  type Reply = { outcome: string; missing: unknown; text: string }

  const byRest = async (who: Who, operation: AnyOperation, input: Input): Promise<Reply> => {
    const { method, path, body } = requestOf(operation, input)
    const { status, error, details, text } = await keyOf(who).call(method, path, body)
    return { outcome: status === 200 ? 'ok' : error, missing: details?.missing, text }
  }

  const byTool = async (who: Who, { name }: AnyOperation, input: Input): Promise<Reply> => {
    const { text, isError } = (await tools[who]?.(name, input)) ?? expect.fail(`there is no ${who}`)
    return { outcome: isError ? text.slice(0, text.indexOf(':')) : 'ok', missing: undefined, text }
  }

  /** As a page and its forms call: in the name of a person who is signed in. */
  const byBrowser = async (who: Who, { name }: AnyOperation, input: Input): Promise<Reply> => {
    const actor = people[who] ?? expect.fail(`there is no ${who}`)
    try {
      const { data } = await execute(test.instance, operationNamed(name), { input, actor })
      return { outcome: 'ok', missing: undefined, text: JSON.stringify(data) }
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      return { outcome: error.code, missing: error.details.missing, text: error.message }
    }
  }

  type Face = 'rest' | 'tool' | 'browser'
  const CALLS = { rest: byRest, tool: byTool, browser: byBrowser }

  const facesOf = (who: Who, operation: AnyOperation): Face[] => [
    'rest',
    ...(findTool(operation.name) ? (['tool'] as const) : []),
    // A key that may do less than its person has no counterpart in a browser.
    ...(people[who] && who !== 'reader' && operation.kind !== 'stream' ? (['browser'] as const) : []),
  ]

  const expectOutcome = ({ outcome, missing, text }: Reply, expected: Outcome, about: string, { group_id }: Ground) => {
    const lacks = missingIn(expected)
    const code = expected === '404' ? 'not_found' : lacks ? 'forbidden' : 'ok'
    expect(outcome, `${about}: ${text}`).toBe(code)
    if (lacks && missing !== undefined) expect(missing, about).toBe(lacks)
    if (expected === 'none') expect(text, about).not.toContain(group_id)
  }

  type Call = { operation: AnyOperation; where: string; make: () => Promise<Input> }

  /** The input of the next call, and where the log was before it. A change that was made leaves none. */
  type Prepared = { input: Input; position: Awaited<ReturnType<typeof positionOf>> }

  const prepare = async (make: Call['make']): Promise<Prepared> => ({ input: await make(), position: await positionOf(test) })

  /** Makes a call by each of these faces, and expects the same of each. */
  const expectCells = async (who: Who, faces: readonly Face[], expected: Outcome, call: Call, kept: Prepared | null) => {
    const { operation, where, make } = call
    let prepared = kept
    for (const face of faces) {
      prepared ??= await prepare(make)
      const { input, position } = prepared
      const named = `${operation.name} by ${who} in ${where} (${face})`
      expectOutcome(await CALLS[face](who, operation, input), expected, named, placeOf(where))
      if (operation.kind === 'mutation' && expected === 'ok') prepared = null
      else expect(await positionOf(test), named).toEqual(position)
      counts.cells++
      counts[face]++
      if (expected === '404' || missingIn(expected)) counts.refused++
    }
    return prepared
  }

  const expectNobody = async ({ operation, where }: Call, { input, position }: Prepared) => {
    const { method, path, body } = requestOf(operation, input)
    for (const [who, call] of Object.entries(nobody)) {
      const reply = await call?.(method, path, body)
      expect(reply, `${operation.name} by ${who} in ${where}`).toMatchObject({ status: 401, error: 'unauthenticated' })
      expect(reply?.headers.get('www-authenticate')).toBe('Bearer')
      expect(await positionOf(test)).toEqual(position)
      counts.cells++
      counts.nobody++
      counts.refused++
    }
  }

  /** Makes work at home wait for what is in a private group. */
  const link = async ({ milestone_id, proposal_id }: Input) => {
    const text = 'select checkpoint_id from checkpoints where milestone_id = $1 or proposal_id = $2 limit 1'
    const { rows } = await test.instance.pool.query(text, [milestone_id, proposal_id])
    if (!rows[0]) return
    const scope = { ...NOWHERE, ...waiting, group_id: placeOf('home').group_id }
    const data = { depends_on: rows[0].checkpoint_id }
    await record(test, [{ ...scope, type: 'checkpoint.dependency_added', data }])
  }

  it.each(NAMED)('%s', async (name, operation) => {
    const cells = TABLE[name] ?? expect.fail(`${name} is not in the table`)
    for (const where of WHERE) {
      const place = placeOf(where)
      const make = async () => {
        const input = await aboutGates(operation, place)
        if (where === 'linked') await link(input)
        return input
      }
      const call = { operation, where, make }
      let prepared: Prepared | null = await prepare(make)
      await expectNobody(call, prepared)
      for (const who of WHO) prepared = await expectCells(who, facesOf(who, operation), cells[where][who], call, prepared)
    }
  })

  /** A thing of the caller's own. An agent that answers to them is made by an admin. */
  const own = async (who: (typeof OWNERS)[number], operation: AnyOperation): Promise<Input> => {
    const { group_id, by } = placeOf('home')
    const actor = who === 'agent' ? keyOf(who).actor : (people[who] ?? expect.fail())
    if (!/_agent_profile$/.test(operation.name) || who !== 'member') return aboutGates(operation, { test, group_id, by: actor })
    const input = await sampleOf(operation, { test, group_id, by })
    if (input.agent_profile_id) await test.run(updateAgentProfile, { ...input, name: undefined, accountable_id: actor.actor_id }, by)
    return input
  }

  it.each(NAMED)('%s of what is one’s own', async (name, operation) => {
    for (const who of OWNERS) {
      if ((who === 'agent' ? MADE_BY_PEOPLE : who === 'member' ? MADE_BY_ADMINS : []).includes(name)) continue
      const expected = OWN[name]?.[who] ?? TABLE[name]?.home[who] ?? expect.fail(`${name} is not in the table`)
      await expectCells(who, ['rest'], expected, { operation, where: 'home', make: () => own(who, operation) }, null)
    }
  })

  it.each(Object.entries(TOPICS))('a stream of one %s', async (topic, like) => {
    for (const where of WHERE) {
      const place = placeOf(where)
      const spec = { group_id: place.group_id, title: 'Topic', checkpoints: [{ title: 'Only' }] }
      const { project_id, milestone_id, checkpoints } = (await test.run(createMilestone, spec, place.by)).data
      if (where === 'linked') await link({ milestone_id })
      const ids: Input = { project_id, milestone_id, checkpoint_id: checkpoints[0].checkpoint_id }
      const calls = [...WHO.map((who) => [who, keyOf(who).call] as const), ...Object.entries(nobody)]
      for (const [who, call] of calls) {
        const expected = WHO.flatMap((one) => (one === who ? [TABLE[like]?.[where][one]] : []))[0] ?? '401'
        // The project is the default one, in which the milestone of the narrowed key is too. It follows that milestone there.
        const isKnown = who === 'narrowed' && where === 'home' && topic === 'project_id'
        const { status } = (await call?.('GET', `/events/stream?${topic}=${ids[topic]}`)) ?? expect.fail()
        expect(status, `${topic} by ${who} in ${where}`).toBe(isKnown || expected === 'ok' ? 200 : Number(expected))
        counts.cells++
        counts.topic++
        if (status !== 200) counts.refused++
      }
    }
  })

  const opened = async (by: Actor): Promise<string> => (await test.run(createGroup, { name: 'Another' }, by)).data.group_id

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
    'proposals:read',
    'proposals:create',
    'proposals:vote',
    'groups:admin',
  ] as const)('a key without %s lacks what asks for it, and nothing else', async (permission) => {
    const place = { test, group_id: await opened(test.owner), by: test.owner }
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
    const place = { test, group_id: await opened(test.owner), by: people.member ?? test.owner }
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
