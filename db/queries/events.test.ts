import { beforeAll, describe, expect, it } from 'vitest'
import { connect } from '@/db/client'
import { readSnapshot, type Source } from '@/db/read'
import { type Actor, identify } from '@/lib/domain/context'
import { completeCheckpoint, listEvents as listEventsOperation, updateGroup } from '@/lib/operations'
import { agentKey, makePerson } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { listEvents } from './events'

const MANY = 50_000
const NEWEST = Number.MAX_SAFE_INTEGER
const PAGE = 20

/** How many rows of the log this connection has read of late, also those that a filter then left out. */
const rowsRead = async ({ client }: Source): Promise<number> => {
  const { rows } = await client.query(
    `select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables where relname = 'events'`,
  )
  return rows[0].read
}

describe(`a page of the events of one thing in a log of ${MANY}`, { timeout: 120_000 }, () => {
  const test = useInstance()
  let large: Data
  let small: Data
  let readers: Record<string, Actor>

  const onLog = async (statement: string, values: unknown[] = []) => {
    const owner = await connect(test.database.ownerUrl, 'log')
    await owner.query('set statement_timeout = 0')
    await owner.query(statement, values)
    await owner.end()
  }

  beforeAll(async () => {
    small = await makeMilestone(test, await makeGroup(test), { Small: [] })
    const group_id = await makeGroup(test)
    large = await makeMilestone(test, group_id, { Steady: [], Early: [], Busy: [], Lone: [] })
    readers = {
      'the owner of the instance': test.owner,
      'another person': await makePerson(test, 'Reader'),
      'an agent': (await agentKey(test, group_id)).actor,
    }
    // The test itself says when there are statistics.
    await onLog('alter table events set (autovacuum_enabled = off)')
    // Steady has every thousandth event up to the last one, Early has many of the first ones, and Busy has the others.
    const [steady, early, busy] = large.checkpoints.map(({ checkpoint_id }: Data) => checkpoint_id)
    await onLog(
      `insert into events
      select workspace_id, w.seq + n, 'checkpoint.linked', at, actor_id, actor_type, key_id, session_id, via, group_id, project_id, milestone_id,
        case when n % 1000 = 0 then $1 when n < 5000 then $2 else $3 end, '{"note": "again"}', batch
      from events join workspaces w using (workspace_id), generate_series(1, $4::int) n where checkpoint_id = $3`,
      [steady, early, busy, MANY],
    )
    await onLog('update workspaces set seq = seq + $1', [MANY])
  }, 120_000)

  const read = (actor: Actor, filter: object) =>
    readSnapshot(test.instance, [], async ({ world, select, now, seq }) => {
      const caller = await world((known) => identify(known, actor, now))
      const earlier = await select(rowsRead)
      const found = await select(listEvents, caller, { after: 0, limit: PAGE, ...filter }, seq)
      return { found: found.length, rows: (await select(rowsRead)) - earlier }
    })

  const readBy = async (actors: Actor[], filters: object[], found: number) => {
    for (const actor of actors)
      for (const filter of filters)
        for (const direction of [{}, { before: NEWEST }]) {
          const asked = { ...filter, ...direction }
          const page = await read(actor, asked)
          expect(page.found, JSON.stringify(asked)).toBe(found)
          expect(page.rows, JSON.stringify(asked)).toBeLessThanOrEqual(PAGE)
        }
  }

  it.each(['before', 'after'])('is read without any other event, %s PostgreSQL has statistics', async (when) => {
    if (when === 'after') await onLog('analyze')
    const { project_id, milestone_id, checkpoints } = large
    const [steady, early, busy, lone] = checkpoints.map(({ checkpoint_id }: Data) => ({ checkpoint_id }))
    const all = Object.values(readers)
    await readBy(all, [steady, early, busy], PAGE)
    await readBy(all, [lone], 1)
    await readBy(
      all,
      [early, steady].map((one) => ({ ...one, project_id, milestone_id })),
      PAGE,
    )
    const people = all.slice(0, 2)
    await readBy(people, [{ milestone_id: small.milestone_id }, { project_id: small.project_id, milestone_id: small.milestone_id }], 2)
    await readBy(people, [{ project_id: small.project_id }], 3)
  })

  it('begins with the newest, however many events its milestone has', async () => {
    const [{ checkpoint_id }] = large.checkpoints
    const { data, seq } = await test.run(listEventsOperation, { checkpoint_id, before: NEWEST, limit: PAGE })
    expect(data.events.map((event: Data) => event.seq)).toEqual(Array.from({ length: PAGE }, (_, at) => seq - at * 1_000))
    expect(data.next_before).toBe(seq - (PAGE - 1) * 1_000)
  })
})

