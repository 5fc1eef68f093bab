import type { PoolClient } from 'pg'
import { DomainError } from '@/lib/domain/errors'
import { type Unit, type World, WorldState } from '@/lib/domain/world'
import { isConnectionLoss } from './client'
import type { Instance } from './instance'
import { load, withLoading } from './load'

/** One consistent view of a workspace at one `seq`: through a world, or through SQL on the same snapshot. */
export type Snapshot = {
  workspace_id: string
  seq: number
  now: string
  client: PoolClient
  /** Runs a pure function of a world filled as it asks. */
  world: <T>(run: (world: World) => T) => Promise<T>
}

const ignoreFailedEnd = () => undefined

/**
 * A read: one REPEATABLE READ, READ ONLY transaction that states the `seq` at which it is true. Writes nothing.
 * `expected` is what it will surely ask for: loaded in the round trip that begins it.
 */
export const readSnapshot = async <T>(
  { pool, workspace_id }: Instance,
  expected: readonly Unit[],
  run: (snapshot: Snapshot) => Promise<T>,
): Promise<T> => {
  const client = await pool.connect().catch((cause: unknown) => {
    throw outOfReach(cause)
  })
  let broken = true
  try {
    const state = new WorldState()
    const position = {
      name: 'read position',
      text: 'select seq, greatest(clock_timestamp(), last_event_at) as now from workspaces where workspace_id = $1',
      values: [workspace_id],
    }
    const [, { rows }] = await Promise.all([
      client.query('begin isolation level repeatable read read only'),
      client.query(position),
      load(client, workspace_id, state, expected),
    ])
    const { seq, now } = rows[0] ?? { seq: 0, now: new Date().toISOString() }
    const answer = await run({ workspace_id, seq, now, client, world: (ask) => withLoading(client, workspace_id, state, () => ask(state)) })
    await client.query('commit')
    broken = false
    return answer
  } catch (error) {
    if (isConnectionLoss(error)) throw outOfReach(error)
    await client.query('rollback').then(() => {
      broken = false
    }, ignoreFailedEnd)
    throw error
  } finally {
    client.release(broken)
  }
}

const outOfReach = (cause: unknown): DomainError => {
  const error = new DomainError('unavailable', 'The database is out of reach. Try again shortly.', { retry_after_seconds: 2 })
  error.cause = cause
  return error
}
