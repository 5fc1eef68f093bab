import { and, asc, eq, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Source } from '../read'
import { keys, keyUses, members, principals } from '../schema/people'
import { checkpoints, milestones } from '../schema/work'
import { on } from './source'

const accountable = alias(principals, 'accountable')

/**
 * The agent profiles of a group that are not deleted, oldest first, with their live keys, claims and last use at this time. Each of the three is
 * gathered once for all of them, because a group may have hundreds.
 */
export const listAgentProfiles = (source: Source, group_id: string, now: string) => {
  const { workspace_id } = source
  const keysOfAgents = sql`${keys} k join ${members} m on m.workspace_id = k.workspace_id and m.principal_id = k.principal_id
    where k.workspace_id = ${workspace_id} and m.group_id = ${group_id}`
  const counted = sql`(select k.principal_id, count(*)::int as live from ${keysOfAgents} and k.revoked_at is null and (k.expires_at is null or k.expires_at > ${now})
    group by k.principal_id) counted`
  const held = sql`(select c.claimed_by, array_agg(c.milestone_id || ':' || c."order" order by c.claim_expires_at, c.checkpoint_id) as places
    from ${milestones} m join ${checkpoints} c on c.workspace_id = m.workspace_id and c.milestone_id = m.milestone_id
    where m.workspace_id = ${workspace_id} and m.group_id = ${group_id} and m.status = 'active' and c.claim_expires_at > ${now}
    group by c.claimed_by) held`
  const used = sql`(select distinct on (k.principal_id) k.principal_id, u.last_used_at, u.last_client
    from (select k.workspace_id, k.key_id, k.principal_id from ${keysOfAgents}) k join ${keyUses} u on u.workspace_id = k.workspace_id and u.key_id = k.key_id
    order by k.principal_id, u.last_used_at desc) used`
  const ofAgent = (column: string) => sql`${sql.raw(column)} = ${principals.principal_id}`
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
      key_count: sql<number>`coalesce(counted.live, 0)`,
      held: sql<string[]>`coalesce(held.places, '{}')`,
      last_used_at: sql<string | null>`used.last_used_at`.mapWith(keyUses.last_used_at),
      last_client: sql<string | null>`used.last_client`,
    })
    .from(members)
    .innerJoin(principals, and(eq(principals.workspace_id, members.workspace_id), eq(principals.principal_id, members.principal_id)))
    .innerJoin(
      accountable,
      and(eq(accountable.workspace_id, principals.workspace_id), eq(accountable.principal_id, principals.accountable_id)),
    )
    .leftJoin(counted, ofAgent('counted.principal_id'))
    .leftJoin(held, ofAgent('held.claimed_by'))
    .leftJoin(used, ofAgent('used.principal_id'))
    .where(and(eq(members.workspace_id, source.workspace_id), eq(members.group_id, group_id), eq(principals.kind, 'agent_profile')))
    .orderBy(asc(principals.created_at), asc(principals.principal_id))
}
