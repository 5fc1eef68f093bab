import type { Principal } from '@/lib/domain/entities'
import type { Source } from '../read'
import { prepared } from '../statement'

/**
 * Each step is computed once and looks up by index, for each row of the step before: with statistics from when the tables were small, PostgreSQL would read them
 * whole, once for each agent. The joins at the end compare a few hundred rows with as many.
 */
const AGENTS = `with agents as materialized (
    select p.* from group_members m
    cross join lateral (
      select p.principal_id, p.group_id, p.name, p.description, p.accountable_id, p.created_at, p.suspended_at, p.deleted_at
      from principals p where p.workspace_id = $1 and p.principal_id = m.principal_id and p.kind = 'agent_profile' offset 0
    ) p
    where m.workspace_id = $1 and m.group_id = $2
  ), held_keys as materialized (
    select k.* from agents cross join lateral (
      select k.key_id, k.principal_id, k.revoked_at is null and (k.expires_at is null or k.expires_at > $3) as live
      from api_keys k where k.workspace_id = $1 and k.principal_id = agents.principal_id offset 0
    ) k
  ), counted as materialized (
    select principal_id, count(*) filter (where live)::int as live from held_keys group by principal_id
  ), used as materialized (
    select distinct on (k.principal_id) k.principal_id, u.last_used_at, u.last_client from held_keys k
    cross join lateral (select u.last_used_at, u.last_client from api_key_uses u where u.workspace_id = $1 and u.key_id = k.key_id offset 0) u
    order by k.principal_id, u.last_used_at desc
  ), claims as materialized (
    select c.claimed_by, array_agg(m.milestone_id || ':' || c."order" order by c.claim_expires_at, c.checkpoint_id) as places from milestones m
    cross join lateral (
      select c.claimed_by, c."order", c.claim_expires_at, c.checkpoint_id from checkpoints c
      where c.workspace_id = $1 and c.milestone_id = m.milestone_id and c.claim_expires_at > $3 offset 0
    ) c
    where m.workspace_id = $1 and m.group_id = $2 and m.status = 'active'
    group by c.claimed_by
  )
  select a.*, o.name as accountable_name, coalesce(counted.live, 0) as key_count, coalesce(claims.places, '{}') as held, used.last_used_at, used.last_client
  from agents a
  cross join lateral (select o.name from principals o where o.workspace_id = $1 and o.principal_id = a.accountable_id offset 0) o
  left join counted on counted.principal_id = a.principal_id
  left join used on used.principal_id = a.principal_id
  left join claims on claims.claimed_by = a.principal_id
  order by a.created_at, a.principal_id`

type Row = Pick<
  Principal,
  'principal_id' | 'group_id' | 'name' | 'description' | 'accountable_id' | 'created_at' | 'suspended_at' | 'deleted_at'
> & {
  accountable_name: string
  key_count: number
  held: string[]
  last_used_at: string | null
  last_client: string | null
}

/** The agent profiles of a group that are not deleted, oldest first, with their live keys, claims and last use at this time. */
export const listAgentProfiles = async ({ client, workspace_id }: Source, group_id: string, now: string) => {
  const { rows } = await client.query<Row>(prepared(AGENTS, [workspace_id, group_id, now]))
  return rows.map(({ accountable_name, key_count, held, last_used_at, last_client, ...agent }) => ({
    agent,
    accountable_name,
    key_count,
    held,
    last_used_at,
    last_client,
  }))
}
