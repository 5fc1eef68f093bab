import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { faultOf, sqlState } from '@/db/client'
import { hasDatabase, resolveDataDir } from '@/db/embedded/data-dir'
import { type EmbeddedPostgres, isWrongPassword, startEmbedded } from '@/db/embedded/server'
import { LOCK_FAMILY, LOCKS } from '@/db/locks'
import type { Env } from '@/lib/env.mjs'
import { log } from '@/lib/log.mjs'

export type OpenDatabase = { url: string; ownerUrl: string; embedded: boolean; stop(): Promise<void> }

type Purpose = 'app' | 'cli'
type Presence = { server: EmbeddedPostgres; client: Client }

// These are session-level advisory locks, which end with the process however it ends. Every process that uses the built-in server holds
// `present` shared. A leaving process that gets `present` exclusively was the last one, and stops the server.

const enterSeconds = 20

/** Opens the database of this instance, and starts the built-in server if needed. Only one app may use it, with any number of commands. */
export async function openDatabase(env: Env, purpose: Purpose): Promise<OpenDatabase> {
  if (env.databaseUrl) return { url: env.databaseUrl, ownerUrl: env.databaseUrl, embedded: false, stop: async () => {} }
  const dataDir = resolveDataDir(env)
  // A database that a command made would be a second one, beside the one that the app uses with other settings.
  if (purpose === 'cli' && !hasDatabase(dataDir))
    throw new Error(
      `There is no database in ${dataDir}. Start Cairn first (npm start). If it runs with another folder, give this command the same one: ` +
        'CAIRN_DATA_DIR=/var/lib/cairn/data npm run -s key -- --name my-agent',
    )
  const name = `cairn ${purpose} pid ${process.pid} on ${env.host}:${env.port}`
  let presence = await enter(dataDir, purpose, name)
  let stopping = false
  let returning = Promise.resolve()
  const { appUrl: url, ownerUrl, port } = presence.server

  const watch = () =>
    presence.client.once('end', () => {
      if (!stopping) returning = comeBack()
    })
  const comeBack = async () => {
    log.warn('The connection to the built-in PostgreSQL was lost. Cairn connects again, and starts the server if it has stopped.')
    while (!stopping) {
      try {
        presence = await enter(dataDir, purpose, name)
        if (presence.server.appUrl === url) watch()
        else if (!stopping) {
          const change =
            presence.server.port === port ? 'has new passwords' : `now listens on port ${presence.server.port}, no longer on ${port}`
          log.error(`The built-in PostgreSQL ${change}. Cairn ends; start it again, so that it connects anew.`)
          endInOrder()
        }
        return
      } catch (error) {
        log.error('The built-in PostgreSQL cannot be used yet. Cairn tries again.', error)
        await sleep(1000, undefined, { ref: false })
      }
    }
  }
  if (purpose === 'app') watch()

  return {
    url,
    ownerUrl,
    embedded: true,
    async stop() {
      stopping = true
      await returning
      await leave(presence)
    },
  }
}

/**
 * Ends this process as SIGTERM does, so that requests are finished and PostgreSQL is stopped, but with code 1, so that a supervisor starts
 * it again. The connections of the app keep the address with which they were made, so they cannot follow the server to another one.
 */
function endInOrder(): void {
  process.once('exit', () => {
    process.exitCode = 1
  })
  // This calls the handlers directly, because on Windows a real signal would end the process at once.
  if (process.listenerCount('SIGTERM') > 0) process.emit('SIGTERM', 'SIGTERM')
  else process.exit(1)
}

const tooManyConnections = '53300'

/** Whether a failure to connect may pass within seconds: the server is starting, leaving, or has no connection free. */
function isWorthWaiting(error: unknown): boolean {
  const fault = faultOf(error)
  return fault !== null && (fault.meaning !== 'server' || sqlState(error) === tooManyConnections)
}

async function enter(dataDir: string, purpose: Purpose, name: string): Promise<Presence> {
  const deadline = Date.now() + enterSeconds * 1000
  let reason: unknown = 'another process is stopping it'
  let started: EmbeddedPostgres | null = null
  while (Date.now() < deadline) {
    const server = await startEmbedded(dataDir)
    if (!server.adopted) started = server
    const client = await connect(server.ownerUrl, name).catch((error: unknown) => {
      reason = error
      return null
    })
    const present = client && (await tryLock(client, 'pg_try_advisory_lock_shared', LOCKS.present).catch(() => false))
    if (client && present) {
      if (purpose === 'app') await becomeTheApp({ server, client }, dataDir)
      return { server, client }
    }
    await client?.end().catch(() => {})
    // Another process may be stopping the server or making new passwords. Waiting helps against nothing else that the server answers.
    if (!client && !isWorthWaiting(reason) && !isWrongPassword(reason)) break
    await sleep(100)
  }
  await started?.stop()
  const cure = isWrongPassword(reason)
    ? ` Its passwords are not those in ${dataDir}. Stop every Cairn process that uses this folder, and its PostgreSQL, and start Cairn again: it then makes new passwords.`
    : ''
  throw new Error(`The built-in PostgreSQL in ${dataDir} could not be used: ${reason instanceof Error ? reason.message : reason}.${cure}`)
}

async function becomeTheApp(presence: Presence, dataDir: string): Promise<void> {
  // The session of a killed app, which holds this lock, ends a moment after the app. So the lock is tried several times.
  for (const wait of [0, 100, 300, 600]) {
    await sleep(wait)
    if (await tryLock(presence.client, 'pg_try_advisory_lock', LOCKS.app)) return
  }
  const holder = await findHolder(presence.client)
  await leave(presence)
  const pid = holder?.match(/pid (\d+)/)?.[1]
  throw new Error(
    `Cairn already runs on ${dataDir}: it is ${holder ?? 'a process that has just ended'}. Use that instance, ` +
      `${pid ? `stop it (kill ${pid})` : 'try again'}, or start this one with its own data folder: PORT=3001 CAIRN_DATA_DIR=.cairn-2 npm start`,
  )
}

async function connect(ownerUrl: string, name: string): Promise<Client> {
  const client = new Client({ connectionString: ownerUrl, application_name: name, connectionTimeoutMillis: 5000 })
  // Without a listener, the loss of the connection would end this process. The event `end` follows, and `watch` handles it.
  client.on('error', () => {})
  await client.connect()
  return client
}

async function tryLock(client: Client, how: string, key: number): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(`select ${how}($1, $2) as taken`, [LOCK_FAMILY, key])
  return rows[0]?.taken === true
}

async function findHolder(client: Client): Promise<string | null> {
  const { rows } = await client.query<{ holder: string }>(
    `select application_name as holder from pg_locks join pg_stat_activity using (pid)
      where locktype = 'advisory' and granted and classid = $1 and objid = $2`,
    [LOCK_FAMILY, LOCKS.app],
  )
  return rows[0]?.holder ?? null
}

async function leave({ server, client }: Presence): Promise<void> {
  try {
    await client.query('select pg_advisory_unlock_all()')
    if (await tryLock(client, 'pg_try_advisory_lock', LOCKS.present)) await server.stop()
  } catch {
    // The connection is lost: the server has stopped, or another process stops it.
  }
  await client.end().catch(() => {})
}
