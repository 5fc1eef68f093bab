import { and, asc, eq } from 'drizzle-orm'
import type { ProjectStatus } from '@/lib/domain/schemas/project'
import type { Source } from '../read'
import { projects } from '../schema/plan'
import { beyond, type Page, pageOf } from './page'
import { on } from './source'

/** The ids of a group's projects, oldest first. */
export const listProjectIds = async (source: Source, group_id: string, page: Page & { status?: ProjectStatus | undefined }) => {
  const rows = await on(source)
    .select({ id: projects.project_id, created_at: projects.created_at })
    .from(projects)
    .where(
      and(
        eq(projects.workspace_id, source.workspace_id),
        eq(projects.group_id, group_id),
        page.status && eq(projects.status, page.status),
        beyond(projects.created_at, projects.project_id, page.cursor, '>'),
      ),
    )
    .orderBy(asc(projects.created_at), asc(projects.project_id))
    .limit(page.limit + 1)
  return pageOf(rows, page)
}
