import type { PoolClient } from 'pg'
import { describe, expect, it } from 'vitest'
import type { Caller } from '@/lib/domain/context'
import type { Group } from '@/lib/domain/entities'
import { completeCheckpoint, createAgentProfile, createKey, createMilestone, createProject, createProposal } from '@/lib/operations'
import { administer } from '@/lib/testing/administer'
import { useInstance } from '@/lib/testing/instance'
import { makeGroup } from '@/lib/testing/milestones'
import type { Source } from '../read'
import { listAgentProfiles } from './agents'
import { selectPendingEdges } from './blockers'
import { listKeys } from './keys'
import { listMembers } from './members'
import { selectProjectNumbers } from './overview'
import { countWaiting, listProposalIds } from './proposals'
import { selectReady } from './ready'

// A connection keeps the plan of a prepared statement, also one that was made for other statistics. PostgreSQL analyses tables about once a minute.

/** What a connection has read of all tables. Inside a transaction, this number only grows. */
const rowsRead = async (client: PoolClient): Promise<number> => {
  const { rows } = await client.query('select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows from pg_stat_xact_user_tables')
  return rows[0].rows
}

describe('a statement whose plan was made while the tables were empty or small', () => {
  const test = useInstance({ each: true })
  const [projects, milestones] = [60, 3]

  /** Makes projects of three milestones, each of which has a completed, a pending, a blocked and a gated checkpoint. */
  const fill = async (group_id: string, projects: number): Promise<{ project_ids: string[]; last: string }> => {
    const project_ids: string[] = []
    let last = ''
    for (let at = 0; at < projects; at++) {
      const { project_id } = (await test.run(createProject, { group_id, title: `Project ${at}` })).data
      project_ids.push(project_id)
      for (let times = 0; times < milestones; times++) {
        const checkpoints = [
          { title: 'A' },
          { title: 'B', depends_on: last ? [1, last] : [1] },
          { title: 'C', depends_on: [2] },
          { title: 'D', requires_consensus: true },
        ]
        const { data } = await test.run(createMilestone, { group_id, project_id, title: 'Plan', checkpoints })
        await test.run(completeCheckpoint, { milestone_id: data.milestone_id, order: 1 })
        last = data.checkpoints[2].checkpoint_id
      }
    }
    return { project_ids, last }
  }

  const STATEMENTS: [string, (source: Source, filled: { group: Group; project_ids: string[]; last: string }) => Promise<unknown>][] = [
    ['list_project_overview', (source, { project_ids }) => selectProjectNumbers(source, project_ids)],
    ['list_ready', (source, { group }) => selectReady(source, group, {}, 20)],
    ['why_blocked', (source, { last }) => selectPendingEdges(source, last)],
  ]

  it.each(['never', 'before they grow', 'after they have grown'])(
    'reads a few rows for each checkpoint, and not all for each, if they are analysed %s',
    async (when) => {
      const group_id = await makeGroup(test)
      const group = { group_id, max_failures: 3 } as Group
      if (when === 'before they grow') {
        await fill(group_id, 2)
        await administer(test.database.ownerUrl, 'analyze')
      }
      const client = await test.instance.pool.connect()
      try {
        const now = new Date(Date.now() + 1_000).toISOString()
        const source: Source = { client, workspace_id: 'main', now }
        for (const [, select] of STATEMENTS)
          for (let times = 0; times < 10; times++) await select(source, { group, project_ids: ['proj_none'], last: 'cp_none' })
        const filled = await fill(group_id, projects)
        if (when === 'after they have grown') await administer(test.database.ownerUrl, 'analyze')
        for (const [name, select] of STATEMENTS) {
          await client.query('begin')
          const before = await rowsRead(client)
          await select(source, { group, ...filled })
          const after = await rowsRead(client)
          await client.query('commit')
          expect.soft(after - before, name).toBeGreaterThan(projects * milestones)
          expect.soft(after - before, name).toBeLessThan(projects * milestones * 60)
        }
      } finally {
        client.release()
      }
    },
  )

  /** Makes agents with a key each, votes on which they may all vote, and questions to the group. */
  const fillGroup = async (group_id: string, agents: number): Promise<void> => {
    const checkpoints = Array.from({ length: agents / 2 }, (_, at) => ({ title: `Gate ${at}`, requires_consensus: true }))
    for (let at = 0; at < agents; at++) {
      const { agent_profile_id } = (await test.run(createAgentProfile, { group_id, name: `Agent ${at}` })).data
      await test.run(createKey, { group_id, name: 'Key', agent_profile_id })
      await test.run(createProposal, { group_id, title: `Question ${at}` })
    }
    if (agents > 0) await test.run(createMilestone, { group_id, title: 'Gates', checkpoints })
  }

  const caller = (): Caller => {
    const { actor_id } = test.owner
    return { actor: test.owner, principal: { principal_id: actor_id } as Caller['principal'], key: null }
  }

  const OF_A_GROUP: [string, number, (source: Source, group_id: string) => Promise<unknown>][] = [
    ['list_agent_profiles', 8, (source, group_id) => listAgentProfiles(source, group_id, source.now)],
    ['list_members', 6, listMembers],
    [
      'list_keys',
      8,
      (source, group_id) => listKeys(source, { principal_id: test.owner.actor_id, group_id, ofAgents: true }, { limit: 50 }),
    ],
    ['list_proposals', 4, (source, group_id) => listProposalIds(source, caller(), { group_id, status: 'open' }, { limit: 20 })],
    ['list_own_proposals', 8, (source) => listProposalIds(source, caller(), { status: 'waiting' }, { limit: 20 })],
    ['count_votes', 8, (source) => countWaiting(source, caller(), 1_000)],
  ]

  it.each(['never', 'after they have grown'])(
    'reads a few rows for each agent and each vote of a group, if they are analysed %s',
    { timeout: 120_000 },
    async (when) => {
      const agents = 120
      const group_id = await makeGroup(test)
      const client = await test.instance.pool.connect()
      try {
        const source: Source = { client, workspace_id: 'main', now: new Date(Date.now() + 1_000).toISOString() }
        for (const [, , select] of OF_A_GROUP) for (let times = 0; times < 10; times++) await select(source, group_id)
        await fillGroup(group_id, agents)
        if (when === 'after they have grown') await administer(test.database.ownerUrl, 'analyze')
        for (const [name, each, select] of OF_A_GROUP) {
          await client.query('begin')
          const before = await rowsRead(client)
          await select(source, group_id)
          const after = await rowsRead(client)
          await client.query('commit')
          expect.soft(after - before, name).toBeLessThan(agents * each)
        }
      } finally {
        client.release()
      }
    },
  )
})
