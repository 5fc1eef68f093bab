import type { TestInstance } from './instance'

/** The loads that a call sends: statements with a list of ids, each of which fills a unit or prefetches others. */
export const loadsOf = async ({ instance: { pool } }: TestInstance, run: () => Promise<unknown>): Promise<number> => {
  const client = await pool.connect()
  const prototype = Object.getPrototypeOf(client)
  client.release()
  const query = prototype.query
  let loads = 0
  prototype.query = function (this: unknown, ...given: unknown[]) {
    const [statement] = given
    const values = typeof statement === 'object' && statement !== null && 'values' in statement ? statement.values : []
    if (Array.isArray(values) && values.some(Array.isArray)) loads++
    return query.apply(this, given)
  }
  try {
    await run()
  } finally {
    prototype.query = query
  }
  return loads
}
