import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { PRINCIPAL_KINDS } from '../../lib/domain/entities'
import { VIAS } from '../../lib/domain/events'
import { LIMITS } from '../../lib/domain/limits'
import type { PermissionName } from '../../lib/domain/permission'
import { instant, lengthCheck, slugCheck, workspaceId } from './columns'
import { workspaces } from './log'

export const principals = pgTable(
  'principals',
  {
    workspace_id: workspaceId(),
    principal_id: text().notNull(),
    kind: text({ enum: PRINCIPAL_KINDS }).notNull(),
    name: text().notNull(),
    email: text().notNull(),
    group_id: uuid(),
    instance_owner: boolean().notNull(),
    description: text().notNull().default(''),
    accountable_id: text(),
    suspended_at: instant(),
    deleted_at: instant(),
    created_at: instant().notNull(),
  },
  (t) => [
    primaryKey({ name: 'principals_pkey', columns: [t.workspace_id, t.principal_id] }),
    foreignKey({ name: 'principals_workspace_fk', columns: [t.workspace_id], foreignColumns: [workspaces.workspace_id] }),
    uniqueIndex('principals_one_owner').on(t.workspace_id).where(sql`instance_owner`),
    check('principals_kind', sql`kind in ('user', 'agent_profile') and (kind = 'agent_profile') = (group_id is not null)`),
    check(
      'principals_agent',
      sql`case kind when 'user' then num_nonnulls(accountable_id, suspended_at, deleted_at) = 0 else accountable_id is not null end`,
    ),
    foreignKey({
      name: 'principals_accountable_fk',
      columns: [t.workspace_id, t.accountable_id],
      foreignColumns: [t.workspace_id, t.principal_id],
    }),
    check('principals_description', lengthCheck('description', LIMITS.description)),
    check('principals_owner_is_person', sql`not instance_owner or kind = 'user'`),
    check('principals_name', lengthCheck('name', LIMITS.title, 1)),
  ],
)

export const groups = pgTable(
  'groups',
  {
    workspace_id: workspaceId(),
    group_id: uuid().notNull(),
    name: text().notNull(),
    slug: text().notNull(),
    description: text().notNull(),
    visibility: text({ enum: ['workspace', 'private'] }).notNull(),
    owner_id: text().notNull(),
    max_failures: integer().notNull().default(3),
    gate_threshold: text({ enum: ['majority', 'two_thirds', 'unanimous'] })
      .notNull()
      .default('majority'),
    gate_deadline_hours: integer(),
    gate_voters: text({ enum: ['everyone', 'people'] })
      .notNull()
      .default('everyone'),
    no_self_approval: boolean().notNull().default(true),
    gate_auto_finalize: boolean().notNull().default(false),
    created_at: instant().notNull(),
    updated_at: instant().notNull(),
  },
  (t) => [
    primaryKey({ name: 'groups_pkey', columns: [t.workspace_id, t.group_id] }),
    foreignKey({
      name: 'groups_owner_fk',
      columns: [t.workspace_id, t.owner_id],
      foreignColumns: [principals.workspace_id, principals.principal_id],
    }),
    unique('groups_slug_key').on(t.workspace_id, t.slug),
    check('groups_visibility', sql`visibility in ('workspace', 'private')`),
    check('groups_slug', slugCheck),
    check('groups_max_failures', sql.raw(`max_failures between 1 and ${LIMITS.max_failures}`)),
    check('groups_name', lengthCheck('name', LIMITS.title, 1)),
    check('groups_gate_threshold', sql`gate_threshold in ('majority', 'two_thirds', 'unanimous')`),
    check('groups_gate_voters', sql`gate_voters in ('everyone', 'people')`),
    check('groups_gate_deadline', sql.raw(`gate_deadline_hours between 1 and ${LIMITS.deadline_hours}`)),
  ],
)

