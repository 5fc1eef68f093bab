import { readFileSync } from 'node:fs'
import path from 'node:path'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator'
import { Client, type ClientBase } from 'pg'
import { LOCK_FAMILY, LOCKS } from './locks'

export type Migration = { name: string; hash: string; when: number }

export type SchemaVersion = {
  /** The migrations of this build, oldest first. */
  known: Migration[]
  /** Names, oldest first. A migration that this build does not know is given by its hash. */
  applied: string[]
  pending: string[]
  /** Hashes of applied migrations that this build does not have: a newer build applied them, or their file was changed afterwards. */
  unknown: string[]
}

// Relative to the working directory, because a module in Next's bundle does not know its own folder.
const ownFolder = () => path.join(/* turbopackIgnore: true */ process.cwd(), 'db', 'migrations')

/** Brings the database to this build's schema, in one process at a time. Throws if the database is newer or a migration was left out. */
export async function migrate(ownerUrl: string, folder = ownFolder()): Promise<void> {
  const client = new Client({ connectionString: ownerUrl, application_name: 'cairn migrate', connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query(`set lock_timeout = '60s'`)
    await client.query('select pg_advisory_lock($1, $2)', [LOCK_FAMILY, LOCKS.migration])
    await assertNotNewer(client, folder)
    await applyMigrations(drizzle(client), { migrationsFolder: folder })
    await assertComplete(client, folder)
  } finally {
    await client.end().catch(() => {})
  }
}

export async function schemaVersion(client: ClientBase, folder = ownFolder()): Promise<SchemaVersion> {
  const known = readKnown(folder)
  const hashes = await readApplied(client)
  const name = (hash: string) => known.find((migration) => migration.hash === hash)?.name
  return {
    known,
    applied: hashes.map((hash) => name(hash) ?? hash),
    pending: known.filter(({ hash }) => !hashes.includes(hash)).map((migration) => migration.name),
    unknown: hashes.filter((hash) => !name(hash)),
  }
}

async function assertNotNewer(client: ClientBase, folder: string): Promise<void> {
  const { unknown, known } = await schemaVersion(client, folder)
  if (unknown.length === 0) return
  throw new Error(
    `The database has ${unknown.length} migration(s) that this build does not know (it knows ${known.length}, up to ` +
      `${known.at(-1)?.name ?? 'none'}). A newer version of Cairn used it, or a migration file was changed after it was applied. ` +
      'Run that newer version, or restore a backup from before that. Nothing was changed.',
  )
}

/** drizzle silently leaves out a migration that is dated before the last applied one. */
async function assertComplete(client: ClientBase, folder: string): Promise<void> {
  const { pending } = await schemaVersion(client, folder)
  if (pending.length === 0) return
  throw new Error(
    `These migrations are dated before one that is already applied, so they were left out: ${pending.join(', ')}. ` +
      'Generate them again, so that their time in meta/_journal.json is the latest.',
  )
}

function readKnown(folder: string): Migration[] {
  const journal: { entries: { tag: string }[] } = JSON.parse(readFileSync(path.join(folder, 'meta', '_journal.json'), 'utf8'))
  const files = readMigrationFiles({ migrationsFolder: folder })
  return files.map(({ hash, folderMillis }, index) => ({ name: journal.entries[index]?.tag ?? hash, hash, when: folderMillis }))
}

async function readApplied(client: ClientBase): Promise<string[]> {
  const { rows: tables } = await client.query<{ found: boolean }>(`select to_regclass('drizzle.__drizzle_migrations') is not null as found`)
  if (!tables[0]?.found) return []
  const { rows } = await client.query<{ hash: string }>('select hash from drizzle.__drizzle_migrations order by created_at, id')
  return rows.map(({ hash }) => hash)
}
