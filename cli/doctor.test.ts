import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { connect } from '@/db/client'
import { findEmbedded, startEmbedded } from '@/db/embedded/server'
import { examine } from '@/db/examine'
import {
  castVote,
  claimCheckpoint,
  completeCheckpoint,
  createInvitation,
  createMilestone,
  createProject,
  updateCheckpoint,
} from '@/lib/operations'
import { createKey } from '@/lib/operations/keys'
import { type Data, type TestInstance, useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'

const newestMigration = (): string => JSON.parse(readFileSync('db/migrations/meta/_journal.json', 'utf8')).entries.at(-1).tag

type Plan = Awaited<ReturnType<typeof makePlan>>

/** Some of everything that the log tells of. Its last two events record a note each, on which no other event rests. */
const makePlan = async (test: TestInstance) => {
  const group_id = await makeGroup(test)
  const agent = await test.agent(group_id, 'Ada')
  await test.run(createKey, { group_id, name: 'Key' })
  await test.run(createInvitation, { group_id })
  const project = await test.run(createProject, { group_id, title: 'Launch' })
  const steps = [
    { title: 'Design' },
    { title: 'Build', depends_on: [1] },
    { title: 'Try', depends_on: [2] },
    { title: 'Approve', requires_consensus: true },
    { title: 'Polish' },
  ]
  const { data: first } = await test.run(createMilestone, { group_id, title: 'First', checkpoints: steps })
  const second = await makeMilestone(test, group_id, { Ship: [`${first.milestone_id}:2`], Announce: ['Ship'] })
  const third = await makeMilestone(test, group_id, { Party: [`${second.milestone_id}:2`], Invite: [] })
  const closed = await makeMilestone(test, group_id, { Agree: [] })
  const empty = await makeMilestone(test, group_id, {})
  const milestones: Data[] = [first, second, third, closed, empty]
  for (const [{ milestone_id }, order] of [[first, 1] as const, [third, 2] as const, [closed, 1] as const]) {
    await test.run(completeCheckpoint, { milestone_id, order })
  }
  await test.run(castVote, { proposal_id: first.checkpoints[3].requires_proposal_id, vote: 'no', comment: 'Not yet' })
  await test.run(updateCheckpoint, { milestone_id: first.milestone_id, order: 5, note: 'shine' })
  const { seq } = await test.run(updateCheckpoint, { milestone_id: third.milestone_id, order: 1, note: 'cake' })
  const checkpoints: Data[] = milestones.flatMap((milestone) => milestone.checkpoints)
  return {
    group: group_id,
    agent: agent.actor_id,
    project: project.data.project_id,
    first: first.milestone_id,
    second: second.milestone_id,
    third: third.milestone_id,
    closed: closed.milestone_id,
    empty: empty.milestone_id,
    seq,
    /** The id of the checkpoint with this title. */
    at: (title: string): string => checkpoints.find((checkpoint) => checkpoint.title === title).checkpoint_id,
  }
}

/** Runs statements as the owner of the tables, with all triggers and foreign keys silenced, and answers the last one's rows. */
const damage = async ({ database }: TestInstance, ...statements: string[]): Promise<Data[]> => {
  const client = await connect(database.ownerUrl, 'console')
  try {
    await client.query('set session_replication_role = replica')
    const results = []
    for (const statement of statements) results.push(await client.query(statement))
    return results.at(-1)!.rows
  } finally {
    await client.end()
  }
}

/** All that the doctor finds wrong, as `rule: what`, but for the settings of the test server. */
const complaints = async ({ instance }: TestInstance): Promise<string[]> => {
  const findings = await examine(instance)
  return findings.flatMap(({ rule, violations }) => (rule === 'H3' ? [] : violations.map((violation) => `${rule}: ${violation}`))).sort()
}

const edge = (from: string, to: string) => `insert into dependencies values ('main', '${from}', '${to}')`

const complete = (id: string) =>
  `update checkpoints set completed_at = now(), completed_by = created_by, completed_seq = 1 where checkpoint_id = '${id}'`

const reopen = (id: string) =>
  `update checkpoints set completed_at = null, completed_by = null, completed_seq = null where checkpoint_id = '${id}'`

const close = (id: string) => `update milestones set status = 'closed', closed_at = now() where milestone_id = '${id}'`

describe('data damaged in each way that the doctor claims to see', () => {
  const test = useInstance({ each: true })
  let plan: Plan
  let at: Plan['at']
  beforeEach(async () => {
    plan = await makePlan(test)
    at = plan.at
  })

  it('the doctor finds nothing wrong with sound data', async () => {
    expect(await complaints(test)).toEqual([])
    const findings = await examine(test.instance)
    expect(findings.map(({ rule }) => rule).join(' ')).toBe('D1 D2 D3 D4 M1 M2 G1 L1 O1 A1 A2 R1 N1 C1 E1 E1 E2 H3 schema schema')
  })

  describe('a damaged plan', () => {
    it('[D1] the doctor names a completed checkpoint whose dependency is pending', async () => {
      await damage(test, complete(at('Try')))
      expect(await complaints(test)).toEqual([
        `D1: ${at('Try')} is completed, but its dependency ${at('Build')} is not`,
        `E2: checkpoint ${at('Try')} differs in completed_at, completed_by and completed_seq`,
      ])
    })

    it('[D1] the doctor names a completed checkpoint under which its dependency was reopened', async () => {
      await test.run(completeCheckpoint, { milestone_id: plan.first, order: 2 })
      await damage(test, reopen(at('Design')))
      expect(await complaints(test)).toEqual([
        `C1: ${at('Design')}`,
        `D1: ${at('Build')} is completed, but its dependency ${at('Design')} is not`,
        `E2: checkpoint ${at('Design')} differs in completed_at, completed_by and completed_seq`,
      ])
    })

    it('[D2] the doctor names the checkpoints of a cycle across milestones, and none that only waits for it', async () => {
      await damage(test, edge(at('Build'), at('Ship')))
      expect(await complaints(test)).toEqual([
        ...[at('Build'), at('Ship')].sort().map((id) => `D2: ${id}`),
        `E2: checkpoint ${at('Build')} differs in depends_on`,
      ])
    })

    it('[D2] [D3] the doctor names a checkpoint that depends on itself', async () => {
      await damage(test, 'alter table dependencies drop constraint dependencies_not_itself', edge(at('Polish'), at('Polish')))
      expect(await complaints(test)).toEqual([
        `D2: ${at('Polish')}`,
        `D3: ${at('Polish')} depends on ${at('Polish')}, whose number is not lower`,
        `E2: checkpoint ${at('Polish')} differs in depends_on`,
      ])
    })

    it('[D3] the doctor names a dependency on a later checkpoint of the same milestone', async () => {
      await damage(test, edge(at('Build'), at('Polish')))
      expect(await complaints(test)).toEqual([
        `D3: ${at('Build')} depends on ${at('Polish')}, whose number is not lower`,
        `E2: checkpoint ${at('Build')} differs in depends_on`,
      ])
    })

    it('[D4] the doctor names a dependency whose target is gone', async () => {
      await damage(
        test,
        `delete from dependencies where checkpoint_id = '${at('Announce')}'`,
        `delete from checkpoints where checkpoint_id = '${at('Announce')}'`,
      )
      expect(await complaints(test)).toEqual([
        `D4: ${at('Party')} depends on ${at('Announce')}, which is missing`,
        `E2: checkpoint ${at('Announce')} is missing in the rows`,
      ])
    })

    it('[D2] [D4] the doctor keeps a cycle apart from a missing target beneath it', async () => {
      await damage(test, edge(at('Build'), at('Ship')), edge(at('Design'), 'cp_gone'))
      expect(await complaints(test)).toEqual([
        `D1: ${at('Design')} is completed, but its dependency cp_gone is not`,
        ...[at('Build'), at('Ship')].sort().map((id) => `D2: ${id}`),
        `D4: ${at('Design')} depends on cp_gone, which is missing`,
        ...[at('Build'), at('Design')].sort().map((id) => `E2: checkpoint ${id} differs in depends_on`),
      ])
    })

    it.each([
      ['leave a gap', 'Polish', 6, 'first'],
      ['name one place twice', 'Polish', 4, 'first'],
      ['begin at 2', 'Agree', 2, 'closed'],
    ] as const)('[M1] the doctor names a milestone whose numbers %s', async (_what, title, order, name) => {
      await damage(test, `update checkpoints set "order" = ${order} where checkpoint_id = '${at(title)}'`)
      expect(await complaints(test)).toEqual([`E2: checkpoint ${at(title)} differs in order`, `M1: ${plan[name]}`])
    })

    it.each([
      ['with a pending checkpoint', 'second'],
      ['without any checkpoint', 'empty'],
    ] as const)('[M2] the doctor names a closed milestone %s', async (_what, name) => {
      await damage(test, close(plan[name]))
      expect(await complaints(test)).toEqual([`E2: milestone ${plan[name]} differs in closed_at and status`, `M2: ${plan[name]}`])
    })

    /** What a row has if somebody has claimed the checkpoint. */
    const claimed = {
      claim_id: `'clm_lost'`,
      claimed_by: 'created_by',
      claim_via: `'web'`,
      claimed_at: 'now()',
      claim_expires_at: 'now()',
      attempts: '1',
    }
    const failed = (attempt: number) => `'{"reason": "red", "at": "2026-01-01T00:00:00.000Z", "by": "usr_x", "attempt": ${attempt}}'`

    it.each<[string, string, string, Record<string, string>, string]>([
      ['the claim of completed work', 'L1', 'Invite', claimed, 'is completed and claimed'],
      ['a claim without a holder', 'L1', 'Polish', { ...claimed, claimed_by: 'null' }, 'has a part of a claim'],
      ['a claim that is no attempt', 'L1', 'Polish', { ...claimed, attempts: '0' }, 'is claimed, and there was no attempt'],
      [
        'more failures than attempts',
        'N1',
        'Polish',
        { failures: '2', attempts: '1', last_failure: failed(1) },
        'counts 2 failures of 1 attempt',
      ],
      ['failures of which none is known', 'N1', 'Polish', { failures: '1', attempts: '1' }, 'has failed, and no failed attempt is known'],
      [
        'a failure of an attempt yet to come',
        'N1',
        'Polish',
        { attempts: '1', last_failure: failed(2) },
        'knows a failure of attempt 2 of 1',
      ],
      ['failures of completed work', 'N1', 'Invite', { failures: '1', attempts: '1', last_failure: failed(1) }, 'is completed and failed'],
    ])('[L1] [N1] the doctor names %s', async (_what, rule, title, fields, fault) => {
      const set = Object.entries(fields).map(([column, value]) => `${column} = ${value}`)
      await damage(
        test,
        'alter table checkpoints drop constraint checkpoints_claim, drop constraint checkpoints_attempts',
        `update checkpoints set ${set.join(', ')} where checkpoint_id = '${at(title)}'`,
      )
      const found = (await complaints(test)).filter((complaint) => !complaint.startsWith('E2'))
      expect(found).toEqual([`${rule}: ${at(title)} ${fault}`])
    })

    const sealed = `update proposals set status = 'finalized', threshold_met = true, finalized_at = now(), round_started_at = now()`

    it('[G1] the doctor names a completed checkpoint whose vote is open', async () => {
      await damage(test, complete(at('Approve')))
      expect(await complaints(test)).toContain(`G1: ${at('Approve')} is completed, and its vote has not passed`)
    })

    it('[G1] the doctor names a vote that was made to pass without ballots', async () => {
      await damage(test, sealed)
      expect(await complaints(test)).toContain(`G1: ${at('Approve')} has a vote that passed without the ballots that it needs`)
    })

    it('[G1] the doctor names a gate whose vote is gone', async () => {
      await damage(test, `delete from proposals`)
      expect(await complaints(test)).toContain(`G1: ${at('Approve')} has a gate without a vote, or a vote without a gate`)
    })

    it('[G1] the doctor names a ballot of a round that did not begin', async () => {
      const [{ proposal_id }] = await damage(
        test,
        `insert into ballots select workspace_id, proposal_id, 2, proposer_id, 'yes', '', now(), null from proposals returning proposal_id`,
      )
      expect((await complaints(test)).filter((found) => found.startsWith('G1'))).toEqual([
        `G1: ${test.owner.actor_id} has voted in round 2 of ${proposal_id}, which did not begin`,
      ])
    })

    it('[L1] the doctor names two checkpoints of one claim', async () => {
      const set = Object.entries(claimed).map(([column, value]) => `${column} = ${value}`)
      await damage(test, `update checkpoints set ${set.join(', ')} where checkpoint_id in ('${at('Polish')}', '${at('Party')}')`)
      const found = (await complaints(test)).filter((complaint) => !complaint.startsWith('E2'))
      expect(found).toEqual([expect.stringMatching(/^L1: cp_\w+ has the claim of another checkpoint$/)])
    })

    it('[C1] the doctor names a completed checkpoint that was deleted', async () => {
      await damage(test, `delete from checkpoints where checkpoint_id = '${at('Invite')}'`)
      expect(await complaints(test)).toEqual([`C1: ${at('Invite')}`, `E2: checkpoint ${at('Invite')} is missing in the rows`])
    })

    it('[C1] the doctor names a completed checkpoint that was set back without an event', async () => {
      await damage(test, reopen(at('Invite')))
      expect(await complaints(test)).toEqual([
        `C1: ${at('Invite')}`,
        `E2: checkpoint ${at('Invite')} differs in completed_at, completed_by and completed_seq`,
      ])
    })

    it('[C1] the doctor names a completed checkpoint whose deletion even the log tells', async () => {
      await damage(
        test,
        `delete from checkpoints where checkpoint_id = '${at('Invite')}'`,
        `insert into events select (jsonb_populate_record(e, jsonb_build_object('seq', ${plan.seq + 1}, 'type', 'checkpoint.deleted',
          'data', '{"order": 2, "renumbers": []}'::jsonb))).*
          from events e where type = 'checkpoint.completed' and checkpoint_id = '${at('Invite')}'`,
        `update milestones m set version = ${plan.seq + 1}, updated_at = e.at from events e
          where e.seq = ${plan.seq + 1} and m.milestone_id = e.milestone_id`,
        'update workspaces set seq = seq + 1',
      )
      expect(await complaints(test)).toEqual([`C1: ${at('Invite')}`])
    })
  })

  describe('a damaged group', () => {
    const member = (id: string) => `group_id = '${plan.group}' and principal_id = '${id}'`
    const besidesReplay = async () => (await complaints(test)).filter((complaint) => !complaint.startsWith('E2'))
    const claimPolish = () => test.run(claimCheckpoint, { milestone_id: plan.first, order: 5 }, { ...test.owner, actor_id: plan.agent })

    it.each<[string, () => string[]]>([
      ['no owner', () => [`update group_members set role = 'admin' where ${member(test.owner.actor_id)}`]],
      ['two owners', () => [`update group_members set role = 'owner' where ${member(plan.agent)}`]],
      [
        'an agent as its owner',
        () => [
          `update groups set owner_id = '${plan.agent}'`,
          `update group_members set role = 'owner' where ${member(plan.agent)}`,
          `update group_members set role = 'admin' where ${member(test.owner.actor_id)}`,
        ],
      ],
    ])('[O1] the doctor names a group with %s', async (_what, statements) => {
      await damage(test, ...statements())
      expect(await besidesReplay()).toEqual([expect.stringMatching(`^O1: ${plan.group} is said to be owned by `)])
    })

    it.each<[string, () => string]>([
      ['itself', () => plan.agent],
      ['nobody who exists', () => 'usr_gone'],
    ])('[A1] the doctor names an agent for which %s answers', async (_what, id) => {
      await damage(test, `update principals set accountable_id = '${id()}' where principal_id = '${plan.agent}'`)
      expect(await besidesReplay()).toEqual([`A1: ${id()} answers for ${plan.agent} without being a person of its group`])
    })

    it.each(['suspended_at', 'deleted_at'])('[A2] the doctor names the claim of an agent that has %s', async (field) => {
      await claimPolish()
      await damage(test, `update principals set ${field} = now() where principal_id = '${plan.agent}'`)
      expect(await besidesReplay()).toEqual([`A2: ${at('Polish')} is claimed by ${plan.agent}, which may do nothing`])
    })

    it('[R1] the doctor names the claim and the key of whoever is no member', async () => {
      await claimPolish()
      const [{ key_id }] = await damage(test, `update api_keys set principal_id = '${plan.agent}' where name = 'Key' returning key_id`)
      await damage(test, `delete from group_members where ${member(plan.agent)}`)
      expect(await besidesReplay()).toEqual([
        `R1: ${at('Polish')} is claimed by ${plan.agent}, who is not a member`,
        `R1: ${key_id} is a key of ${plan.agent}, who is not a member`,
      ])
    })
  })

  describe('a damaged log', () => {
    const renumber = (from: number, to: number) => `update events set seq = ${to} where seq = ${from}`

    it('[E1] the doctor names the gap in a log whose last event lies one too far', async () => {
      await damage(test, renumber(plan.seq, plan.seq + 1), 'update workspaces set seq = seq + 1')
      expect(await complaints(test)).toEqual([`E1: a number is missing before ${plan.seq + 1}`])
    })

    it('[E1] [E2] the doctor names the gap that a deleted event leaves, and the event at which the replay then stops', async () => {
      const [{ seq }] = await damage(test, `select seq from events where type = 'milestone.created' and milestone_id = '${plan.second}'`)
      await damage(test, `delete from events where seq = ${seq}`)
      expect(await complaints(test)).toEqual([
        `E1: a number is missing before ${seq + 1}`,
        `E2: the replay stops at event ${seq + 1} (event ${seq + 1} checkpoint.added has no milestone)`,
      ])
    })

    it('[E1] [E2] the doctor names the missing beginning of a log', async () => {
      await damage(test, 'delete from events where seq = 1')
      expect(await complaints(test)).toEqual([
        'E1: a number is missing before 2',
        `E2: principal ${test.owner.actor_id} is only in the rows`,
      ])
    })

    it('[E1] the doctor names the gap and the counter of a log whose last event was renumbered', async () => {
      await damage(test, renumber(plan.seq, plan.seq + 1))
      expect(await complaints(test)).toEqual([
        `E1: a number is missing before ${plan.seq + 1}`,
        `E1: the counter is ${plan.seq}, and the log ends at ${plan.seq + 1}`,
      ])
    })

    it('[E1] the doctor names a number that two events have', async () => {
      await damage(test, 'alter table events drop constraint events_pkey', renumber(plan.seq, plan.seq - 1))
      expect(await complaints(test)).toEqual([
        `E1: the counter is ${plan.seq}, and the log ends at ${plan.seq - 1}`,
        `E1: two events have the number ${plan.seq - 1}`,
      ])
    })

    it('[E1] the doctor sees a counter behind the log', async () => {
      await damage(test, 'update workspaces set seq = seq - 1')
      expect(await complaints(test)).toEqual([`E1: the counter is ${plan.seq - 1}, and the log ends at ${plan.seq}`])
    })

    it('[E1] the doctor sees a counter ahead of the log', async () => {
      await damage(test, 'update workspaces set seq = seq + 1')
      expect(await complaints(test)).toEqual([`E1: the counter is ${plan.seq + 1}, and the log ends at ${plan.seq}`])
    })

    it('[E1] the doctor sees that the counter is gone', async () => {
      await damage(test, 'delete from workspaces')
      expect(await complaints(test)).toEqual([`E1: the counter is 0, and the log ends at ${plan.seq}`])
    })

    it('[E1] [E2] the doctor sees that the last event was deleted', async () => {
      await damage(test, `delete from events where seq = ${plan.seq}`)
      expect(await complaints(test)).toEqual([
        `E1: the counter is ${plan.seq}, and the log ends at ${plan.seq - 1}`,
        `E2: checkpoint ${at('Party')} differs in note`,
        `E2: milestone ${plan.third} differs in updated_at`,
      ])
    })
  })

  describe('rows and a log that differ', () => {
    type Kind = {
      kind: string
      table: string
      /** The row that is damaged. */
      key: (plan: Plan) => Record<string, string | number>
      /** What is changed in the row. */
      field: string
      value: string
      /** The event that tells of the row, and what is changed in it. */
      event: (plan: Plan) => string
      altered: string
      differs: string
      /** What makes a copy of the row another row. */
      copy: Record<string, unknown>
      /** What else is wrong with the copy. */
      alone?: (row: Data) => string
      /** What else is wrong without the row. */
      missing?: (plan: Plan) => string
    }

    const ANOTHER = '00000000-0000-4000-8000-000000000000'
    const altered = (data: object) => `data = data || '${JSON.stringify(data)}'`

    const KINDS: Kind[] = [
      {
        kind: 'principal',
        table: 'principals',
        key: ({ agent }) => ({ principal_id: agent }),
        field: 'name',
        value: `'Eve'`,
        event: () => `type = 'agent_profile.created'`,
        altered: altered({ name: 'Eve' }),
        differs: 'name',
        copy: { principal_id: 'ap_copy' },
      },
      {
        kind: 'key',
        table: 'api_keys',
        key: () => ({ name: 'Key' }),
        field: 'permissions',
        value: `'{"milestones:relax": true}'`,
        event: () => `type = 'key.created'`,
        altered: altered({ permissions: {} }),
        differs: 'permissions',
        copy: { key_id: 'key_copy', hash: 'b'.repeat(64) },
      },
      {
        kind: 'group',
        table: 'groups',
        key: ({ group }) => ({ group_id: group }),
        field: 'visibility',
        value: `'private'`,
        event: () => `type = 'group.created'`,
        altered: altered({ visibility: 'private' }),
        differs: 'visibility',
        copy: { group_id: ANOTHER, slug: 'copy' },
        alone: ({ owner_id }) => `O1: ${ANOTHER} is said to be owned by ${owner_id}, and its members say otherwise`,
      },
      {
        kind: 'invitation',
        table: 'invitations',
        key: ({ group }) => ({ group_id: group }),
        field: 'role',
        value: `'admin'`,
        event: () => `type = 'invitation.created'`,
        altered: altered({ role: 'admin' }),
        differs: 'role',
        copy: { invitation_id: 'inv_copy', hash: 'b'.repeat(64) },
      },
      {
        kind: 'member',
        table: 'group_members',
        key: ({ group, agent }) => ({ group_id: group, principal_id: agent }),
        field: 'role',
        value: `'admin'`,
        event: ({ agent }) => `type = 'member.added' and data->>'principal_id' = '${agent}'`,
        altered: altered({ role: 'admin' }),
        differs: 'role',
        copy: { principal_id: 'usr_copy' },
      },
      {
        kind: 'project',
        table: 'projects',
        key: ({ project }) => ({ project_id: project }),
        field: 'milestone_count',
        value: '1',
        event: ({ project }) => `type = 'project.created' and project_id = '${project}'`,
        altered: altered({ title: 'Lunch', color: '#000000' }),
        differs: 'color and title',
        copy: { project_id: 'proj_copy', slug: 'copy' },
      },
      {
        kind: 'milestone',
        table: 'milestones',
        key: ({ second }) => ({ milestone_id: second }),
        field: 'version',
        value: '1',
        event: ({ second }) => `type = 'milestone.created' and milestone_id = '${second}'`,
        altered: altered({ description: 'Other words' }),
        differs: 'description',
        copy: { milestone_id: 'ms_copy' },
      },
      {
        kind: 'checkpoint',
        table: 'checkpoints',
        key: ({ at }) => ({ checkpoint_id: at('Polish') }),
        field: 'title',
        value: `'Varnish'`,
        event: ({ at }) => `type = 'checkpoint.added' and checkpoint_id = '${at('Polish')}'`,
        altered: altered({ title: 'Varnish' }),
        differs: 'title',
        copy: { checkpoint_id: 'cp_copy', order: 6 },
      },
      {
        kind: 'proposal',
        table: 'proposals',
        key: ({ at }) => ({ checkpoint_id: at('Approve') }),
        field: 'round',
        value: '2',
        event: () => `type = 'proposal.opened'`,
        altered: `actor_id = 'usr_other'`,
        differs: 'proposer_id',
        copy: { proposal_id: 'prop_copy', checkpoint_id: 'cp_copy' },
        missing: ({ at }) => `G1: ${at('Approve')} has a gate without a vote, or a vote without a gate`,
        alone: () => 'G1: prop_copy gates cp_copy, which does not have it',
      },
      {
        kind: 'ballot',
        table: 'ballots',
        key: () => ({ round: 1 }),
        field: 'comment',
        value: `'Other words'`,
        event: () => `type = 'ballot.cast'`,
        altered: altered({ comment: 'Other words' }),
        differs: 'comment',
        copy: { voter_id: 'usr_copy' },
      },
    ]

    const EACH_KIND = KINDS.map((kind) => [kind.kind, kind] as const)

    const where = ({ key }: Kind) =>
      Object.entries(key(plan))
        .map(([column, id]) => `${column} = '${id}'`)
        .join(' and ')

    /** A row by the name that the doctor gives it. */
    const nameOf = (kind: string, row: Data) => {
      if (kind === 'member') return `member ${row.group_id}/${row.principal_id}`
      return kind === 'ballot' ? `ballot ${row.proposal_id}/${row.round}/${row.voter_id}` : `${kind} ${row[`${kind}_id`]}`
    }

    const named = async (kind: Kind) => {
      const rows = await damage(test, `select * from ${kind.table} where ${where(kind)}`)
      expect(rows).toHaveLength(1)
      return nameOf(kind.kind, rows[0])
    }

    it.each(EACH_KIND)('[E2] the doctor names a %s whose row was changed without an event, and the field', async (_name, kind) => {
      const name = await named(kind)
      await damage(test, `update ${kind.table} set ${kind.field} = ${kind.value} where ${where(kind)}`)
      expect(await complaints(test)).toEqual([`E2: ${name} differs in ${kind.field}`])
    })

    it.each(EACH_KIND)('[E2] the doctor names a %s whose event was changed, and the field', async (_name, kind) => {
      const name = await named(kind)
      const changed = await damage(test, `update events set ${kind.altered} where ${kind.event(plan)} returning seq`)
      expect(changed).toHaveLength(1)
      expect(await complaints(test)).toEqual([`E2: ${name} differs in ${kind.differs}`])
    })

    it.each(EACH_KIND)('[E2] the doctor names a %s whose row is missing', async (_name, kind) => {
      const name = await named(kind)
      await damage(test, `delete from ${kind.table} where ${where(kind)}`)
      expect(await complaints(test)).toEqual([`E2: ${name} is missing in the rows`, ...(kind.missing ? [kind.missing(plan)] : [])])
    })

    it.each(EACH_KIND)('[E2] the doctor names a %s of which the log does not tell', async (_name, kind) => {
      const [row] = await damage(
        test,
        `insert into ${kind.table} select (jsonb_populate_record(t, '${JSON.stringify(kind.copy)}')).* from ${kind.table} t
          where ${where(kind)} returning *`,
      )
      expect(await complaints(test)).toEqual([
        `E2: ${nameOf(kind.kind, row)} is only in the rows`,
        ...(kind.alone ? [kind.alone(row)] : []),
      ])
    })

    const ofShip = () => `where checkpoint_id = '${at('Ship')}'`

    it.each([
      ['was changed', () => `update dependencies set depends_on_id = '${at('Polish')}' ${ofShip()}`],
      ['is missing', () => `delete from dependencies ${ofShip()}`],
      ['is one too many', () => edge(at('Ship'), at('Polish'))],
      ['its event does not tell', () => `update events set data = data || '{"depends_on": []}' ${ofShip()} and type = 'checkpoint.added'`],
    ])('[E2] the doctor names the checkpoint of a dependency that %s', async (_what, statement) => {
      await damage(test, statement())
      expect(await complaints(test)).toEqual([`E2: checkpoint ${at('Ship')} differs in depends_on`])
    })

    it('[E2] the doctor names a dependency of a checkpoint that never was', async () => {
      await damage(test, edge('cp_ghost', at('Ship')))
      expect(await complaints(test)).toEqual([`E2: the dependency of cp_ghost on ${at('Ship')} is only in the rows`])
    })

    it('[E2] the doctor names an event that changes nothing', async () => {
      await damage(
        test,
        `insert into events select (jsonb_populate_record(e, '{"seq": ${plan.seq + 1}, "type": "checkpoint.admired"}')).*
          from events e where seq = ${plan.seq}`,
        'update workspaces set seq = seq + 1',
      )
      expect(await complaints(test)).toEqual([`E2: event ${plan.seq + 1} (checkpoint.admired) changes nothing`])
    })

    it('[E2] the doctor names the event at which a replay stops because its facts are unreadable', async () => {
      await damage(test, `update events set data = 'null' where type = 'proposal.opened'`)
      const [{ seq }] = await damage(test, `select seq from events where type = 'proposal.opened'`)
      expect(await complaints(test)).toEqual([expect.stringMatching(`^E2: the replay stops at event ${seq} \\(.+\\)$`)])
    })
  })

  describe('the server and the schema', () => {
    // A server of someone else's has settings of its own.
    it.skipIf(process.env.CAIRN_TEST_DATABASE_URL)('[H3] the doctor names the settings under which a crash may lose a change', async () => {
      const findings = await examine(test.instance)
      expect(findings.find(({ rule }) => rule === 'H3')?.violations).toEqual(['fsync is off', 'full_page_writes is off'])
    })

    it('the doctor takes the time that a large log needs, though a request may not', async () => {
      const client = await connect(test.database.ownerUrl, 'console')
      await client.query('begin; lock table events in access exclusive mode')
      const longerThanARequest = setTimeout(() => void client.query('rollback').catch(() => undefined), 5_000)
      try {
        expect(await complaints(test)).toEqual([])
      } finally {
        clearTimeout(longerThanARequest)
        await client.end()
      }
    })

    it('the doctor names a migration that is not applied', async () => {
      await damage(test, 'delete from drizzle.__drizzle_migrations where id = (select max(id) from drizzle.__drizzle_migrations)')
      expect(await complaints(test)).toEqual([`schema: ${newestMigration()}`])
    })

    it('the doctor names an applied migration that this build does not know', async () => {
      await damage(test, `insert into drizzle.__drizzle_migrations (hash, created_at) values ('abcdef', 1)`)
      expect(await complaints(test)).toEqual(['schema: abcdef'])
    })
  })

  it('[D4] [C3] [G1] the doctor names the triggers that hold a rule and are switched off', async () => {
    await damage(test, 'alter table dependencies disable trigger all', 'alter table proposals disable trigger all')
    expect(await complaints(test)).toEqual([
      'schema: a foreign key of proposals is off',
      'schema: dependencies_insert of dependencies is off',
      'schema: dependencies_update of dependencies is off',
      'schema: proposals_g1_update of proposals is off',
    ])
  })

  describe('npm run doctor', () => {
    const run = async (variables: Record<string, string>) => {
      const child = spawn('node_modules/.bin/tsx', ['cli/doctor.ts'], {
        env: { PATH: process.env.PATH, NODE_ENV: 'test', HOST: '127.0.0.1', ...variables },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let output = ''
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
      const code = await new Promise((resolve) => child.once('close', resolve))
      return { code, lines: output.trim().split('\n') }
    }

    const linesOf = (seq: number, h3: string) => [
      'ok   D1     a completed checkpoint has only completed dependencies',
      'ok   D2     the dependencies have no cycle',
      'ok   D3     inside a milestone a dependency points to a lower number',
      'ok   D4     the target of every dependency exists',
      'ok   M1     the numbers of a milestone are 1 to n',
      'ok   M2     a closed milestone has checkpoints, and all are completed',
      'ok   G1     a completed checkpoint with a gate has a vote that has passed, by the ballots of those who may vote',
      'ok   L1     a claim is whole, is an attempt, and is that of one pending checkpoint',
      'ok   O1     a group has exactly one owner, who is a person',
      'ok   A1     a person of its group answers for each agent profile',
      'ok   A2     an agent that is suspended or deleted holds no claim',
      'ok   R1     the claims and keys of a group are those of its members',
      'ok   N1     the failures of a checkpoint are among its attempts',
      'ok   C1     completed work is still there, and completed',
      'ok   E1     the log has no gaps',
      `ok   E1     the counter is the last number of the log: ${seq}`,
      'ok   E2     the log replays to the rows',
      h3,
      `ok   schema every migration is applied: ${newestMigration()}`,
      'ok   schema the triggers of the database are on',
      'ok   bind   address: 127.0.0.1',
    ]
    const UNSAFE = 'FAIL H3     fsync and full_page_writes are on: fsync is off; full_page_writes is off'

    it.skipIf(process.env.CAIRN_TEST_DATABASE_URL)('prints a line for each check, and exits with 1 because one fails', async () => {
      const { code, lines } = await run({ DATABASE_URL: test.database.ownerUrl })
      expect(lines).toEqual(linesOf(plan.seq, UNSAFE))
      expect(code).toBe(1)
    })

    it('[E2] the doctor names three of those that differ, counts the rest, and exits with 1', async () => {
      await damage(test, `update checkpoints set note = 'forged' where milestone_id = '${plan.first}'`)
      const { code, lines } = await run({ DATABASE_URL: test.database.ownerUrl })
      const difference = 'checkpoint cp_\\w+ differs in note'
      expect(lines.find((line) => line.includes('E2'))).toMatch(
        new RegExp(`^FAIL E2     the log replays to the rows: ${difference}; ${difference}; ${difference} and 2 more$`),
      )
      expect(code).toBe(1)
    })

    it('[H3] finds nothing wrong with a new built-in database, and exits with 0', async () => {
      const dataDir = mkdtempSync(path.join(tmpdir(), `cairn-test-${process.pid}-`))
      // PostgreSQL runs as another user when root starts the tests.
      chmodSync(dataDir, 0o755)
      try {
        await (await startEmbedded(dataDir)).stop()
        const { code, lines } = await run({ DATABASE_URL: 'embedded', CAIRN_DATA_DIR: dataDir })
        expect(lines).toEqual(linesOf(0, expect.stringMatching(/^ok {3}H3 {5}fsync and full_page_writes are on: PostgreSQL [\d.]+$/)))
        expect(code).toBe(0)
      } finally {
        await (await findEmbedded(dataDir))?.stop()
        rmSync(dataDir, { recursive: true, force: true })
      }
    })

    it('says in one line that a newer build has used the database, and exits with 1', async () => {
      await damage(test, `insert into drizzle.__drizzle_migrations (hash, created_at) values ('abcdef', 1)`)
      const { code, lines } = await run({ DATABASE_URL: test.database.ownerUrl })
      expect(lines).toEqual([expect.stringContaining('1 migration(s) that this build does not know')])
      expect(code).toBe(1)
    })
  })
})
