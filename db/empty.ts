import type { Instance } from './instance'

/** Whether nobody has made anything yet. A group is the first thing that anyone makes. */
export const isEmpty = async ({ pool, workspace_id }: Instance): Promise<boolean> => {
  const { rows } = await pool.query('select from groups where workspace_id = $1 limit 1', [workspace_id])
  return rows.length === 0
}
