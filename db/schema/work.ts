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
import { COLOR_SHAPE } from '../../lib/domain/color'
import type { Runoff, Tally } from '../../lib/domain/counting'
import type { Failure } from '../../lib/domain/entities'
import { VIAS } from '../../lib/domain/events'
import { LIMITS } from '../../lib/domain/limits'
import { instant, lengthCheck, slugCheck, workspaceId } from './columns'
import { groups, principals } from './people'

const httpUrl = (column: string) => sql.raw(`"${column}" is null or ("${column}" ~* '^https?://' and length("${column}") <= ${LIMITS.url})`)

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
    check('projects_slug', slugCheck),
    check('projects_color', sql.raw(`color ~ '${COLOR_SHAPE.source}'`)),
    check('projects_milestone_count', sql`milestone_count >= 0`),
    check('projects_title', lengthCheck('title', LIMITS.title, 1)),
    check('projects_description', lengthCheck('description', LIMITS.description)),
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
    // A milestone's project must belong to the milestone's group.
    foreignKey({
      name: 'milestones_project_fk',
      columns: [t.workspace_id, t.group_id, t.project_id],
      foreignColumns: [projects.workspace_id, projects.group_id, projects.project_id],
    }),
    index('milestones_group').on(t.group_id, t.created_at, t.milestone_id, t.workspace_id),
    index('milestones_project').on(t.project_id, t.created_at, t.milestone_id, t.workspace_id),
    check('milestones_status', sql`status in ('active', 'closed') and (status = 'closed') = (closed_at is not null)`),
    check('milestones_title', lengthCheck('title', LIMITS.title, 1)),
    check('milestones_description', lengthCheck('description', LIMITS.description)),
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
    completed_for: text(),
    claim_id: text(),
    claimed_by: text(),
    claim_session: text(),
    claimed_for: text(),
    claim_via: text({ enum: VIAS }),
    claimed_at: instant(),
    claim_expires_at: instant(),
    attempts: integer().notNull().default(0),
    failures: integer().notNull().default(0),
    last_failure: jsonb().$type<Failure>(),
    last_done_by: text(),
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
    foreignKey({
      name: 'checkpoints_claimed_by_fk',
      columns: [t.workspace_id, t.claimed_by],
      foreignColumns: [principals.workspace_id, principals.principal_id],
    }),
    unique('checkpoints_order_key').on(t.milestone_id, t.order, t.workspace_id),
    check('checkpoints_order', sql.raw(`"order" between 1 and ${LIMITS.checkpoints_per_milestone}`)),
    check('checkpoints_gate', sql`requires_consensus = (proposal_id is not null)`),
    check(
      'checkpoints_completed',
      sql`(completed_at is null) = (completed_by is null) and (completed_at is null) = (completed_seq is null)`,
    ),
    check(
      'checkpoints_claim',
      sql`num_nulls(claim_id, claimed_by, claim_via, claimed_at, claim_expires_at) in (0, 5) and (claim_id is null or (completed_at is null and attempts > 0))`,
    ),
    check(
      'checkpoints_attempts',
      sql`failures between 0 and attempts and (failures = 0 or (last_failure is not null and completed_at is null))`,
    ),
    check('checkpoints_title', lengthCheck('title', LIMITS.title, 1)),
    check('checkpoints_description', lengthCheck('description', LIMITS.description)),
    check('checkpoints_note', lengthCheck('note', LIMITS.remark)),
    check('checkpoints_branch_url', httpUrl('git_branch_url')),
    check('checkpoints_pr_url', httpUrl('git_pr_url')),
    check('checkpoints_commit_url', httpUrl('git_commit_url')),
  ],
)

/**
 * `checkpoint_id` depends on `depends_on_id`, which is an id and not a number (D4). Both exist, and a target is not deleted (C3): triggers on this table
 * and on checkpoints check that once per statement, because foreign keys check each row (docs/decisions/007-edges-without-foreign-keys.md).
 */
