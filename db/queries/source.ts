import { and, eq, type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Caller } from '@/lib/domain/context'
import type { Source } from '../read'
import { groups, members } from '../schema/people'

/** The query builder for the snapshot of a read. */
export const on = ({ client }: Source) => drizzle(client)

/** The condition that the caller is a member of the group in a column, and that its key is not of another group. */
export const memberOf = ({ workspace_id }: Source, { principal, key }: Caller, group_id: PgColumn): SQL | undefined => {
  const member = sql`exists (select from ${members} m where m.workspace_id = ${workspace_id} and m.group_id = ${group_id} and m.principal_id = ${principal.principal_id})`
  return key?.group_id ? and(eq(group_id, key.group_id), member) : member
}

/** The condition that the caller may read the group in a column. It is the rule of `mayRead` in lib/domain/access.ts, in SQL for lists. */
export const readable = ({ workspace_id }: Source, { principal, key }: Caller, group_id: PgColumn): SQL | undefined => {
  const visible = sql`exists (select from ${groups} g where g.workspace_id = ${workspace_id} and g.group_id = ${group_id} and (g.visibility = 'workspace'
    or exists (select from ${members} m where m.workspace_id = ${workspace_id} and m.group_id = g.group_id and m.principal_id = ${principal.principal_id})))`
  return key?.group_id ? and(eq(group_id, key.group_id), visible) : visible
}
