import type { Instance } from '../instance'
import { ask } from '../read'
import { prepared } from '../statement'

export type Owner = { principal_id: string; name: string; email: string }

/** The owner of the instance, or null if it has not been set up. */
export const findOwner = async ({ pool, workspace_id }: Instance): Promise<Owner | null> => {
  const { rows } = await pool.query('select principal_id, name, email from principals where workspace_id = $1 and instance_owner', [
    workspace_id,
  ])
  return rows[0] ?? null
}

export type KeyIdentity = { key_id: string; principal_id: string }

/** Finds a key and its owner by the hash of its secret. It does not say whether the key is live: that is judged with each call. @throws busy, unavailable */
export const findKeyByHash = async (instance: Instance, hash: string): Promise<KeyIdentity | null> => {
  const { pool, workspace_id } = instance
  const text = 'select key_id, principal_id from api_keys where workspace_id = $1 and hash = $2'
  const { rows } = await ask(instance, () => pool.query(prepared(text, [workspace_id, hash])))
  return rows[0] ?? null
}
