import { and, desc, eq, isNull, or, sql } from 'drizzle-orm'
import type { Via } from '@/lib/domain/events'
import type { Instance } from '../instance'
import type { Source } from '../read'
import { keys, keyUses, principals } from '../schema/people'
import { milestones } from '../schema/work'
import { beyond, type Page, pageOf } from './page'
import { on } from './source'

/** The keys that are wanted: those of a person, of user scope or of a group, and the keys of the group's agents if the person may manage these. */
export type WantedKeys = { principal_id: string; group_id: string | null; ofAgents: boolean }

/** K2: a key of one milestone ends when that is deleted. */
const hasItsMilestone = sql`(${keys.milestone_id} is null or exists (select from ${milestones} m where m.workspace_id = ${keys.workspace_id} and m.milestone_id = ${keys.milestone_id}))`

/** Keys that have not ended, with what each was last used for, newest first. */
export const listKeys = async (source: Source, { principal_id, group_id, ofAgents }: WantedKeys, page: Page) => {
  // The limit makes each a look-up by primary key for every row, also with statistics from when the tables were small (decision 012).
  const owner = on(source)
    .select({ name: principals.name, kind: principals.kind, group_id: principals.group_id })
    .from(principals)
    .where(and(eq(principals.workspace_id, keys.workspace_id), eq(principals.principal_id, keys.principal_id)))
    .limit(1)
    .as('owner')
  const use = on(source)
    .select()
    .from(keyUses)
    .where(and(eq(keyUses.workspace_id, keys.workspace_id), eq(keyUses.key_id, keys.key_id)))
    .limit(1)
    .as('use')
  const scope = group_id === null ? isNull(keys.group_id) : eq(keys.group_id, group_id)
  const owned =
    ofAgents && group_id !== null
      ? or(eq(keys.principal_id, principal_id), eq(owner.group_id, group_id))
      : eq(keys.principal_id, principal_id)
  const rows = await on(source)
    .select({
      id: keys.key_id,
      created_at: keys.created_at,
      key: {
        key_id: keys.key_id,
        group_id: keys.group_id,
        milestone_id: keys.milestone_id,
        name: keys.name,
        hint: keys.hint,
        permissions: keys.permissions,
        created_at: keys.created_at,
        expires_at: keys.expires_at,
        revoked_at: keys.revoked_at,
      },
      owner: { principal_id: keys.principal_id, name: owner.name, kind: owner.kind },
      last_used_at: use.last_used_at,
      last_used_via: use.last_used_via,
      last_client: use.last_client,
      last_call: use.last_call,
    })
    .from(keys)
    .innerJoinLateral(owner, sql`true`)
    .leftJoinLateral(use, sql`true`)
    .where(
      and(
        eq(keys.workspace_id, source.workspace_id),
        isNull(keys.revoked_at),
        hasItsMilestone,
        scope,
        owned,
        beyond(keys.created_at, keys.key_id, page.cursor, '<'),
      ),
    )
    .orderBy(desc(keys.created_at), desc(keys.key_id))
    .limit(page.limit + 1)
  return pageOf(rows, page)
}

export type KeyUse = { via: Via; call: string; client: string | null; isNameless: boolean; isContact: boolean }

/**
 * Records the use of a key that is live: what a dead one is sent with is refused, and is no use. The operation that a client called last stays known
 * when it only makes contact again, and its name when it says none.
 */
export const recordKeyUse = async ({ pool, workspace_id }: Instance, key_id: string, use: KeyUse): Promise<void> => {
  await pool.query(
    `insert into api_key_uses as known (workspace_id, key_id, last_used_at, last_used_via, last_client, last_call)
     select workspace_id, key_id, now(), $3, $4, $5 from api_keys k
       where workspace_id = $1 and key_id = $2 and revoked_at is null and (expires_at is null or expires_at > now())
         and (milestone_id is null or exists (select from milestones m where m.workspace_id = k.workspace_id and m.milestone_id = k.milestone_id))
     on conflict (workspace_id, key_id) do update set last_used_at = excluded.last_used_at, last_used_via = excluded.last_used_via,
       last_client = case when $7 then coalesce(known.last_client, excluded.last_client) else excluded.last_client end,
       last_call = case when $6 and known.last_call like '%\\_%' then known.last_call else excluded.last_call end`,
    [workspace_id, key_id, use.via, use.client, use.call, use.isContact, use.isNameless],
  )
}
