import { connect } from '@/db/client'
import type { Call } from '@/db/lane'
import { byPerson } from './authors'
import type { TestInstance } from './instance'

/** Takes the lock under which a lane decides, for the rest of a transaction. After three seconds, the lane ends whoever holds it. */
export const LANE_LOCK = `select pg_advisory_xact_lock(x'6c616e65'::int, hashtext('main'))`

const MOST_WAITING = 4_096

/** Fills the queue of a lane with calls that do nothing, while another connection holds its lock. Returns the function that lets them go on. */
export const fillLane = async ({ instance: { lane }, database, owner }: TestInstance): Promise<() => Promise<void>> => {
  const holder = await connect(database.url, 'holder')
  await holder.query('begin')
  await holder.query(LANE_LOCK)
  const nothing: Call = {
    decide: () => ({ events: [], changed: false, authorship: byPerson(owner), ids: {}, needs: [], replayed: null }),
    answer: () => 'null',
    remember: null,
    bytes: 0,
    left: () => false,
  }
  const first = lane.submit(nothing)
  // The lane has taken the first call before the others come, and takes none of these before it has the lock.
  await new Promise((resolve) => setImmediate(resolve))
  const others = Array.from({ length: MOST_WAITING }, () => lane.submit(nothing))
  const all = Promise.allSettled([first, ...others])
  return async () => {
    await holder.end()
    await all
  }
}
