import { and, asc, eq } from 'drizzle-orm'
import type { Caller } from '@/lib/domain/context'
import type { Source } from '../read'
import { groups } from '../schema/people'
import { on, readable } from './source'

/** The ids of the groups that the caller may read, oldest first. */
export const listReadableGroups = async (source: Source, caller: Caller, slug?: string): Promise<string[]> => {
  const rows = await on(source)
    .select({ group_id: groups.group_id })
    .from(groups)
    .where(
      and(
        eq(groups.workspace_id, source.workspace_id),
        readable(source, caller, groups.group_id),
        slug === undefined ? undefined : eq(groups.slug, slug),
      ),
    )
    .orderBy(asc(groups.created_at), asc(groups.group_id))
  return rows.map(({ group_id }) => group_id)
}
