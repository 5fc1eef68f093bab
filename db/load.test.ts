import type { PoolClient } from 'pg'
import { beforeAll, describe, expect, it } from 'vitest'
import { UNIT_NAMES, UNITS, type Unit } from '@/lib/domain/kinds'
import { canonical } from '@/lib/domain/replay'
import { WorldState } from '@/lib/domain/world'
import {
  addCheckpoint,
  completeCheckpoint,
  createMilestone,
  getMilestoneGraph,
  getMilestoneOperation,
  reopenCheckpoint,
} from '@/lib/operations'
import { execute } from '@/lib/operations/execute'
import { administer } from '@/lib/testing/administer'
import { userKey } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { loadsOf } from '@/lib/testing/loads'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { densePlan } from '@/lib/testing/plans'
import { openInstance } from './instance'
import { load } from './load'
import { loadWhole } from './whole'

describe('loading', () => {
  const test = useInstance()

  beforeAll(async () => {
    const group_id = await makeGroup(test)
    const api = await makeMilestone(test, group_id, { A: [], B: ['A'], C: ['A', 'B'] })
    await makeMilestone(test, group_id, { Web: [`${api.milestone_id}:2`], Ship: ['Web', `${api.milestone_id}:3`] })
    await test.run(addCheckpoint, { milestone_id: api.milestone_id, title: 'Gated', requires_consensus: true, depends_on: [2] })
    await test.run(completeCheckpoint, { milestone_id: api.milestone_id, order: 1 })
    const closed = await makeMilestone(test, group_id, { Only: [] })
    await test.run(completeCheckpoint, { milestone_id: closed.milestone_id, order: 1 })
    await userKey(test)
  })

  it.each(UNIT_NAMES)('[E2] the unit %s holds what the whole workspace has of it, and knows what there is not', async (kind) => {
    const client = await test.instance.pool.connect()
    try {
      const whole = await loadWhole(client, 'main')
      const { of, key, parts } = UNITS[kind]
      const ids = [...whole.all(of).map((entity) => String(Reflect.get(entity, key))), 'nothing', '00000000-0000-4000-8000-000000000000']
      for (const id of ids) {
        const unit: Unit = { kind, id }
        const cold = new WorldState()
        await load(client, 'main', cold, [unit])
        expect(cold.knows(unit)).toBe(true)
        for (const [held] of parts) {
          // The unit is one of those that hold this kind, which the loop over UNITS cannot tell the compiler.
          const listed = (world: WorldState) => world.list<typeof kind, never>(kind, id, held as never).map((entity) => canonical(entity))
          expect(listed(cold).sort()).toEqual(listed(whole).sort())
        }
      }
    } finally {
      client.release()
    }
  })

  it('the active milestones of a group are loaded without the closed ones', async () => {
    const client = await test.instance.pool.connect()
    try {
      const whole = await loadWhole(client, 'main')
      const cold = new WorldState()
      await load(
        client,
        'main',
        cold,
        whole.all('group').map(({ group_id }): Unit => ({ kind: 'active_milestones', id: group_id })),
      )
      expect(new Set(whole.all('milestone').map(({ status }) => status))).toEqual(new Set(['active', 'closed']))
      expect(cold.all('milestone').map(({ status }) => status)).toEqual(['active', 'active'])
    } finally {
      client.release()
    }
  })

  it('[E2] a whole workspace that is loaded equals one that is loaded unit by unit', async () => {
    const client = await test.instance.pool.connect()
    try {
      const whole = await loadWhole(client, 'main')
      const pieces = new WorldState()
      const units = UNIT_NAMES.flatMap((kind) =>
        whole.all(UNITS[kind].of).map((entity): Unit => ({ kind, id: String(Reflect.get(entity, UNITS[kind].key)) })),
      )
      for (const unit of units) await load(client, 'main', pieces, [unit])
      const texts = (world: WorldState, kind: (typeof UNITS)[Unit['kind']]['of']) => world.all(kind).map(canonical).sort()
      for (const { of } of Object.values(UNITS)) expect(texts(pieces, of)).toEqual(texts(whole, of))
    } finally {
      client.release()
    }
  })
})

/** What a connection has read of checkpoints and dependencies. Inside a transaction, these numbers only grow. */
const reads = async (client: PoolClient): Promise<{ scans: number; rows: number }> => {
  const { rows } = await client.query(
    `select sum(idx_scan)::int as scans, sum(seq_tup_read + idx_tup_fetch)::int as rows from pg_stat_xact_user_tables
      where relname in ('checkpoints', 'dependencies')`,
  )
  return rows[0]
}

