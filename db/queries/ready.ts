import type { Group } from '@/lib/domain/entities'
import type { Where } from '@/lib/domain/ready'
import type { Source } from '../read'
import { prepared } from '../statement'

/**
 * What can be claimed, in the order in which claim_next takes it: the rule of `nextClaimable` in lib/domain/ready.ts, in SQL for lists. Its cost follows the
 * group and not the workspace, and must not depend on statistics, which PostgreSQL lacks while its tables are young. Therefore the edges and the
 * checkpoints at their other ends are looked up by index, all in one scan for an array of ids; `is true` keeps the planner from turning a hashed set into
 * a join of its choice, and from reading edges by an index that does not begin with the ids; and a full join, unlike a left one, cannot become a loop
 * over all pairs.
 */
const READY = `with found as materialized (
    select m.created_at, m.milestone_id, c.*
    from milestones m
    cross join lateral (
      select c.checkpoint_id, c."order", c.proposal_id,
        coalesce(c.claim_expires_at <= $3, true) and c.failures + (c.claim_id is not null)::int < $4 as free,
        c.claim_id is not null or (c.failures > 0 and (c.last_failure->>'attempt')::int = c.attempts) as failed
      from checkpoints c
      where c.workspace_id = $1 and c.milestone_id = m.milestone_id and c.completed_at is null
      offset 0
    ) c
    where m.workspace_id = $1 and m.group_id = $2 and m.status = 'active'
      and ($5::text is null or m.project_id = $5) and ($6::text is null or m.milestone_id = $6)
      and ($5 is not null or $6 is not null or m.project_id in (select p.project_id from projects p where p.workspace_id = $1 and p.group_id = $2 and p.status = 'active'))
  ), up as materialized (
    select d.checkpoint_id, d.depends_on_id, (d.depends_on_id in (select checkpoint_id from found)) is true as pending
    from dependencies d where d.workspace_id = $1 and d.checkpoint_id = any(array(select checkpoint_id from found where free))
  ), above as materialized (
    select t.checkpoint_id from checkpoints t
    where t.workspace_id = $1 and t.checkpoint_id = any(array(select distinct depends_on_id from up where not pending)) and t.completed_at is null
  ), ready as materialized (
    select failed, created_at, milestone_id, "order", checkpoint_id from found
    where free
      and (checkpoint_id not in (select checkpoint_id from up where pending or (depends_on_id in (select checkpoint_id from above)) is true)) is true
      and (proposal_id is null or (proposal_id in (select p.proposal_id from proposals p
        where p.workspace_id = $1 and p.proposal_id = any(array(select proposal_id from found)) and p.status = 'finalized' and p.threshold_met)) is true)
  ), counted as (
    -- What depends on a pending checkpoint is pending (D1).
    select d.depends_on_id as checkpoint_id, count(*)::int as unblocks from dependencies d
    where (d.workspace_id = $1) is true and d.depends_on_id = any(array(select checkpoint_id from ready))
    group by d.depends_on_id
  )
  select checkpoint_id, milestone_id, coalesce(unblocks, 0) as unblocks, (select count(*)::int from ready) as total
  from ready full join counted using (checkpoint_id)
  order by failed, coalesce(unblocks, 0) desc, created_at, milestone_id collate "C", "order"
  limit $7`

type Row = { checkpoint_id: string; milestone_id: string; unblocks: number; total: number }

/** The checkpoints of a group that can be claimed first, each with the number of pending ones that depend on it, and how many can be claimed in all. */
export const selectReady = async (
  { client, workspace_id, now }: Source,
  { group_id, max_failures }: Group,
  { project_id, milestone_id }: Where,
  limit: number,
): Promise<{ total: number; first: readonly Row[] }> => {
  const values = [workspace_id, group_id, now, max_failures, project_id ?? null, milestone_id ?? null, limit]
  const { rows } = await client.query<Row>(prepared(READY, values))
  return { total: rows[0]?.total ?? 0, first: rows }
}
