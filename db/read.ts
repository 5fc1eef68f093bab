import type { Pool, PoolClient } from 'pg'
import { DomainError } from '@/lib/domain/errors'
import type { Unit } from '@/lib/domain/kinds'
import { type World, WorldState } from '@/lib/domain/world'
import { faultOf, isConnectionLoss, refusalOf, unavailable } from './client'
import type { Lane } from './lane'
import { load, withLoading } from './load'
import { prepared } from './statement'

/** The transaction in which a query of `db/queries` runs. */
export type Source = { client: PoolClient; workspace_id: string; now: string }

/** A consistent view of a workspace at one `seq`. A world and the queries of `db/queries` read the same snapshot. */
export type Reading = {
  seq: number
  now: string
  /** Runs a pure function of a world, which loads the units that the function asks for. */
  world: <T>(run: (world: World) => T) => Promise<T>
  /** Runs a query of `db/queries` with the source and the other arguments that are given. */
  select: <A extends readonly unknown[], T>(query: (source: Source, ...given: A) => Promise<T>, ...given: A) => Promise<T>
}

/** What a read needs of an instance. */
export type Readable = { pool: Pool; workspace_id: string; lane: Lane }

const ignoreFailedEnd = () => undefined

const nothingYet = () => {
  const clock = new Date().toISOString()
  return { seq: 0, clock, last_event_at: clock }
}

const POSITION = 'select seq, clock_timestamp() as clock, last_event_at from workspaces where workspace_id = $1'

/**
 * Reads in one REPEATABLE READ, READ ONLY transaction, whose `seq` is the number at which the answer is true.
 * @param expected units that are needed in any case, which are loaded together with the start of the transaction
 */
export const readSnapshot = async <T>(
  { pool, workspace_id, lane }: Readable,
  expected: readonly Unit[],
  run: (reading: Reading) => Promise<T>,
): Promise<T> => {
  if (lane.presentFault?.reads) throw unavailable(lane.presentFault)
  const client = await pool.connect().catch((error: unknown) => {
    throw explained(lane, error)
  })
  let broken = true
  try {
    const state = new WorldState()
    const [, { rows }] = await Promise.all([
      client.query('begin isolation level repeatable read read only'),
      client.query(prepared(POSITION, [workspace_id])),
      load(client, workspace_id, state, expected),
    ])
    const { seq, clock, last_event_at } = rows[0] ?? nothingYet()
    const now = lane.clock.now(clock, last_event_at)
    const answer = await run({
      seq,
      now,
      world: (ask) => withLoading(client, workspace_id, state, () => ask(state)),
      select: (query, ...given) => query({ client, workspace_id, now }, ...given),
    })
    await client.query('commit')
    broken = false
    return answer
  } catch (error) {
    if (!isConnectionLoss(error))
      await client.query('rollback').then(() => {
        broken = false
      }, ignoreFailedEnd)
    throw explained(lane, error)
  } finally {
    client.release(broken)
  }
}

/** Asks the database outside a snapshot, such as for a session. While the database is known to be out of reach, the refusal comes at once. @throws busy, unavailable */
export const ask = async <T>({ lane }: Pick<Readable, 'lane'>, run: () => Promise<T>): Promise<T> => {
  if (lane.presentFault?.reads) throw unavailable(lane.presentFault)
  try {
    return await run()
  } catch (error) {
    throw explained(lane, error)
  }
}

/** The refusal for a fault that a reader met, about which the lane is told. Any other error stays as it is. */
const explained = (lane: Lane, error: unknown): unknown => {
  const refused = error instanceof DomainError ? null : refusalOf(error)
  if (!refused) return error
  if (['lost', 'server'].includes(faultOf(error)?.meaning ?? '')) lane.suspect()
  const explanation = lane.presentFault?.reads ? unavailable(lane.presentFault) : refused
  explanation.cause = error
  return explanation
}
