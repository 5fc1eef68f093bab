import { describe, expect, it } from 'vitest'
import { castVote, completeCheckpoint, createInvitation, createMilestone, finalizeProposal } from '@/lib/operations'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { connect } from './client'

describe('what the database itself holds, against whoever has a console', () => {
  const test = useInstance()

  const asOwner = async (statement: string, values: unknown[] = []) => {
    const client = await connect(test.database.ownerUrl, 'console')
    try {
      return await client.query(statement, values)
    } finally {
      await client.end()
    }
  }

  const planted = `insert into dependencies select workspace_id, $1, $2 from workspaces`
  const complete = 'update checkpoints set completed_at = now(), completed_by = created_by, completed_seq = 1 where checkpoint_id = $1'
  const remove = 'delete from checkpoints where checkpoint_id = $1'
  const reopen = 'update checkpoints set completed_at = null, completed_by = null, completed_seq = null where checkpoint_id = $1'

  it.each(['update events set type = type', 'delete from events', 'truncate events'])('[E3] refuses: %s', async (statement) => {
    await expect(asOwner(statement)).rejects.toThrow('append-only')
    await expect(test.instance.pool.query(statement)).rejects.toThrow()
  })

  it('[D1] refuses to complete a checkpoint whose dependency is pending', async () => {
    const { checkpoints } = await makeMilestone(test, await makeGroup(test), { A: [], B: ['A'] })
    await expect(asOwner(complete, [checkpoints[1].checkpoint_id])).rejects.toThrow('D1')
  })

  it('[D1] refuses to reopen under a completed dependent, and a pending edge under a completed one', async () => {
    const { milestone_id, checkpoints } = await makeMilestone(test, await makeGroup(test), { A: [], B: ['A'], C: [] })
    await test.run(completeCheckpoint, { milestone_id, order: 1 })
    await test.run(completeCheckpoint, { milestone_id, order: 2 })
    await expect(asOwner(reopen, [checkpoints[0].checkpoint_id])).rejects.toThrow('D1')
    await expect(asOwner(planted, [checkpoints[1].checkpoint_id, checkpoints[2].checkpoint_id])).rejects.toThrow('D1')
  })

  it.each([`set search_path = ''`, 'create temporary table dependencies (like public.dependencies)'])(
    '[D1] [C3] [D4] refuses the same after: %s',
    async (statement) => {
      const { checkpoints } = await makeMilestone(test, await makeGroup(test), { A: [], B: ['A'] })
      const [a, b] = checkpoints.map(({ checkpoint_id }: Data) => checkpoint_id)
      const client = await connect(test.database.ownerUrl, 'console')
      const told = (text: string, values: string[]) => client.query(text, values).catch(({ message }) => message.slice(0, 2))
      try {
        await client.query(statement)
        expect(await told(complete.replace('update ', 'update public.'), [b])).toBe('D1')
        expect(await told(remove.replace('from ', 'from public.'), [a])).toBe('C3')
        expect(await told(`insert into public.dependencies values ('main', $1, 'cp_none')`, [b])).toBe('D4')
      } finally {
        await client.end()
      }
    },
  )

  it('[C1] refuses to delete a completed checkpoint', async () => {
    const { milestone_id, checkpoints } = await makeMilestone(test, await makeGroup(test), { A: [], B: [] })
    await test.run(completeCheckpoint, { milestone_id, order: 1 })
    await expect(asOwner(remove, [checkpoints[0].checkpoint_id])).rejects.toThrow('C1')
  })

  describe('a gate that has not passed', () => {
    const gated = async () => {
      const group_id = await makeGroup(test)
      const checkpoints = [{ title: 'Free' }, { title: 'Gated', requires_consensus: true }]
      const { data } = await test.run(createMilestone, { group_id, title: 'Gates', checkpoints })
      return {
        milestone_id: data.milestone_id,
        checkpoint_id: data.checkpoints[1].checkpoint_id,
        proposal_id: data.checkpoints[1].requires_proposal_id,
      }
    }
    const complete = `update checkpoints set completed_at = now(), completed_by = created_by, completed_seq = 1 where checkpoint_id = $1`

    it('[G1] lets nobody complete its checkpoint, and one that has passed does', async () => {
      const { milestone_id, checkpoint_id, proposal_id } = await gated()
      await expect(asOwner(complete, [checkpoint_id])).rejects.toThrow('G1')
      await test.run(castVote, { proposal_id, vote: 'yes' })
      await test.run(finalizeProposal, { proposal_id })
      await test.run(completeCheckpoint, { milestone_id, order: 2 })
      await expect(asOwner(`update checkpoints set note = 'x' where checkpoint_id = $1`, [checkpoint_id])).resolves.toBeDefined()
    })

    it.each([
      ['opened again', `update proposals set status = 'open', threshold_met = null, finalized_at = null where proposal_id = $1`],
      ['made to fail', `update proposals set threshold_met = false where proposal_id = $1`],
    ])('[G1] is not %s under a completed checkpoint', async (_what, statement) => {
      const { milestone_id, proposal_id } = await gated()
      await test.run(castVote, { proposal_id, vote: 'yes' })
      await test.run(finalizeProposal, { proposal_id })
      await test.run(completeCheckpoint, { milestone_id, order: 2 })
      await expect(asOwner(statement, [proposal_id])).rejects.toThrow('G1')
    })
  })

  it.each([
    ['whose target does not exist', (id: string) => [id, 'cp_none']],
    ['whose checkpoint does not exist', (id: string) => ['cp_none', id]],
  ])('[D4] refuses an edge %s, when it is inserted and when it is changed', async (_which, edge) => {
    const { checkpoints } = await makeMilestone(test, await makeGroup(test), { A: [], B: ['A'] })
    const [a, b] = checkpoints
    await expect(asOwner(planted, edge(b.checkpoint_id))).rejects.toThrow('D4')
    const changed = 'update dependencies set checkpoint_id = $1, depends_on_id = $2 where depends_on_id = $3'
    await expect(asOwner(changed, [...edge(b.checkpoint_id), a.checkpoint_id])).rejects.toThrow('D4')
  })

  it.each([
    ['the target', 0],
    ['the checkpoint', 1],
  ])('[C3] refuses to delete %s of an edge', async (_which, at) => {
    const { checkpoints } = await makeMilestone(test, await makeGroup(test), { A: [], B: ['A'] })
    await expect(asOwner(remove, [checkpoints[at].checkpoint_id])).rejects.toThrow('C3')
  })

  it.each(['truncate checkpoints, proposals, ballots', `update checkpoints set checkpoint_id = 'cp_' || checkpoint_id`])(
    '[D4] refuses to leave edges behind: %s',
    async (statement) => {
      await makeMilestone(test, await makeGroup(test), { A: [], B: ['A'] })
      await expect(asOwner(statement)).rejects.toThrow(/C3|D4/)
    },
  )

  const ISOLATIONS = ['read committed', 'repeatable read'] as const
  type Statement = readonly [text: string, values: unknown[]]
  type Both = readonly [Statement, Statement]

  /** Runs two statements in transactions that overlap, in this order or in the other one, and returns how many were refused. */
  const refusedOf = async (isolation: string, [one, two]: Both, inOrder: boolean): Promise<number> => {
    const [first, second] = inOrder ? [one, two] : [two, one]
    const [early, late] = [await connect(test.database.ownerUrl, 'one'), await connect(test.database.ownerUrl, 'two')]
    try {
      for (const client of [early, late]) await client.query(`begin isolation level ${isolation}`)
      // The snapshot of a transaction at repeatable read begins with its first statement.
      for (const client of [early, late]) await client.query('select count(*) from checkpoints')
      const refusals = (query: Promise<unknown>) =>
        query.then(
          () => 0,
          () => 1,
        )
      const refused = await refusals(early.query(...first))
      const waiting = refusals(late.query(...second))
      await early.query('commit')
      const total = refused + (await waiting)
      await late.query('commit')
      return total
    } finally {
      await Promise.all([early.end(), late.end()])
    }
  }

  it.each(ISOLATIONS)('[C3] lets no edge and no deletion of its target pass each other, whichever is first, at %s', async (isolation) => {
    for (const edgeFirst of [true, false]) {
      const { checkpoints } = await makeMilestone(test, await makeGroup(test), { A: [], B: [] })
      const [target, dependent] = checkpoints.map(({ checkpoint_id }: Data) => checkpoint_id)
      const edge: Statement = [planted, [dependent, target]]
      expect(await refusedOf(isolation, [edge, [remove, [target]]], edgeFirst)).toBe(1)
    }
    expect(await loadStrays()).toEqual([])
  })

  const overlaps: {
    what: string
    edges: { [title: string]: string[] }
    completed: number[]
    both: (a: string, b: string) => Both
  }[] = [
    {
      what: 'a new edge and the completion of its dependent',
      edges: {},
      completed: [],
      both: (a, b) => [
        [planted, [b, a]],
        [complete, [b]],
      ],
    },
    {
      what: 'a new edge and the reopening of its target',
      edges: {},
      completed: [1, 2],
      both: (a, b) => [
        [planted, [b, a]],
        [reopen, [a]],
      ],
    },
    {
      what: 'a completion and the reopening of what it waited for',
      edges: { B: ['A'] },
      completed: [1],
      both: (a, b) => [
        [complete, [b]],
        [reopen, [a]],
      ],
    },
  ]
  const inBothOrders = overlaps.flatMap((overlap) =>
    ISOLATIONS.flatMap((isolation) => [true, false].map((inOrder) => ({ ...overlap, isolation, inOrder }))),
  )

  it.each(inBothOrders)(
    '[D1] lets not pass each other: $what, at $isolation, in order: $inOrder',
    async ({ edges, completed, both, isolation, inOrder }) => {
      const { milestone_id, checkpoints } = await makeMilestone(test, await makeGroup(test), { A: [], B: [], ...edges })
      for (const order of completed) await test.run(completeCheckpoint, { milestone_id, order })
      const [a, b] = checkpoints.map(({ checkpoint_id }: Data) => checkpoint_id)
      expect(await refusedOf(isolation, both(a, b), inOrder)).toBeGreaterThan(0)
      const { rows } = await asOwner(
        `select d.* from dependencies d join checkpoints c on c.checkpoint_id = d.checkpoint_id join checkpoints t on t.checkpoint_id = d.depends_on_id
        where c.completed_at is not null and t.completed_at is null`,
      )
      expect(rows).toEqual([])
    },
  )

  it('judges completions and edges by look-ups, with plans that PostgreSQL made when there were few edges', async () => {
    const group_id = await makeGroup(test)
    const { checkpoints } = await makeMilestone(test, group_id, { A: [], B: ['A'] })
    const [a, b] = checkpoints.map(({ checkpoint_id }: Data) => checkpoint_id)
    const client = await connect(test.database.ownerUrl, 'console')
    const judgeAll = async () => {
      await client.query(complete, [a])
      await client.query(complete, [b])
      await client.query(reopen, [b])
      await client.query(reopen, [a])
      await client.query('update dependencies set depends_on_id = depends_on_id where checkpoint_id = $1', [b])
    }
    const read = async (): Promise<number> => {
      const { rows } = await client.query(
        `select sum(seq_tup_read)::int as read from pg_stat_xact_user_tables where relname in ('checkpoints', 'dependencies')`,
      )
      return rows[0].read
    }
    try {
      await client.query('analyze checkpoints, dependencies')
      await client.query('set plan_cache_mode = force_generic_plan')
      await judgeAll()
      const titles = Array.from({ length: 50 }, (_, at) => `S${at}`)
      const dense = Object.fromEntries(titles.map((title, at) => [title, titles.slice(0, at)]))
      for (let count = 0; count < 4; count++) await makeMilestone(test, group_id, dense)
      await client.query('begin')
      // The statements themselves are planned anew, and may read what they like.
      await client.query('set local enable_seqscan = off')
      const before = await read()
      await judgeAll()
      expect((await read()) - before).toBe(0)
      await client.query('rollback')
    } finally {
      await client.end()
    }
  })

  const loadStrays = async () => {
    const { rows } = await asOwner(
      `select d.* from dependencies d where (select count(*) from checkpoints c
        where c.workspace_id = d.workspace_id and c.checkpoint_id in (d.checkpoint_id, d.depends_on_id)) < 2`,
    )
    return rows
  }

  it.each([
    ['is accepted and revoked', `accepted_by = created_by, accepted_at = now(), revoked_at = now()`],
    ['is accepted by nobody', 'accepted_at = now()'],
    ['is accepted at no time', 'accepted_by = created_by'],
    ['makes an owner', `role = 'owner'`],
    ['is kept with its token', `hash = 'q3x7m2k5v6h4t2b7n5d3w6r4y2c5f7j3'`],
  ])('[O2] refuses an invitation that %s', async (_what, change) => {
    const { data } = await test.run(createInvitation, { group_id: await makeGroup(test) })
    const refused = asOwner(`update invitations set ${change} where invitation_id = $1`, [data.invitation_id])
    await expect(refused).rejects.toThrow(/^new row for relation "invitations" violates check constraint/)
  })

  it('[O2] refuses two invitations of one token, and one to a group that does not exist', async () => {
    const { data } = await test.run(createInvitation, { group_id: await makeGroup(test) })
    const copied = (change: object) =>
      asOwner(`insert into invitations select (jsonb_populate_record(i, $2)).* from invitations i where invitation_id = $1`, [
        data.invitation_id,
        JSON.stringify({ invitation_id: 'inv_copy', ...change }),
      ])
    await expect(copied({})).rejects.toThrow('invitations_hash_key')
    await expect(copied({ hash: 'b'.repeat(64), group_id: '00000000-0000-4000-8000-000000000000' })).rejects.toThrow('invitations_group_fk')
  })

  it.each([
    ['an agent for which nobody answers', 'ap', 'accountable_id = null', 'principals_agent'],
    ['an agent for which nobody who exists answers', 'ap', `accountable_id = 'usr_none'`, 'principals_accountable_fk'],
    ['a person for whom another answers', 'usr', 'accountable_id = principal_id', 'principals_agent'],
    ['a suspended person', 'usr', 'suspended_at = now()', 'principals_agent'],
    ['a deleted person', 'usr', 'deleted_at = now()', 'principals_agent'],
  ])('[A1] [A2] refuses %s', async (_what, prefix, change, constraint) => {
    const { actor_id } = await test.agent(await makeGroup(test), 'Bot')
    const id = prefix === 'ap' ? actor_id : test.owner.actor_id
    await expect(asOwner(`update principals set ${change} where principal_id = $1`, [id])).rejects.toThrow(constraint)
  })

  it('[E1] refuses a sequence that goes back', async () => {
    await expect(asOwner('update workspaces set seq = seq - 1')).rejects.toThrow('E1')
  })

  it('judges unique names and numbers, and what refers to what, at commit', async () => {
    const { rows } = await asOwner(
      `select conname, condeferrable, condeferred from pg_constraint where connamespace = 'public'::regnamespace
        and (contype = 'f' or conname in ('groups_slug_key', 'projects_slug_key', 'checkpoints_order_key'))`,
    )
    expect(rows.length).toBeGreaterThan(12)
    expect(rows.filter(({ condeferrable, condeferred }) => !condeferrable || !condeferred)).toEqual([])
  })

  it('has workspace_id first in the primary key of every table of the domain', async () => {
    const { rows } = await asOwner(
      `select c.conrelid::regclass::text as tab, a.attname as first from pg_constraint c
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
        where c.contype = 'p' and c.connamespace = 'public'::regnamespace`,
    )
    expect(rows.length).toBeGreaterThan(9)
    expect(rows.filter(({ first }) => first !== 'workspace_id')).toEqual([])
  })

  it('gives the application a role that owns nothing', async () => {
    const { rows } = await test.instance.pool.query(
      `select count(*)::int as owned from pg_class where relowner = (select oid from pg_roles where rolname = current_user)`,
    )
    expect(rows[0].owned).toBe(0)
  })
})
