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

const readAll = async ({ client, workspace_id }: Source) => {
  await client.query(LIFT_LIMITS)
  return {
    world: await loadWhole(client, workspace_id),
    log: await loadLog(client, workspace_id),
    strays: await loadStrayEdges(client, workspace_id),
    server: await readServer(client),
    schema: await schemaVersion(client),
  }
}

/** Makes all checks of the doctor. It writes nothing. */
export const examine = async (instance: Instance): Promise<Finding[]> => {
  // The checks run after the snapshot has ended: replaying a long log takes so long that PostgreSQL may end the idle transaction.
  const { seq, world, log, strays, server, schema } = await readSnapshot(instance, [], async ({ seq, select }) => ({
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
  ]
}
