import { and, asc, eq, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Source } from '../read'
import { keys, keyUses, members, principals } from '../schema/people'
import { checkpoints, milestones } from '../schema/work'
import { on } from './source'

const accountable = alias(principals, 'accountable')

/** The agent profiles of a group that are not deleted, oldest first, with their live keys, claims and last use at this time. */
export const listAgentProfiles = (source: Source, group_id: string, now: string) => {
  const ofAgent = sql`k.workspace_id = ${principals.workspace_id} and k.principal_id = ${principals.principal_id}`
  const key_count = sql<number>`(select count(*)::int from ${keys} k where ${ofAgent} and k.revoked_at is null and (k.expires_at is null or k.expires_at > ${now}))`
  const held = sql<
    string[]
  >`array(select c.milestone_id || ':' || c."order" from ${milestones} m join ${checkpoints} c on c.workspace_id = m.workspace_id and c.milestone_id = m.milestone_id
    where m.workspace_id = ${principals.workspace_id} and m.group_id = ${group_id} and m.status = 'active' and c.claimed_by = ${principals.principal_id} and c.claim_expires_at > ${now}
    order by c.claim_expires_at, c.checkpoint_id)`
  const lastUse = (field: SQL) =>
    sql<
      string | null
    >`(select ${field} from ${keyUses} u join ${keys} k on k.workspace_id = u.workspace_id and k.key_id = u.key_id where ${ofAgent} order by u.last_used_at desc limit 1)`
  return on(source)
    .select({
      agent: {
        principal_id: principals.principal_id,
        group_id: principals.group_id,
        name: principals.name,
        description: principals.description,
        accountable_id: principals.accountable_id,
        created_at: principals.created_at,
        suspended_at: principals.suspended_at,
        deleted_at: principals.deleted_at,
      },
      accountable_name: accountable.name,
      key_count,
      held,
      last_used_at: lastUse(sql`u.last_used_at`).mapWith(keyUses.last_used_at),
      last_client: lastUse(sql`u.last_client`),
    })
    .from(members)
    .innerJoin(principals, and(eq(principals.workspace_id, members.workspace_id), eq(principals.principal_id, members.principal_id)))
    .innerJoin(
      accountable,
      and(eq(accountable.workspace_id, principals.workspace_id), eq(accountable.principal_id, principals.accountable_id)),
    )
    .where(and(eq(members.workspace_id, source.workspace_id), eq(members.group_id, group_id), eq(principals.kind, 'agent_profile')))
    .orderBy(asc(principals.created_at), asc(principals.principal_id))
}
