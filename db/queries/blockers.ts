import type { Source } from '../read'
import { prepared } from '../statement'

const pendingIn = (milestone: string) =>
  `array(select c.checkpoint_id from checkpoints c where c.workspace_id = $1 and c.milestone_id = ${milestone}.milestone_id and c.completed_at is null)`

/**
 * The edges between pending checkpoints in the milestone of a checkpoint and in all milestones for which one of these waits, directly or through others.
 * What the checkpoint waits for is among them. The walk goes from milestone to milestone, because a step costs much more than an edge, and a chain of
 * thousands of checkpoints crosses far fewer milestones. OFFSET 0 and the arrays make each step a look-up by index whatever the statistics say, and
 * `is true` keeps the planner from turning the hashed set into a join of its choice.
 */
const EDGES = `with recursive reached(milestone_id, ids) as (
    select milestone_id, ${pendingIn('asked')} from (select c.milestone_id from checkpoints c where c.workspace_id = $1 and c.checkpoint_id = $2) asked
    union
    select milestone_id, ${pendingIn('next')} from (
      select distinct t.milestone_id from reached
      cross join lateral (
        select d.depends_on_id from dependencies d where d.workspace_id = $1 and d.checkpoint_id = any(reached.ids)
        except select unnest(reached.ids)
      ) d
      cross join lateral (
        select t.milestone_id from checkpoints t where t.workspace_id = $1 and t.checkpoint_id = d.depends_on_id and t.completed_at is null offset 0
      ) t
    ) next
  ), pending as materialized (
    select unnest(ids) as checkpoint_id from reached
  )
  select string_agg(d.checkpoint_id || ' ' || d.depends_on_id, ' ') as edges
  from dependencies d
  where d.workspace_id = $1 and d.checkpoint_id = any(array(select checkpoint_id from pending))
    and (d.depends_on_id in (select checkpoint_id from pending)) is true`

/** The pending checkpoints on which pending ones depend, as far as they are of use to find what a checkpoint waits for, and more. */
export const selectPendingEdges = async ({ client, workspace_id }: Source, checkpoint_id: string): Promise<Map<string, string[]>> => {
  const { rows } = await client.query<{ edges: string | null }>(prepared(EDGES, [workspace_id, checkpoint_id]))
  const ids = rows[0]?.edges?.split(' ') ?? []
  const edges = new Map<string, string[]>()
  for (let at = 0; at + 1 < ids.length; at += 2) {
    const [from = '', to = ''] = [ids[at], ids[at + 1]]
    const targets = edges.get(from)
    if (targets) targets.push(to)
    else edges.set(from, [to])
  }
  return edges
}
