import type { LastActivity } from '@/lib/domain/schemas/overview'
import type { StateCounts } from '@/lib/domain/state'
import type { Source } from '../read'
import { prepared } from '../statement'

export type ProjectNumbers = {
  project_id: string
  active_milestones: number
  counts: StateCounts
  last_activity: LastActivity | null
  completions_14d: number[]
}

type Row = {
  project_id: string
  active_milestones: number
  completed: number
  blocked: number
  gated: number
  claimed: number
  failed: number
  pending: number
  last_activity: LastActivity | null
  completions_14d: number[]
}

/**
 * PostgreSQL keeps the plan of a prepared statement, also one that it made for empty tables, so no step may have a plan that is only good for a few rows.
 * Each is a look-up by index for each row of the step before (OFFSET 0) or for an array of ids, a look-up in a hashed set (`is true` keeps it from
 * becoming a join), or a full join, which cannot become a loop over all pairs. In the same way, the events of a project are not read by an index of all events, or of all of one type.
 */
const NUMBERS = `with asked as materialized (
    select distinct unnest($2::text[]) as project_id
  ), mine as materialized (
    select m.project_id, m.milestone_id, m.status from milestones m where m.workspace_id = $1 and m.project_id = any($2)
  ), found as materialized (
    select mine.project_id, c.* from mine
    cross join lateral (
      select c.checkpoint_id, c.completed_at is null as pending, c.proposal_id, coalesce(c.claim_expires_at > $3, false) as claimed,
        c.claim_expires_at <= $3 or (c.claim_id is null and c.failures > 0 and (c.last_failure->>'attempt')::int = c.attempts) as failed
      from checkpoints c where c.workspace_id = $1 and c.milestone_id = mine.milestone_id
      offset 0
    ) c
  ), edges as materialized (
    select d.checkpoint_id, d.depends_on_id from dependencies d
    where d.workspace_id = $1 and d.checkpoint_id = any(array(select checkpoint_id from found where pending))
  ), above as materialized (
    select t.checkpoint_id from checkpoints t
    where t.workspace_id = $1 and t.checkpoint_id = any(array(select distinct depends_on_id from edges)) and t.completed_at is null
  ), state as materialized (
    select project_id, pending, claimed, failed,
      (checkpoint_id in (select checkpoint_id from edges where (depends_on_id in (select checkpoint_id from above)) is true)) is true as blocked,
      (proposal_id in (select p.proposal_id from proposals p
        where p.workspace_id = $1 and p.proposal_id = any(array(select proposal_id from found where pending)) and not (p.status = 'finalized' and p.threshold_met))) is true as gated
    from found
  ), counted as (
    select project_id, count(*) filter (where not pending)::int as completed, count(*) filter (where pending)::int as pending,
      count(*) filter (where pending and blocked)::int as blocked, count(*) filter (where pending and not blocked and gated)::int as gated,
      count(*) filter (where pending and not blocked and not gated and claimed)::int as claimed,
      count(*) filter (where pending and not blocked and not gated and not claimed and failed)::int as failed
    from state group by project_id
  ), active as (
    select project_id, count(*) filter (where status = 'active')::int as active_milestones from mine group by project_id
  ), span as materialized (
    select date_trunc('day', $3::timestamptz, 'UTC') - interval '13 days' as start
  ), earlier as materialized (
    select coalesce((select e.seq from events e where e.workspace_id = $1 and e.at < (select start from span) order by e.seq desc limit 1), 0) as seq
  )
  select project_id, coalesce(completed, 0) as completed, coalesce(blocked, 0) as blocked, coalesce(gated, 0) as gated, coalesce(claimed, 0) as claimed,
    coalesce(failed, 0) as failed, coalesce(pending, 0) as pending, coalesce(active_milestones, 0) as active_milestones,
    (select json_build_object('at', to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'actor_name',
        (select a.name from principals a where a.workspace_id = $1 and a.principal_id = e.actor_id), 'actor_type', e.actor_type,
        'on_behalf_of', (select a.name from principals a where a.workspace_id = $1 and a.principal_id = e.on_behalf_of), 'type', e.type)
      from (select * from events e where (e.workspace_id = $1) is true and e.project_id = asked.project_id order by e.seq desc limit 1) e) as last_activity,
    (select array_agg(coalesce(completions, 0) order by day)
      from generate_series(0, 13) day
      left join (
        select floor(extract(epoch from e.at - (select start from span)) / 86400)::int as day, count(*)::int as completions from events e
        where (e.workspace_id = $1) is true and e.project_id = asked.project_id and e.seq > (select seq from earlier) and (e.type = 'checkpoint.completed') is true
        group by 1
      ) e using (day)) as completions_14d
  from asked full join counted using (project_id) full join active using (project_id)`

/** For each project: its number of checkpoints by state, its last event, and its completions per day. It is one statement for all projects. */
export const selectProjectNumbers = async (
  { client, workspace_id, now }: Source,
  project_ids: readonly string[],
): Promise<Map<string, ProjectNumbers>> => {
  const { rows } = await client.query<Row>(prepared(NUMBERS, [workspace_id, project_ids, now]))
  return new Map(rows.map((row) => [row.project_id, numbersOf(row)]))
}

const numbersOf = ({ completed, blocked, gated, claimed, failed, pending, ...row }: Row): ProjectNumbers => ({
  ...row,
  counts: { completed, blocked, awaiting_consensus: gated, claimed, failed, ready: pending - blocked - gated - claimed - failed },
})
