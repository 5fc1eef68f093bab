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

const NUMBERS = `  with state as (
    select m.project_id, c.completed_at is not null as completed,
      exists (select from dependencies d join checkpoints t on t.workspace_id = d.workspace_id and t.checkpoint_id = d.depends_on_id
        where d.workspace_id = c.workspace_id and d.checkpoint_id = c.checkpoint_id and t.completed_at is null) as blocked,
      exists (select from proposals p where p.workspace_id = c.workspace_id and p.proposal_id = c.proposal_id
        and not (p.status = 'finalized' and p.threshold_met)) as gated,
      coalesce(c.claim_expires_at > $3, false) as claimed,
      c.claim_expires_at <= $3 or (c.claim_id is null and c.failures > 0 and (c.last_failure->>'attempt')::int = c.attempts) as failed
    from milestones m join checkpoints c on c.workspace_id = m.workspace_id and c.milestone_id = m.milestone_id
    where m.workspace_id = $1 and m.project_id = any($2)
  ), counted as (
    select project_id, count(*) filter (where completed) as completed, count(*) filter (where not completed and blocked) as blocked,
      count(*) filter (where not completed and not blocked and gated) as gated,
      count(*) filter (where not completed and not blocked and not gated and claimed) as claimed,
      count(*) filter (where not completed and not blocked and not gated and not claimed and failed) as failed, count(*) filter (where not completed) as pending
    from state group by project_id
  )
  select p.project_id, coalesce(n.completed, 0)::int as completed, coalesce(n.blocked, 0)::int as blocked, coalesce(n.gated, 0)::int as gated,
    coalesce(n.claimed, 0)::int as claimed, coalesce(n.failed, 0)::int as failed, coalesce(n.pending, 0)::int as pending,
    (select count(*)::int from milestones m where m.workspace_id = $1 and m.project_id = p.project_id and m.status = 'active') as active_milestones,
    (select json_build_object('at', to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'actor_name', a.name, 'actor_type', e.actor_type, 'type', e.type)
      from events e join principals a on a.workspace_id = e.workspace_id and a.principal_id = e.actor_id
      where e.workspace_id = $1 and e.project_id = p.project_id order by e.seq desc limit 1) as last_activity,
    (select array_agg((select count(*)::int from events e where e.workspace_id = $1 and e.project_id = p.project_id and e.type = 'checkpoint.completed'
        and e.at >= day and e.at < day + interval '1 day') order by day)
      from generate_series(date_trunc('day', $3::timestamptz, 'UTC') - interval '13 days', date_trunc('day', $3::timestamptz, 'UTC'), interval '1 day') day) as completions_14d
  from projects p left join counted n on n.project_id = p.project_id
  where p.workspace_id = $1 and p.project_id = any($2)`

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