export const members = pgTable(
  'group_members',
  {
    workspace_id: workspaceId(),
    group_id: uuid().notNull(),
    principal_id: text().notNull(),
    role: text({ enum: ['owner', 'admin', 'member'] }).notNull(),
    joined_at: instant().notNull(),
  },
  (t) => [
    primaryKey({ name: 'group_members_pkey', columns: [t.workspace_id, t.group_id, t.principal_id] }),
    foreignKey({
      name: 'group_members_group_fk',
      columns: [t.workspace_id, t.group_id],
      foreignColumns: [groups.workspace_id, groups.group_id],
    }),
    foreignKey({
      name: 'group_members_principal_fk',
      columns: [t.workspace_id, t.principal_id],
      foreignColumns: [principals.workspace_id, principals.principal_id],
    }),
    index('group_members_principal').on(t.principal_id, t.workspace_id),
    check('group_members_role', sql`role in ('owner', 'admin', 'member')`),
  ],
)

export const keys = pgTable(
  'api_keys',
  {
    workspace_id: workspaceId(),
    key_id: text().notNull(),
    principal_id: text().notNull(),
    group_id: uuid(),
    // No foreign key: the key stays on record when its milestone is deleted, and has ended then.
    milestone_id: text(),
    name: text().notNull(),
    hash: text().notNull(),
    hint: text().notNull(),
    permissions: jsonb().$type<Partial<Record<PermissionName, boolean>>>().notNull(),
    created_by: text().notNull(),
    made_with: text(),
    created_at: instant().notNull(),
    expires_at: instant(),
    revoked_at: instant(),
  },
  (t) => [
    primaryKey({ name: 'api_keys_pkey', columns: [t.workspace_id, t.key_id] }),
    foreignKey({
      name: 'api_keys_principal_fk',
      columns: [t.workspace_id, t.principal_id],
      foreignColumns: [principals.workspace_id, principals.principal_id],
    }),
    foreignKey({
      name: 'api_keys_group_fk',
      columns: [t.workspace_id, t.group_id],
      foreignColumns: [groups.workspace_id, groups.group_id],
    }),
    uniqueIndex('api_keys_hash_key').on(t.hash),
    index('api_keys_principal').on(t.principal_id, t.workspace_id),
    index('api_keys_made_with').on(t.made_with, t.workspace_id),
    check('api_keys_hash', sql`hash ~ '^[0-9a-f]{64}$'`),
    check('api_keys_milestone_in_group', sql`milestone_id is null or group_id is not null`),
    check('api_keys_permissions', sql`jsonb_typeof(permissions) = 'object'`),
  ],
)

export const invitations = pgTable(
  'invitations',
  {
    workspace_id: workspaceId(),
    invitation_id: text().notNull(),
    group_id: uuid().notNull(),
    role: text({ enum: ['owner', 'admin', 'member'] }).notNull(),
    hash: text().notNull(),
    created_by: text().notNull(),
    created_at: instant().notNull(),
    expires_at: instant().notNull(),
    accepted_by: text(),
    accepted_at: instant(),
    revoked_at: instant(),
  },
  (t) => [
    primaryKey({ name: 'invitations_pkey', columns: [t.workspace_id, t.invitation_id] }),
    foreignKey({
      name: 'invitations_group_fk',
      columns: [t.workspace_id, t.group_id],
      foreignColumns: [groups.workspace_id, groups.group_id],
    }),
    uniqueIndex('invitations_hash_key').on(t.hash),
    index('invitations_group').on(t.group_id, t.created_at, t.workspace_id),
    check('invitations_role', sql`role in ('admin', 'member')`),
    check('invitations_hash', sql`hash ~ '^[0-9a-f]{64}$'`),
    check('invitations_ended', sql`(accepted_by is null) = (accepted_at is null) and (accepted_at is null or revoked_at is null)`),
  ],
)

/** The last use of each key. It is not in the log: it is written at most once a minute for each key and call, and no call waits for it. */
export const keyUses = pgTable(
  'api_key_uses',
  {
    workspace_id: workspaceId(),
    key_id: text().notNull(),
    last_used_at: instant().notNull(),
    last_used_via: text({ enum: VIAS }).notNull(),
    last_client: text(),
    last_call: text(),
  },
  (t) => [
    primaryKey({ name: 'api_key_uses_pkey', columns: [t.workspace_id, t.key_id] }),
    foreignKey({
      name: 'api_key_uses_key_fk',
      columns: [t.workspace_id, t.key_id],
      foreignColumns: [keys.workspace_id, keys.key_id],
    }).onDelete('cascade'),
    check('api_key_uses_client', lengthCheck('last_client', LIMITS.client, 1)),
  ],
)
