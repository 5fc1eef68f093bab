import { and, asc, eq, sql } from 'drizzle-orm'
import type { Source } from '../read'
import { members, principals } from '../schema/people'
import { on } from './source'

export const listMembers = (source: Source, group_id: string) => {
  // The limit makes it a look-up by primary key for every member, also with statistics from when the tables were small (decision 012).
  const principal = on(source)
    .select({ name: principals.name, email: principals.email, kind: principals.kind })
    .from(principals)
    .where(and(eq(principals.workspace_id, members.workspace_id), eq(principals.principal_id, members.principal_id)))
    .limit(1)
    .as('principal')
  return on(source)
    .select({
      user_id: members.principal_id,
      name: principal.name,
      email: principal.email,
      role: members.role,
      member_type: principal.kind,
      joined_at: members.joined_at,
    })
    .from(members)
    .innerJoinLateral(principal, sql`true`)
    .where(and(eq(members.workspace_id, source.workspace_id), eq(members.group_id, group_id)))
    .orderBy(asc(members.joined_at), asc(members.principal_id))
}