export const dependencies = pgTable(
  'dependencies',
  { workspace_id: workspaceId(), checkpoint_id: text().notNull(), depends_on_id: text().notNull() },
  (t) => [
    primaryKey({ name: 'dependencies_pkey', columns: [t.workspace_id, t.checkpoint_id, t.depends_on_id] }),
    index('dependencies_target').on(t.depends_on_id, t.workspace_id),
    check('dependencies_not_itself', sql`checkpoint_id <> depends_on_id`),
  ],
)

export const proposals = pgTable(
  'proposals',
  {
    workspace_id: workspaceId(),
    proposal_id: text().notNull(),
    group_id: uuid().notNull(),
    checkpoint_id: text(),
    title: text().notNull().default(''),
    description: text().notNull().default(''),
    proposer_id: text().notNull(),
    voting_type: text({ enum: ['yes_no', 'single', 'ranked'] })
      .notNull()
      .default('yes_no'),
    threshold_type: text({ enum: ['majority', 'two_thirds', 'unanimous', 'quorum'] })
      .notNull()
      .default('majority'),
    options: jsonb().$type<readonly string[]>().notNull().default([]),
    deadline: instant(),
    status: text({ enum: ['open', 'finalized'] }).notNull(),
    round: integer().notNull(),
    round_started_at: instant(),
    round_reason: text().notNull().default(''),
    voters: text({ enum: ['everyone', 'people'] })
      .notNull()
      .default('everyone'),
    no_self_approval: boolean().notNull().default(true),
    auto_finalize: boolean().notNull().default(false),
    threshold_met: boolean(),
    result: text(),
    tally: jsonb().$type<Tally>(),
    runoff: jsonb().$type<readonly Runoff[]>().notNull().default([]),
    eligible: integer(),
    uncounted: jsonb().$type<readonly string[]>().notNull().default([]),
    sealed_by: text(),
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
    unique('proposals_checkpoint_key').on(t.checkpoint_id, t.workspace_id),
    index('proposals_group').on(t.group_id, t.status, t.created_at, t.proposal_id, t.workspace_id),
    check('proposals_status', sql`status in ('open', 'finalized') and (status = 'finalized') = (finalized_at is not null)`),
    check('proposals_result', sql`(status = 'finalized') = (threshold_met is not null)`),
    check('proposals_round', sql`round >= 1`),
    check('proposals_voting_type', sql`voting_type in ('yes_no', 'single', 'ranked')`),
    check('proposals_threshold', sql`threshold_type in ('majority', 'two_thirds', 'unanimous', 'quorum')`),
    check('proposals_gate', sql`checkpoint_id is null or (voting_type = 'yes_no' and threshold_type <> 'quorum')`),
    check('proposals_title', lengthCheck('title', LIMITS.title)),
  ],
)

/** Who may vote on a gate, in its present round. */
export const proposalVoters = pgTable(
  'proposal_voters',
  { workspace_id: workspaceId(), proposal_id: text().notNull(), voter_id: text().notNull() },
  (t) => [
    primaryKey({ name: 'proposal_voters_pkey', columns: [t.workspace_id, t.proposal_id, t.voter_id] }),
    index('proposal_voters_voter').on(t.voter_id, t.workspace_id),
  ],
)

export const ballots = pgTable(
  'ballots',
  {
    workspace_id: workspaceId(),
    proposal_id: text().notNull(),
    round: integer().notNull(),
    voter_id: text().notNull(),
    vote: text().notNull(),
    comment: text().notNull(),
    voted_at: instant().notNull(),
    voted_for: text(),
  },
  (t) => [
    primaryKey({ name: 'ballots_pkey', columns: [t.workspace_id, t.proposal_id, t.round, t.voter_id] }),
    foreignKey({
      name: 'ballots_proposal_fk',
      columns: [t.workspace_id, t.proposal_id],
      foreignColumns: [proposals.workspace_id, proposals.proposal_id],
    }),
    foreignKey({
      name: 'ballots_voter_fk',
      columns: [t.workspace_id, t.voter_id],
      foreignColumns: [principals.workspace_id, principals.principal_id],
    }),
    check('ballots_round', sql`round >= 1`),
  ],
)
