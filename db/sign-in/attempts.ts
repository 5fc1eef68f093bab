import type { Instance } from '../instance'
import { ask } from '../read'
import { prepared } from '../statement'

/** How many wrong attempts may follow one another at once. From then on each doubles the time until the next, up to the most. */
export type Patience = { free: number; mostSeconds: number }

/** After this time without an attempt, all is forgotten. */
const FORGOTTEN_AFTER = `interval '15 minutes'`

/** The seconds until the next attempt may be made. The power is bounded, so that it fits any number of failures. */
const delay = (failures: string) => `case when ${failures} < $2 then 0 else least($3, 2 ^ least(${failures} - $2, 16)) end`

const COUNT = `insert into auth.attempt as a (key, failures, last_at) values ($1, 1, now()) on conflict (key) do update
  set failures = case when a.last_at < now() - ${FORGOTTEN_AFTER} then 1 else a.failures + 1 end, last_at = now()
  where a.last_at < now() - ${FORGOTTEN_AFTER} or now() >= a.last_at + make_interval(secs => ${delay('a.failures')})`

const LEFT = `select greatest(1, ceil(extract(epoch from last_at + make_interval(secs => ${delay('failures')}) - now())))::integer as seconds
  from auth.attempt where key = $1`

/**
 * Counts an attempt under a key, over all processes. Returns 0, or the seconds after which it may be made again: it was too early then, and
 * was not counted. It must be counted before it is looked at, because many may be made at once. @throws busy, unavailable
 */
export const countAttempt = async (instance: Instance, key: string, { free, mostSeconds }: Patience): Promise<number> => {
  const values = [key, free, mostSeconds]
  const { rowCount } = await ask(instance, () => instance.pool.query(prepared(COUNT, values)))
  if (rowCount === 1) return 0
  const { rows } = await ask(instance, () => instance.pool.query<{ seconds: number }>(prepared(LEFT, values)))
  return rows[0]?.seconds ?? 1
}

/** Forgets the attempts under a key, because one was right. @throws busy, unavailable */
export const forgetAttempts = async (instance: Instance, key: string): Promise<void> => {
  await ask(instance, () => instance.pool.query('delete from auth.attempt where key = $1', [key]))
}
