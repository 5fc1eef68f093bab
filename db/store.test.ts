import type { PoolClient } from 'pg'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Checkpoint, Kind } from '@/lib/domain/entities'
import type { EventDraft } from '@/lib/domain/events'
import { entityId, KIND_NAMES } from '@/lib/domain/kinds'
import type { WorldState } from '@/lib/domain/world'
import { castVote, createInvitation, createMilestone } from '@/lib/operations'
import { userKey } from '@/lib/testing/client'
import { useInstance } from '@/lib/testing/instance'
import { makeGroup } from '@/lib/testing/milestones'
import { type Batch, type Statements, statementsFor } from './store'
import { nameOf, TABLES } from './tables'
import { loadWhole } from './whole'

describe('storing', () => {
  const test = useInstance()

  beforeAll(async () => {
    const checkpoints = [{ title: 'A' }, { title: 'B', depends_on: [1] }, { title: 'C', depends_on: [1, 2], requires_consensus: true }]
    const group_id = await makeGroup(test)
    const { data } = await test.run(createMilestone, { group_id, title: 'Plan', checkpoints })
    await test.run(castVote, { proposal_id: data.checkpoints[2].requires_proposal_id, vote: 'yes', round: 1 })
    await test.run(createInvitation, { group_id })
    await userKey(test)
  })

  const run = async (client: PoolClient, { deletes, put }: Statements) => {
    for (const statement of [...deletes, put]) await client.query(statement)
  }

  /** Changes a whole world by hand, stores that, and looks at the rows; all of it is rolled back. */
  const stored = async (change: (world: WorldState) => void, look: (client: PoolClient) => Promise<void>, events: Batch['events'] = []) => {
    const client = await test.instance.pool.connect()
    try {
      await client.query('begin')
      const world = await loadWhole(client, 'main')
      const { rows } = await client.query(`select seq, head, last_event_at as now from workspaces where workspace_id = 'main'`)
      const { now, ...before } = rows[0]
      change(world)
      const after = { seq: before.seq + events.length, head: 'after' }
      await run(client, statementsFor(world.changes, { workspace_id: 'main', before, after, now, events, remembered: [] }))
      await look(client)
    } finally {
      await client.query('rollback')
      client.release()
    }
  }

  const countOf = async (client: PoolClient, kind: Kind): Promise<number> =>
    (await client.query(`select count(*)::int as n from ${nameOf(TABLES[kind])}`)).rows[0].n

  it.each(KIND_NAMES)('[E2] a %s that is removed leaves no row', async (kind) => {
    let before = 0
    const client = await test.instance.pool.connect()
    try {
      before = await countOf(client, kind)
    } finally {
      client.release()
    }
    expect(before).toBeGreaterThan(0)
    await stored(
      (world) => {
        // C3: a checkpoint on which others depend cannot be removed.
        const entity = world.all(kind).find((one) => !('depends_on' in one && world.dependents(one.checkpoint_id).length > 0))
        if (entity) world.remove(kind, entityId(kind, entity))
      },
      async (client) => expect(await countOf(client, kind)).toBe(before - 1),
    )
  })

  const edges = async (client: PoolClient, id: string): Promise<string[]> =>
    (await client.query('select depends_on_id from dependencies where checkpoint_id = $1 order by 1', [id])).rows.map(
      ({ depends_on_id }) => depends_on_id,
    )

  const named = (world: WorldState, title: string): Checkpoint => {
    const found = world.all('checkpoint').find((checkpoint) => checkpoint.title === title)
    if (!found) throw new Error(`there is no checkpoint ${title}`)
    return found
  }

  it('[D4] edges are stored because they differ, whatever the event is called', async () => {
    const [a, b, c] = await stored3()
    const moved: EventDraft = {
      group_id: null,
      project_id: null,
      milestone_id: null,
      checkpoint_id: c.checkpoint_id,
      type: 'checkpoint.updated',
      data: {},
    }
    const authorship = {
      actor_id: test.owner.actor_id,
      actor_type: 'user',
      on_behalf_of: null,
      key_id: null,
      session_id: null,
      via: 'web',
    } as const
    const { rows } = await test.instance.pool.query('select seq, last_event_at from workspaces')
    const event = { ...moved, ...authorship, seq: rows[0].seq + 1, at: rows[0].last_event_at }
    await stored(
      (world) => world.put('checkpoint', { ...named(world, 'C'), depends_on: [b.checkpoint_id] }),
      async (client) => expect(await edges(client, c.checkpoint_id)).toEqual([b.checkpoint_id]),
      [event],
    )
    await stored(
      (world) => world.put('checkpoint', { ...named(world, 'B'), depends_on: [] }),
      async (client) => expect(await edges(client, b.checkpoint_id)).toEqual([]),
    )
    await stored(
      (world) => world.remove('checkpoint', c.checkpoint_id),
      async (client) => expect(await edges(client, c.checkpoint_id)).toEqual([]),
    )
    expect(a.depends_on).toEqual([])
  })

  const stored3 = async (): Promise<[Checkpoint, Checkpoint, Checkpoint]> => {
    const client = await test.instance.pool.connect()
    try {
      const world = await loadWhole(client, 'main')
      return [named(world, 'A'), named(world, 'B'), named(world, 'C')]
    } finally {
      client.release()
    }
  }
})