describe(`a page of the events of a few groups in a log of ${MANY}`, { timeout: 120_000 }, () => {
  const test = useInstance()
  let quiet: Data
  let busy: string
  let face: string
  let readers: Record<string, Actor>

  const onLog = async (statement: string, values: unknown[] = []) => {
    const owner = await connect(test.database.ownerUrl, 'log')
    await owner.query('set statement_timeout = 0')
    await owner.query(statement, values)
    await owner.end()
  }

  beforeAll(async () => {
    busy = await makeGroup(test)
    const hidden = await makeMilestone(test, busy, { Waited: [], Busy: [] })
    quiet = await makeMilestone(test, await makeGroup(test), { Waits: [`${hidden.milestone_id}:1`] })
    await test.run(updateGroup, { group_id: busy, visibility: 'private' })
    face = hidden.checkpoints[0].checkpoint_id
    readers = { person: await makePerson(test, 'Reader'), agent: (await agentKey(test, quiet.group_id)).actor }
    await onLog(
      `insert into events
      select workspace_id, w.seq + n, 'claim.renewed', at, actor_id, actor_type, key_id, session_id, via, group_id, project_id, milestone_id, 'cp_' || n % 500, '{}', batch
      from events join workspaces w using (workspace_id), generate_series(1, $2::int) n where checkpoint_id = $1`,
      [hidden.checkpoints[1].checkpoint_id, MANY],
    )
    await onLog('update workspaces set seq = seq + $1', [MANY])
    await test.run(completeCheckpoint, { milestone_id: hidden.milestone_id, order: 1 })
  }, 120_000)

  const read = (actor: Actor, filter: object) =>
    readSnapshot(test.instance, [], async ({ world, select, now, seq }) => {
      const caller = await world((known) => identify(known, actor, now))
      const earlier = await select(rowsRead)
      const found = await select(listEvents, caller, { after: 0, limit: PAGE, ...filter }, seq)
      return { found, rows: (await select(rowsRead)) - earlier }
    })

  it.each(['before', 'after'])('does not walk the log, %s PostgreSQL has statistics', async (when) => {
    if (when === 'after') await onLog('analyze')
    const { group_id, project_id, milestone_id } = quiet
    for (const [who, actor] of Object.entries(readers)) {
      for (const filter of [{}, { group_id }, { project_id }, { milestone_id }]) {
        for (const direction of [{}, { before: NEWEST }]) {
          const { found, rows } = await read(actor, { ...filter, ...direction })
          const about = `${who} ${JSON.stringify({ ...filter, ...direction })}`
          expect(
            found.filter(({ hidden }) => hidden).map(({ event }) => [event.type, event.checkpoint_id]),
            about,
          ).toEqual([['checkpoint.completed', face]])
          expect(found.length, about).toBeGreaterThan(2)
          expect(rows, about).toBeLessThanOrEqual(3 * PAGE)
        }
      }
    }
    for (const direction of [{}, { before: NEWEST }])
      for (const [group_id, found] of [
        [quiet.group_id, 7],
        [busy, PAGE],
      ]) {
        const page = await read(test.owner, { group_id, ...direction })
        expect(page.found.length).toBe(found)
        expect(page.rows).toBeLessThanOrEqual(PAGE)
      }
  })
})
