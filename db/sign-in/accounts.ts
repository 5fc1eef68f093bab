import { randomBytes } from 'node:crypto'
import type { Instance } from '../instance'
import { ask } from '../read'

export type Account = { principal_id: string; name: string; email: string }

/** Creates a person's row in the sign-in library's table if it is missing. The row has the same id as the person in the domain. */
export const ensureAccount = async ({ pool }: Instance, { principal_id, name, email }: Account): Promise<void> => {
  const text = 'insert into auth."user" (id, name, email, email_verified) values ($1, $2, $3, true) on conflict do nothing'
  await pool.query(text, [principal_id, name, email])
}

/** @throws busy, unavailable */
export const findAccount = async (instance: Instance, principal_id: string): Promise<Account | null> => {
  const text = 'select id as principal_id, name, email from auth."user" where id = $1'
  const { rows } = await ask(instance, () => instance.pool.query(text, [principal_id]))
  return rows[0] ?? null
}

/** Those of these sessions that have not ended. @throws busy, unavailable */
export const findLiveSessions = async (instance: Instance, ids: readonly string[]): Promise<Set<string>> => {
  const text = 'select id from auth.session where id = any($1) and expires_at > now()'
  const { rows } = await ask(instance, () => instance.pool.query<{ id: string }>(text, [ids]))
  return new Set(rows.map(({ id }) => id))
}

/** Returns the secret that signs sessions. It is made once and kept in the database, so that all processes use the same one. */
export const getSigningSecret = async ({ pool }: Instance): Promise<string> => {
  const name = 'session_secret'
  await pool.query('insert into auth.settings (name, value) values ($1, $2) on conflict do nothing', [
    name,
    randomBytes(32).toString('base64url'),
  ])
  const { rows } = await pool.query('select value from auth.settings where name = $1', [name])
  return rows[0]?.value
}
