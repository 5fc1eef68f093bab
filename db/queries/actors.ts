import { and, asc, eq, or, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { mayReadWholeLog } from '@/lib/domain/access'
import type { Caller } from '@/lib/domain/context'
import type { Source } from '../read'
import { groups, members, principals } from '../schema/people'
import { on, readable } from './source'

const accountable = alias(principals, 'accountable')

/** The people and agents of the groups that the caller may read, also agents that were deleted, with who answers for each; for the owner of the instance, all there are. */
export const listActors = (source: Source, caller: Caller, most: number) =>
  on(source)
    .select({ principal_id: principals.principal_id, name: principals.name, accountable_name: accountable.name })
    .from(principals)
    .leftJoin(
      accountable,
      and(eq(accountable.workspace_id, principals.workspace_id), eq(accountable.principal_id, principals.accountable_id)),
    )
    .where(and(eq(principals.workspace_id, source.workspace_id), mayReadWholeLog(caller) ? undefined : isInReadable(source, caller)))
    .orderBy(asc(sql`lower(${principals.name})`), asc(principals.principal_id))
    .limit(most)

const isInReadable = (source: Source, caller: Caller): SQL | undefined => {
  const those = on(source)
    .select({ group_id: groups.group_id })
    .from(groups)
    .where(and(eq(groups.workspace_id, source.workspace_id), readable(source, caller, groups.group_id)))
  const member = sql`${principals.principal_id} in (select ${members.principal_id} from ${members} where ${members.workspace_id} = ${source.workspace_id} and ${members.group_id} in (${those}))`
  return or(sql`${principals.group_id} in (${those})`, member)
}
