import { describe, expect, it } from 'vitest'
import { completeCheckpoint } from '@/lib/operations'
import { useInstance } from '@/lib/testing/instance'
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

  it.each(['update events set type = type', 'delete from events', 'truncate events'])('[E3] refuses: %s', async (statement) => {
    await expect(asOwner(statement)).rejects.toThrow('append-only')
    await expect(test.instance.pool.query(statement)).rejects.toThrow()
  })

  it('[D1] refuses to complete a checkpoint whose dependency is pending', async () => {
    const { checkpoints } = await makeMilestone(test, await makeGroup(test), { A: [], B: ['A'] })
    const complete = 'update checkpoints set completed_at = now(), completed_by = created_by, completed_seq = 1 where checkpoint_id = $1'
    await expect(asOwner(complete, [checkpoints[1].checkpoint_id])).rejects.toThrow('D1')
  })

  it('[D1] refuses to reopen under a completed dependent, and a pending edge under a completed one', async () => {
    const { milestone_id, checkpoints } = await makeMilestone(test, await makeGroup(test), { A: [], B: ['A'], C: [] })
    await test.run(completeCheckpoint, { milestone_id, order: 1 })
    await test.run(completeCheckpoint, { milestone_id, order: 2 })
    const reopen = 'update checkpoints set completed_at = null, completed_by = null, completed_seq = null where checkpoint_id = $1'
    await expect(asOwner(reopen, [checkpoints[0].checkpoint_id])).rejects.toThrow('D1')
    const edge = `insert into dependencies select workspace_id, $1, $2 from workspaces`
    await expect(asOwner(edge, [checkpoints[1].checkpoint_id, checkpoints[2].checkpoint_id])).rejects.toThrow('D1')
  })

  it('[C1] refuses to delete a completed checkpoint', async () => {
    const { milestone_id, checkpoints } = await makeMilestone(test, await makeGroup(test), { A: [], B: [] })
    await test.run(completeCheckpoint, { milestone_id, order: 1 })
    await expect(asOwner('delete from checkpoints where checkpoint_id = $1', [checkpoints[0].checkpoint_id])).rejects.toThrow('C1')
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
