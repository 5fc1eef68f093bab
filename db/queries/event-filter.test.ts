import { beforeAll, describe, expect, it } from 'vitest'
import { connect } from '@/db/client'
import { readSnapshot, type Source } from '@/db/read'
import { type Actor, identify } from '@/lib/domain/context'
import { findTypes } from '@/lib/domain/event-filter'
import { agentKey, makePerson } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import type { EventFilter } from './event-filter'
import { findFirstSince, listEvents } from './events'

const MANY = 100_000
const PART = 10_000
const PAGE = 50
const NEWEST = Number.MAX_SAFE_INTEGER
const BEGAN = Date.parse('2100-01-01')
const minute = (at: number) => new Date(BEGAN + at * 60_000).toISOString()

/** How many rows of the log this connection has read of late, also those that a filter then left out. */
const rowsRead = async ({ client }: Source): Promise<number> => {
  const { rows } = await client.query(
    `select (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read from pg_stat_xact_user_tables where relname = 'events'`,
  )
  return rows[0].read
}

describe(`a page of the events of a filter in a log of ${MANY}`, { timeout: 120_000 }, () => {
  const test = useInstance()
  let made: Data
  let readers: Record<string, Actor>
  let first: number

  const onLog = async (statement: string, values: unknown[] = []) => {
    const owner = await connect(test.database.ownerUrl, 'log')
    await owner.query('set statement_timeout = 0')
    await owner.query(statement, values)
    await owner.end()
  }

  // Of the events, one by one in a minute each: "rare" did every five-thousandth, which came by the command line, and half of the others were
  // renewals. The first hundred failures are all that there are.
  beforeAll(async () => {
    const group_id = await makeGroup(test)
    made = await makeMilestone(test, group_id, { Busy: [] })
    const rare = await agentKey(test, group_id)
    readers = { owner: test.owner, person: await makePerson(test, 'Reader'), agent: rare.actor }
    first = (await readSnapshot(test.instance, [], async ({ seq }) => seq)) + 1
    // In parts, because a busy machine takes its time for each index.
    for (let from = 1; from <= MANY; from += PART)
      await onLog(
        `insert into events (workspace_id, seq, type, at, actor_id, actor_type, via, group_id, project_id, milestone_id, checkpoint_id, data, batch)
      select workspace_id, w.seq + n, case when n <= 100 then 'checkpoint.failed' when n % 2 = 0 then 'claim.renewed' else 'checkpoint.linked' end,
        $3::timestamptz + n * interval '1 minute', case when n % 5000 = 0 then $4 else actor_id end,
        case when n % 5000 = 0 then 'agent_profile' else actor_type end, case when n % 5000 = 0 then 'cli' else 'mcp' end,
        group_id, project_id, milestone_id, checkpoint_id, '{}', batch
      from events join workspaces w using (workspace_id), generate_series($2::int, $5::int) n where checkpoint_id = $1 and events.seq < $6`,
        [made.checkpoints[0].checkpoint_id, from, minute(0), rare.actor.actor_id, from + PART - 1, first],
      )
    await onLog('update workspaces set seq = seq + $1, last_event_at = $2', [MANY, minute(MANY)])
  }, 120_000)

  const read = (actor: Actor, filter: Partial<EventFilter>) =>
    readSnapshot(test.instance, [], async ({ world, select, now, seq }) => {
      const caller = await world((known) => identify(known, actor, now))
      const earlier = await select(rowsRead)
      const found = await select(listEvents, caller, { after: 0, limit: PAGE, ...filter }, seq)
      return { seqs: found.map(({ event }) => event.seq - first + 1), rows: (await select(rowsRead)) - earlier }
    })

  /** The numbers of the first page among those that a condition holds for. */
  const expected = (before: number | undefined, holds: (n: number) => boolean) => {
    const all = Array.from({ length: MANY }, (_, at) => at + 1).filter(holds)
    return (before === undefined ? all : all.toReversed()).slice(0, PAGE)
  }

  it.each(['before', 'after'])('reads about as many events as it has, %s PostgreSQL has statistics', async (when) => {
    if (when === 'after') await onLog('analyze')
    const rare = readers.agent?.actor_id
    const isRare = (n: number) => n % 5_000 === 0
    const { group_id, project_id, milestone_id } = made
    const cases: [Partial<EventFilter>, (n: number) => boolean][] = [
      [{ actor_id: rare }, isRare],
      [{ actor_id: test.owner.actor_id, milestone_id }, (n) => !isRare(n)],
      [{ via: 'cli' }, isRare],
      [{ via: 'mcp', milestone_id }, (n) => !isRare(n)],
      [{ types: ['claim.renewed'] }, (n) => n % 2 === 0 && n > 100],
      [{ types: ['checkpoint.failed'] }, (n) => n <= 100],
      [{ types: ['claim.renewed', 'checkpoint.failed', 'milestone.closed'] }, (n) => n % 2 === 0 || n <= 100],
      [{ types: ['checkpoint.failed'], via: 'mcp', group_id }, (n) => n <= 100],
      [{ types: ['claim.renewed'], actor_id: rare, project_id }, (n) => isRare(n)],
      [{ types: ['milestone.closed'] }, () => false],
      [{ actor_id: 'usr_nobody', types: findTypes('checkpoint.*') ?? [] }, () => false],
    ]
    for (const [who, actor] of Object.entries(readers))
      for (const [filter, holds] of cases)
        for (const before of [undefined, NEWEST]) {
          const { seqs, rows } = await read(actor, { ...filter, before, after: first - 1 })
          const about = `${who} ${before} ${JSON.stringify(filter)}`
          expect(seqs, about).toEqual(expected(before, holds))
          // Whether a filter is wide costs up to 2,000 events of each, which PostgreSQL may not have to fetch.
          const wide = Object.keys(filter).length + (who === 'owner' ? 0 : 1) > 1 && filter.milestone_id === undefined
          expect(rows, about).toBeLessThanOrEqual(wide ? 10_000 : 4 * PAGE)
        }
  })

  it('reads a time off the numbers, without reading the log', async () => {
    const since = (at: string) =>
      readSnapshot(test.instance, [], async ({ select, seq }) => {
        const earlier = await select(rowsRead)
        const found = await select(findFirstSince, at, seq)
        return { found: found - first + 1, rows: (await select(rowsRead)) - earlier }
      })
    for (const [at, found] of [
      [minute(1), 1],
      [minute(33_333), 33_333],
      [minute(500.5), 501],
      [minute(MANY), MANY],
      [minute(MANY + 1), MANY + 1],
      ['9999-01-01T00:00:00.000Z', MANY + 1],
      ['1970-01-01T00:00:00.000Z', 2 - first],
    ] as const) {
      const asked = await since(at)
      expect(asked.found, at).toBe(found)
      expect(asked.rows, at).toBeLessThanOrEqual(40)
    }
  })
})