describe('a cold milestone', () => {
  const test = useInstance()
  const LARGEST = 500

  /** Steps of which each waits for the one before and for a step of another milestone, which waits for others in turn; some are gated, some completed. */
  const makeLarge = async (count: number): Promise<string> => {
    const group_id = await makeGroup(test)
    const other = await makeMilestone(
      test,
      group_id,
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`P${at}`, at > 0 ? [`P${at - 1}`] : []])),
    )
    const checkpoints = Array.from({ length: count }, (_, at) => ({
      title: `S${at}`,
      requires_consensus: at % 7 === 3,
      depends_on: at < 5 ? [] : [at, `${other.milestone_id}:${at}`],
    }))
    const { data } = await test.run(createMilestone, { group_id, title: 'Large', checkpoints })
    for (const order of [1, 2, 3]) await test.run(completeCheckpoint, { milestone_id: data.milestone_id, order })
    return data.milestone_id
  }

  it('with as many dependencies as is legal is loaded with as many look-ups as it has checkpoints, and not as it has edges', async () => {
    const count = 100
    const { data } = await test.run(createMilestone, { group_id: await makeGroup(test), ...densePlan(count) })
    const client = await test.instance.pool.connect()
    try {
      await client.query('begin')
      const before = await reads(client)
      await load(client, 'main', new WorldState(), [{ kind: 'checkpoints', id: data.milestone_id }])
      const { scans } = await reads(client)
      await client.query('commit')
      expect(scans - before.scans).toBeGreaterThan(0)
      expect(scans - before.scans).toBeLessThan(count * 4)
    } finally {
      client.release()
    }
  })

  it('that begins a chain of more levels than a decision may load one by one is reopened with all that depends on it', async () => {
    const group_id = await makeGroup(test)
    const [count, steps] = [55, 20]
    const chain: string[] = []
    for (let at = 0; at < count; at++) {
      const last = chain.at(-1)
      const checkpoints = Array.from({ length: steps }, (_, step) => ({
        title: `S${step}`,
        depends_on: step > 0 ? [step] : last ? [`${last}:${steps}`] : [],
      }))
      const { data } = await test.run(createMilestone, { group_id, title: `Chain ${at}`, checkpoints })
      chain.push(data.milestone_id)
    }
    for (const milestone_id of chain)
      for (let order = 1; order <= steps; order++) await test.run(completeCheckpoint, { milestone_id, order })
    const cold = await openInstance(test.database.url, 'http://cairn.test')
    try {
      const input = { milestone_id: chain[0], order: 1, reason: 'withdrawn' }
      await expect(execute(cold, reopenCheckpoint, { input, actor: test.owner })).rejects.toMatchObject({ code: 'dependents_completed' })
      await execute(cold, reopenCheckpoint, { input: { ...input, cascade: true }, actor: test.owner })
      const { rows } = await test.instance.pool.query(
        'select count(completed_at)::int as completed from checkpoints where milestone_id = any($1)',
        [chain],
      )
      expect(rows[0].completed).toBe(0)
    } finally {
      await cold.close()
    }
  })

  it.each([10, LARGEST])('of %i checkpoints is read and drawn in a small number of loads', async (count) => {
    const milestone_id = await makeLarge(count)
    // About ten are sent. The exact number varies, since units that are asked for in the same round trip may be prefetched twice.
    for (const operation of [getMilestoneOperation, getMilestoneGraph]) {
      const loads = await loadsOf(test, () => test.run(operation, { milestone_id }))
      expect(loads).toBeGreaterThan(0)
      expect(loads).toBeLessThanOrEqual(20)
    }
  })
})

describe('a milestone that is loaded by statements that were prepared when the tables were small', () => {
  const test = useInstance({ each: true })

  it.each(['never', 'before they grow', 'after they have grown'])(
    'is loaded by its own rows only, with a plan that PostgreSQL made when the tables were small, if they are analysed %s',
    async (when) => {
      const group_id = await makeGroup(test)
      const [most, steps] = [60, 20]
      const checkpoints = Array.from({ length: steps }, (_, step) => ({ title: `S${step}`, depends_on: step > 0 ? [step] : [] }))
      const make = async () => (await test.run(createMilestone, { group_id, title: 'Plan', checkpoints })).data
      const { milestone_id, checkpoints: made } = await make()
      const analyse = () => administer(test.database.ownerUrl, 'analyze')
      if (when === 'before they grow') {
        // PostgreSQL must have seen that there are several milestones: it rightly reads all that belongs to the only one.
        for (let count = 0; count < 2; count++) await make()
        await analyse()
      }
      const client = await test.instance.pool.connect()
      const units: Unit[] = [
        { kind: 'checkpoints', id: milestone_id },
        ...made.map(({ checkpoint_id }: Data): Unit => ({ kind: 'dependents', id: checkpoint_id })),
      ]
      try {
        // PostgreSQL keeps the plan of a prepared statement from about its sixth use on.
        for (let time = 0; time < 8; time++) await load(client, 'main', new WorldState(), units)
        for (let count = 0; count < most; count++) await make()
        if (when === 'after they have grown') await analyse()
        await client.query('begin')
        const before = await reads(client)
        await load(client, 'main', new WorldState(), units)
        const { rows } = await reads(client)
        await client.query('commit')
        expect(rows - before.rows).toBeGreaterThan(steps)
        expect(rows - before.rows).toBeLessThan(steps * 15)
      } finally {
        client.release()
      }
    },
  )
})
