import { sql } from 'drizzle-orm'
import { bigint, boolean, check, foreignKey, index, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import type { Need } from '../../lib/domain/access'
import { PRINCIPAL_KINDS } from '../../lib/domain/entities'
import { VIAS } from '../../lib/domain/events'
import type { Ids } from '../../lib/domain/kinds'
import { instant, workspaceId } from './columns'

// Every table of the domain has workspace_id first in its primary key, because the workspace is the unit of ordering and the shard key of a
// distributed PostgreSQL. An index that is not unique must not begin with it: while PostgreSQL has no statistics, it might use such an index
// for a look-up by primary key and read the whole workspace for each row (measured: 8 times the cost of a completion, 25 times that of a plan).
// Deferrable constraints, triggers and grants, which drizzle cannot express, are in the hand-written SQL migrations.

/** One row per workspace. `seq` is the counter that orders all its changes; `head` is a random id that each batch of the lane writes. */
export const workspaces = pgTable('workspaces', {
  workspace_id: text().primaryKey(),
  name: text().notNull(),
  seq: bigint({ mode: 'number' }).notNull().default(0),
  head: text().notNull(),
  last_event_at: instant().notNull(),
  created_at: instant().notNull().default(sql`now()`),
})

/**
 * The log has no gaps (E1) and is append-only (E3). `batch` is the `head` that the event's transaction wrote: it proves whether a commit
 * happened whose answer was lost.
 */
export const events = pgTable(
  'events',
  {
    workspace_id: workspaceId(),
    seq: bigint({ mode: 'number' }).notNull(),
    type: text().notNull(),
    at: instant().notNull(),
    actor_id: text().notNull(),
    actor_type: text({ enum: PRINCIPAL_KINDS }).notNull(),
    on_behalf_of: text(),
    key_id: text(),
    session_id: text(),
    via: text({ enum: VIAS }).notNull(),
    group_id: uuid(),
    project_id: text(),
    milestone_id: text(),
    checkpoint_id: text(),
    data: jsonb().$type<Record<string, unknown>>().notNull(),
    batch: text().notNull(),
  },
  (t) => [
    primaryKey({ name: 'events_pkey', columns: [t.workspace_id, t.seq] }),
    foreignKey({ name: 'events_workspace_fk', columns: [t.workspace_id], foreignColumns: [workspaces.workspace_id] }),
    index('events_milestone').on(t.milestone_id, t.seq, t.workspace_id),
    index('events_checkpoint').on(t.checkpoint_id, t.seq, t.workspace_id),
    index('events_group').on(t.group_id, t.seq, t.workspace_id),
    index('events_project').on(t.project_id, t.seq, t.workspace_id),
    // Together, these three make PostgreSQL write a quarter more of its log for each completion. Without the third, the narrowest of them, a rare way of
    // coming is looked for in all events (measured over 100,000: 92 ms instead of 7).
    index('events_actor').on(t.actor_id, t.seq, t.workspace_id),
    index('events_type').on(t.type, t.seq, t.workspace_id),
    index('events_via').on(t.via, t.seq, t.workspace_id),
    check('events_seq', sql`seq >= 1`),
    check('events_via', sql.raw(`via in (${VIAS.map((via) => `'${via}'`).join(', ')})`)),
  ],
)

/** The calls made with an idempotency key (H4). A row has enough to answer the same call again, but not the text of the call or answer. */
export const rememberedAnswers = pgTable(
  'remembered_answers',
  {
    workspace_id: workspaceId(),
    principal_id: text().notNull(),
    idempotency_key: text().notNull(),
    fingerprint: text().notNull(),
    seq: bigint({ mode: 'number' }).notNull(),
    changed: boolean().notNull(),
    needs: jsonb().$type<readonly Need[]>().notNull(),
    ids: jsonb().$type<Ids>().notNull(),
    batch: text().notNull(),
    created_at: instant().notNull(),
  },
  (t) => [
    primaryKey({ name: 'remembered_answers_pkey', columns: [t.workspace_id, t.principal_id, t.idempotency_key] }),
    index('remembered_answers_age').on(t.created_at),
  ],
)
