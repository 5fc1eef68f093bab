import { and, asc, eq } from 'drizzle-orm'
import type { Source } from '../read'
import { members, principals } from '../schema/people'
import { on } from './source'

export const listMembers = (source: Source, group_id: string) =>
  on(source)
    .select({
      user_id: members.principal_id,
      name: principals.name,
      email: principals.email,
      role: members.role,
      member_type: principals.kind,
      joined_at: members.joined_at,
    })
    .from(members)
    .innerJoin(principals, and(eq(principals.workspace_id, members.workspace_id), eq(principals.principal_id, members.principal_id)))
    .where(and(eq(members.workspace_id, source.workspace_id), eq(members.group_id, group_id)))
    .orderBy(asc(members.joined_at), asc(members.principal_id))
