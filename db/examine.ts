import type { ClientBase } from 'pg'
import { auditCounter, auditLog, auditReplay, auditState, type Finding } from '@/lib/domain/audit'
import type { Instance } from './instance'
import { schemaVersion } from './migrate'
import { readSnapshot, type Source } from './read'
import { LIFT_LIMITS } from './statement'
import { loadLog, loadStrayEdges, loadWhole } from './whole'

type Server = { version: string; off: string[] }

/** Reads the version of the server, and which settings are off that must be on for acknowledged changes to survive a crash of the machine. */
const readServer = async (client: ClientBase): Promise<Server | undefined> => {
  const { rows } = await client.query<Server>(
    `select version(), array(select name from pg_settings
      where name in ('fsync', 'full_page_writes') and setting <> 'on' order by name) as off`,
  )
  return rows[0]
}

/** Names the triggers that are switched off, our own ones and those of foreign keys. An interrupted restore can leave them so. */
const readSilenced = async (client: ClientBase): Promise<string[]> => {
  const { rows } = await client.query<{ off: string }>(
    `select distinct case when t.tgisinternal then 'a foreign key of ' || c.relname else t.tgname || ' of ' || c.relname end as off
      from pg_trigger t join pg_class c on c.oid = t.tgrelid
      where c.relnamespace = 'public'::regnamespace and t.tgenabled not in ('O', 'A') order by off`,
  )
  return rows.map(({ off }) => `${off} is off`)
}

const readAll = async ({ client, workspace_id }: Source) => {
  await client.query(LIFT_LIMITS)
  return {
    world: await loadWhole(client, workspace_id),
    log: await loadLog(client, workspace_id),
    strays: await loadStrayEdges(client, workspace_id),
    server: await readServer(client),
    silenced: await readSilenced(client),
    schema: await schemaVersion(client),
  }
}

/** Makes all checks of the doctor. It writes nothing. */
export const examine = async (instance: Instance): Promise<Finding[]> => {
  // The checks run after the snapshot has ended: replaying a long log takes so long that PostgreSQL may end the idle transaction.
  const { seq, world, log, strays, server, silenced, schema } = await readSnapshot(instance, [], async ({ seq, select }) => ({
    seq,
    ...(await select(readAll)),
  }))
  return [
    ...auditState(world),
    ...auditLog(world, log),
    auditCounter(seq, log),
    auditReplay(world, log, strays),
    {
      rule: 'H3',
      title: 'fsync and full_page_writes are on',
      violations: server?.off.map((name) => `${name} is off`) ?? [],
      detail: server?.version.split(' ').slice(0, 2).join(' ') ?? '',
    },
    {
      rule: 'schema',
      title: 'every migration is applied',
      violations: [...schema.pending, ...schema.unknown],
      detail: schema.applied.at(-1) ?? '',
    },
    { rule: 'schema', title: 'the triggers of the database are on', violations: silenced },
  ]
}
