import pg from 'pg'
import type { Instance } from '@/db/instance'
import { schemaVersion } from '@/db/migrate'
import { loadLog, loadWhole } from '@/db/whole'
import { auditLog, auditState, type Finding } from '@/lib/domain/audit'
import { canonicalState, replay } from '@/lib/domain/replay'
import { env } from '@/lib/env.mjs'
import { withInstance } from '../tools/instance'

const say = ({ rule, title, violations }: Finding, more = ''): boolean => {
  const found =
    violations.length > 0
      ? `: ${violations.slice(0, 3).join('; ')}${violations.length > 3 ? ` and ${violations.length - 3} more` : ''}`
      : more
  console.log(`${violations.length > 0 ? 'FAIL' : 'ok  '} ${rule.padEnd(6)} ${title}${found}`)
  return violations.length === 0
}

/** One consistent look at rows and log. */
const inspect = async ({ pool, workspace_id }: Instance) => {
  const client = await pool.connect()
  try {
    await client.query('begin isolation level repeatable read read only')
    const world = await loadWhole(client, workspace_id)
    const log = await loadLog(client, workspace_id)
    const { rows } = await client.query(
      `select seq, current_setting('fsync') as fsync,
      current_setting('full_page_writes') as full_page_writes, version() from workspaces where workspace_id = $1`,
      [workspace_id],
    )
    await client.query('commit')
    return { world, log, settings: rows[0] }
  } finally {
    client.release()
  }
}

const migrations = async (ownerUrl: string) => {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    return await schemaVersion(client)
  } finally {
    await client.end()
  }
}

await withInstance(async (instance, ownerUrl) => {
  const { world, log, settings } = await inspect(instance)
  const { applied, pending, unknown } = await migrations(ownerUrl)
  const { host } = env()
  const off = ['fsync', 'full_page_writes'].filter((name) => settings[name] !== 'on')
  const findings: [Finding, string?][] = [
    ...[...auditState(world), ...auditLog(world, log)].map((finding): [Finding] => [finding]),
    [
      {
        rule: 'E1',
        title: 'the counter is the last number of the log',
        violations: settings.seq === log.length ? [] : [`${settings.seq} against ${log.length}`],
      },
      `: ${log.length}`,
    ],
    [
      {
        rule: 'E2',
        title: 'the log replays to the rows',
        violations: canonicalState(replay(log)) === canonicalState(world) ? [] : ['they differ'],
      },
    ],
    [
      { rule: 'H3', title: 'fsync and full_page_writes are on', violations: off.map((name) => `${name} is off`) },
      `: ${settings.version.split(' ').slice(0, 2).join(' ')}`,
    ],
    [{ rule: 'schema', title: 'every migration is applied', violations: [...pending, ...unknown] }, `: ${applied.at(-1)}`],
    [{ rule: 'bind', title: 'address', violations: [] }, `: ${host}`],
  ]
  const sound = findings.map(([finding, more]) => say(finding, more))
  if (sound.includes(false)) process.exitCode = 1
})
