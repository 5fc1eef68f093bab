import { sql } from 'drizzle-orm'
import {
  bigint,
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
import { instant, workspaceId } from './columns'

// Every table of the domain has workspace_id first in its primary key: it is the unit of ordering and the shard key of a distributed PostgreSQL.
// What drizzle cannot say (deferrable constraints, triggers, grants) is in the SQL migrations beside the generated ones.

const httpUrl = (column: string) => sql.raw(`"${column}" is null or ("${column}" ~* '^https?://' and length("${column}") <= 2048)`)

/** One row a workspace: the counter that orders all its changes. `head` is a random id that each batch of the lane writes. */
export const workspaces = pgTable('workspaces', {
  workspace_id: text().primaryKey(),
  name: text().notNull(),
  seq: bigint({ mode: 'number' }).notNull().default(0),
  head: text().notNull(),
  last_event_at: instant().notNull(),
  created_at: instant().notNull().default(sql`now()`),
})

export const principals = pgTable(
  'principals',
  {
    workspace_id: workspaceId(),
    principal_id: text().notNull(),
    kind: text({ enum: ['user', 'agent_profile'] }).notNull(),
    name: text().notNull(),
    email: text().notNull(),
    group_id: uuid(),
    instance_owner: boolean().notNull(),
    created_at: instant().notNull(),
  },
  (t) => [
    primaryKey({ name: 'principals_pkey', columns: [t.workspace_id, t.principal_id] }),
    foreignKey({ name: 'principals_workspace_fk', columns: [t.workspace_id], foreignColumns: [workspaces.workspace_id] }),
    uniqueIndex('principals_one_owner').on(t.workspace_id).where(sql`instance_owner`),
    check('principals_kind', sql`kind in ('user', 'agent_profile') and (kind = 'agent_profile') = (group_id is not null)`),
    check('principals_owner_is_person', sql`not instance_owner or kind = 'user'`),
    check('principals_name', sql`length(name) between 1 and 200`),
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
    check('groups_slug', sql`slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 64`),
    check('groups_name', sql`length(name) between 1 and 200`),
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
    index('group_members_principal').on(t.workspace_id, t.principal_id),
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
    name: text().notNull(),
    hash: text().notNull(),
    hint: text().notNull(),
    permissions: jsonb().$type<Record<string, boolean>>().notNull(),
    created_by: text().notNull(),
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
    index('api_keys_principal').on(t.workspace_id, t.principal_id),
    check('api_keys_hash', sql`hash ~ '^[0-9a-f]{64}$'`),
    check('api_keys_permissions', sql`jsonb_typeof(permissions) = 'object'`),
  ],
)

/** Outside the log: written after the fact and at most once a minute for a key. */
export const keyUses = pgTable(
  'api_key_uses',
  { workspace_id: workspaceId(), key_id: text().notNull(), last_used_at: instant().notNull(), last_used_via: text().notNull() },
  (t) => [
    primaryKey({ name: 'api_key_uses_pkey', columns: [t.workspace_id, t.key_id] }),
    foreignKey({
      name: 'api_key_uses_key_fk',
      columns: [t.workspace_id, t.key_id],
      foreignColumns: [keys.workspace_id, keys.key_id],
    }).onDelete('cascade'),
  ],
)

export const projects = pgTable(
  'projects',
  {
    workspace_id: workspaceId(),
    project_id: text().notNull(),
    group_id: uuid().notNull(),
    title: text().notNull(),
    description: text().notNull(),
    slug: text().notNull(),
    color: text().notNull(),
    status: text({ enum: ['active', 'completed', 'archived'] }).notNull(),
    is_default: boolean().notNull(),
    milestone_count: integer().notNull(),
    created_by: text().notNull(),
    created_at: instant().notNull(),
    updated_at: instant().notNull(),
    completed_at: instant(),
    completed_by: text(),
    archived_at: instant(),
    archived_by: text(),
    reopened_at: instant(),
    reopened_by: text(),
  },
  (t) => [
    primaryKey({ name: 'projects_pkey', columns: [t.workspace_id, t.project_id] }),
    foreignKey({
      name: 'projects_group_fk',
      columns: [t.workspace_id, t.group_id],
      foreignColumns: [groups.workspace_id, groups.group_id],
    }),
    unique('projects_group_key').on(t.workspace_id, t.group_id, t.project_id),
    unique('projects_slug_key').on(t.workspace_id, t.group_id, t.slug),
    uniqueIndex('projects_one_default').on(t.workspace_id, t.group_id).where(sql`is_default`),
    check('projects_status', sql`status in ('active', 'completed', 'archived')`),
    check('projects_default_stays', sql`not is_default or status <> 'archived'`),
    check('projects_archived', sql`status <> 'archived' or archived_at is not null`),
    check('projects_completed', sql`status <> 'completed' or completed_at is not null`),
    check('projects_slug', sql`slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 64`),
    check('projects_color', sql`color ~ '^#[0-9A-Fa-f]{6}$'`),
    check('projects_milestone_count', sql`milestone_count >= 0`),
    check('projects_title', sql`length(title) between 1 and 200`),
    check('projects_description', sql`length(description) <= 8192`),
  ],
)

export const milestones = pgTable(
  'milestones',
  {
    workspace_id: workspaceId(),
    milestone_id: text().notNull(),
    group_id: uuid().notNull(),
    project_id: text().notNull(),
    title: text().notNull(),
    description: text().notNull(),
    status: text({ enum: ['active', 'closed'] }).notNull(),
    created_by: text().notNull(),
    created_at: instant().notNull(),
    updated_at: instant().notNull(),
    closed_at: instant(),
    version: bigint({ mode: 'number' }).notNull(),
  },
  (t) => [
    primaryKey({ name: 'milestones_pkey', columns: [t.workspace_id, t.milestone_id] }),
    // A milestone lies in a project of its own group.
    foreignKey({
      name: 'milestones_project_fk',
      columns: [t.workspace_id, t.group_id, t.project_id],
      foreignColumns: [projects.workspace_id, projects.group_id, projects.project_id],
    }),
    index('milestones_group').on(t.workspace_id, t.group_id, t.created_at, t.milestone_id),
    index('milestones_project').on(t.workspace_id, t.project_id, t.created_at, t.milestone_id),
    check('milestones_status', sql`status in ('active', 'closed') and (status = 'closed') = (closed_at is not null)`),
    check('milestones_title', sql`length(title) between 1 and 200`),
    check('milestones_description', sql`length(description) <= 8192`),
    check('milestones_version', sql`version > 0`),
  ],
)

export const checkpoints = pgTable(
  'checkpoints',
  {
    workspace_id: workspaceId(),
    checkpoint_id: text().notNull(),
    milestone_id: text().notNull(),
    order: integer().notNull(),
    title: text().notNull(),
    description: text().notNull(),
    requires_consensus: boolean().notNull(),
    proposal_id: text(),
    git_branch_url: text(),
    git_pr_url: text(),
    git_commit_url: text(),
    note: text().notNull(),
    created_by: text().notNull(),
    completed_at: instant(),
    completed_by: text(),
    completed_seq: bigint({ mode: 'number' }),
    completed_session: text(),
  },
  (t) => [
    primaryKey({ name: 'checkpoints_pkey', columns: [t.workspace_id, t.checkpoint_id] }),
    foreignKey({
      name: 'checkpoints_milestone_fk',
      columns: [t.workspace_id, t.milestone_id],
      foreignColumns: [milestones.workspace_id, milestones.milestone_id],
    }),
    foreignKey({
      name: 'checkpoints_completed_by_fk',
      columns: [t.workspace_id, t.completed_by],
      foreignColumns: [principals.workspace_id, principals.principal_id],
    }),
    unique('checkpoints_order_key').on(t.workspace_id, t.milestone_id, t.order),
    check('checkpoints_order', sql`"order" between 1 and 500`),
    check('checkpoints_gate', sql`requires_consensus = (proposal_id is not null)`),
    check(
      'checkpoints_completed',
      sql`(completed_at is null) = (completed_by is null) and (completed_at is null) = (completed_seq is null)`,
    ),
    check('checkpoints_title', sql`length(title) between 1 and 200`),
    check('checkpoints_description', sql`length(description) <= 8192`),
    check('checkpoints_note', sql`length(note) <= 2000`),
    check('checkpoints_branch_url', httpUrl('git_branch_url')),
    check('checkpoints_pr_url', httpUrl('git_pr_url')),
    check('checkpoints_commit_url', httpUrl('git_commit_url')),
  ],
)

/** An edge lives on the dependent and holds the id of its target (D4), which it keeps from being deleted (C3). */
export const dependencies = pgTable(
  'dependencies',
  { workspace_id: workspaceId(), checkpoint_id: text().notNull(), depends_on_id: text().notNull() },
  (t) => [
    primaryKey({ name: 'dependencies_pkey', columns: [t.workspace_id, t.checkpoint_id, t.depends_on_id] }),
    foreignKey({
      name: 'dependencies_checkpoint_fk',
      columns: [t.workspace_id, t.checkpoint_id],
      foreignColumns: [checkpoints.workspace_id, checkpoints.checkpoint_id],
    }),
    foreignKey({
      name: 'dependencies_target_fk',
      columns: [t.workspace_id, t.depends_on_id],
      foreignColumns: [checkpoints.workspace_id, checkpoints.checkpoint_id],
    }),
    index('dependencies_target').on(t.workspace_id, t.depends_on_id),
    check('dependencies_not_itself', sql`checkpoint_id <> depends_on_id`),
  ],
)

export const proposals = pgTable(
  'proposals',
  {
    workspace_id: workspaceId(),
    proposal_id: text().notNull(),
    group_id: uuid().notNull(),
    checkpoint_id: text().notNull(),
    proposer_id: text().notNull(),
    status: text({ enum: ['open', 'finalized'] }).notNull(),
    round: integer().notNull(),
    threshold_met: boolean(),
    result: text(),
    created_at: instant().notNull(),
    finalized_at: instant(),
  },
  (t) => [
    primaryKey({ name: 'proposals_pkey', columns: [t.workspace_id, t.proposal_id] }),
    foreignKey({
      name: 'proposals_group_fk',
      columns: [t.workspace_id, t.group_id],
      foreignColumns: [groups.workspace_id, groups.group_id],
    }),
    foreignKey({
      name: 'proposals_checkpoint_fk',
      columns: [t.workspace_id, t.checkpoint_id],
      foreignColumns: [checkpoints.workspace_id, checkpoints.checkpoint_id],
    }),
    unique('proposals_checkpoint_key').on(t.workspace_id, t.checkpoint_id),
    check('proposals_status', sql`status in ('open', 'finalized') and (status = 'finalized') = (finalized_at is not null)`),
    check('proposals_result', sql`(status = 'finalized') = (threshold_met is not null)`),
    check('proposals_round', sql`round >= 1`),
  ],
)

/** The log: gapless from 1 (E1), append-only (E3). `batch` is the head that its transaction wrote, by which a lost commit is proven. */
export const events = pgTable(
  'events',
  {
    workspace_id: workspaceId(),
    seq: bigint({ mode: 'number' }).notNull(),
    type: text().notNull(),
    at: instant().notNull(),
    actor_id: text().notNull(),
    actor_type: text({ enum: ['user', 'agent_profile'] }).notNull(),
    key_id: text(),
    session_id: text(),
    via: text({ enum: ['rest', 'mcp', 'web', 'cli'] }).notNull(),
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
    index('events_milestone').on(t.workspace_id, t.milestone_id, t.seq),
    index('events_project').on(t.workspace_id, t.project_id, t.seq),
    check('events_seq', sql`seq >= 1`),
    check('events_via', sql`via in ('rest', 'mcp', 'web', 'cli')`),
  ],
)

/** What was done under an idempotency key (H4): enough to answer the same again, and nothing that was said. */
export const rememberedAnswers = pgTable(
  'remembered_answers',
  {
    workspace_id: workspaceId(),
    principal_id: text().notNull(),
    idempotency_key: text().notNull(),
    fingerprint: text().notNull(),
    seq: bigint({ mode: 'number' }).notNull(),
    changed: boolean().notNull(),
    scope: jsonb().$type<Record<string, string | null>>().notNull(),
    batch: text().notNull(),
    created_at: instant().notNull(),
  },
  (t) => [
    primaryKey({ name: 'remembered_answers_pkey', columns: [t.workspace_id, t.principal_id, t.idempotency_key] }),
    index('remembered_answers_age').on(t.created_at),
  ],
)
