import { and, asc, desc, eq, sql } from 'drizzle-orm'
import type { Caller } from '@/lib/domain/context'
import type { MilestoneStatus } from '@/lib/domain/schemas/milestone'
import type { Source } from '../read'
import { checkpoints, milestones } from '../schema/work'
import { beyond, type Page, pageOf } from './page'
import { memberOf, on } from './source'

/** With `of`, only the milestones of the groups in which this caller is a member, and of those only the one of its key if that has one (K2). */
export type MilestoneFilter = { group_id?: string; project_id?: string; status?: MilestoneStatus | undefined; of?: Caller }

/** The ids of milestones, newest first, each with the number of its checkpoints and of its completed checkpoints. */
export const listMilestoneIds = async (source: Source, filter: MilestoneFilter, page: Page) => {
  const mine = sql`from ${checkpoints} c where c.workspace_id = ${milestones.workspace_id} and c.milestone_id = ${milestones.milestone_id}`
  const rows = await on(source)
    .select({
      id: milestones.milestone_id,
      created_at: milestones.created_at,
      total: sql<number>`(select count(*)::int ${mine})`,
      completed: sql<number>`(select count(c.completed_at)::int ${mine})`,
    })
    .from(milestones)
    .where(
      and(
        eq(milestones.workspace_id, source.workspace_id),
        filter.group_id === undefined ? undefined : eq(milestones.group_id, filter.group_id),
        filter.project_id === undefined ? undefined : eq(milestones.project_id, filter.project_id),
        filter.status && eq(milestones.status, filter.status),
        filter.of && memberOf(source, filter.of, milestones.group_id),
        filter.of?.key?.milestone_id ? eq(milestones.milestone_id, filter.of.key.milestone_id) : undefined,
        beyond(milestones.created_at, milestones.milestone_id, page.cursor, '<'),
      ),
    )
    .orderBy(desc(milestones.created_at), desc(milestones.milestone_id))
    .limit(page.limit + 1)
  return pageOf(rows, page)
}

/** The ids of all milestones of a project, oldest first. */
export const listAllMilestoneIds = async (source: Source, project_id: string): Promise<string[]> => {
  const rows = await on(source)
    .select({ milestone_id: milestones.milestone_id })
    .from(milestones)
    .where(and(eq(milestones.workspace_id, source.workspace_id), eq(milestones.project_id, project_id)))
    .orderBy(asc(milestones.created_at), asc(milestones.milestone_id))
  return rows.map(({ milestone_id }) => milestone_id)
}
