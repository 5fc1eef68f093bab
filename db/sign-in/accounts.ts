import { randomBytes } from 'node:crypto'
import type { Instance } from '../instance'
import { ask } from '../read'

export type Account = { principal_id: string; name: string; email: string }

/** @throws busy, unavailable */
export const findAccount = async (instance: Instance, principal_id: string): Promise<Account | null> => {
  const text = 'select id as principal_id, name, email from auth."user" where id = $1'
  const { rows } = await ask(instance, () => instance.pool.query(text, [principal_id]))
  return rows[0] ?? null
}

/** The person with an address, which is given as it is kept. @throws busy, unavailable */
export const findAccountOf = async (instance: Instance, email: string): Promise<Account | null> => {
  const text = 'select id as principal_id, name, email from auth."user" where email = $1'
  const { rows } = await ask(instance, () => instance.pool.query(text, [email]))
  return rows[0] ?? null
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

const CREDENTIAL = 'credential'

/** The hash of a person's password, or null if they have none. @throws busy, unavailable */
export const findPassword = async (instance: Instance, principal_id: string): Promise<string | null> => {
  const text = 'select password from auth.account where user_id = $1 and provider_id = $2'
  const { rows } = await ask(instance, () => instance.pool.query<{ password: string | null }>(text, [principal_id, CREDENTIAL]))
  return rows[0]?.password ?? null
}

export type Credential = { principal_id: string; hash: string }

/** The person of an address and the hash of their password, or null if there is nobody with such an address and a password. @throws busy, unavailable */
export const findCredential = async (instance: Instance, email: string): Promise<Credential | null> => {
  const text = `select u.id as principal_id, a.password as hash from auth."user" u join auth.account a on a.user_id = u.id
    where u.email = $1 and a.provider_id = $2 and a.password is not null`
  const { rows } = await ask(instance, () => instance.pool.query<Credential>(text, [email, CREDENTIAL]))
  return rows[0] ?? null
}

/** Gives a person a password. The person need not exist yet: nobody can sign in with it before they do. @throws busy, unavailable */
export const setPassword = async (instance: Instance, { principal_id, hash }: Credential): Promise<void> => {
  const text = `insert into auth.account (id, account_id, provider_id, user_id, password) values ($1, $2, $3, $2, $4)
    on conflict (provider_id, account_id) do update set password = excluded.password, updated_at = now()`
  await ask(instance, () => instance.pool.query(text, [crypto.randomUUID(), principal_id, CREDENTIAL, hash]))
}

/** Forgets passwords that were meant for people who were not registered after all, because a process ended in between. @throws busy, unavailable */
export const forgetUnused = async (instance: Instance): Promise<void> => {
  const text = `delete from auth.account a where provider_id = $1 and created_at < now() - interval '1 hour'
    and not exists (select from auth."user" u where u.id = a.user_id)`
  await ask(instance, () => instance.pool.query(text, [CREDENTIAL]))
}

/** Takes the password away again that was meant for a person who was not registered after all. @throws busy, unavailable */
export const dropPassword = async (instance: Instance, principal_id: string): Promise<void> => {
  await dropLink(instance, principal_id, CREDENTIAL)
}

/** The names of the providers by which a person can come in. @throws busy, unavailable */
export const findLinks = async (instance: Instance, principal_id: string): Promise<string[]> => {
  const text = 'select provider_id from auth.account where user_id = $1 and provider_id <> $2'
  const { rows } = await ask(instance, () => instance.pool.query<{ provider_id: string }>(text, [principal_id, CREDENTIAL]))
  return rows.map((row) => row.provider_id)
}

/** @throws busy, unavailable */
export const dropLink = async (instance: Instance, principal_id: string, provider: string): Promise<void> => {
  const text = 'delete from auth.account where user_id = $1 and provider_id = $2'
  await ask(instance, () => instance.pool.query(text, [principal_id, provider]))
}

/** Ends a session if the password by which it was begun has been changed meanwhile. Returns whether it did. @throws busy, unavailable */
export const endIfPasswordChanged = async (
  instance: Instance,
  session_id: string,
  { principal_id, hash }: Credential,
): Promise<boolean> => {
  const text = `delete from auth.session where id = $1
    and not exists (select from auth.account where user_id = $2 and provider_id = $3 and password = $4)`
  const { rowCount } = await ask(instance, () => instance.pool.query(text, [session_id, principal_id, CREDENTIAL, hash]))
  return rowCount === 1
}
