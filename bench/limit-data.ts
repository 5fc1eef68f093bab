import { administer } from '@/lib/testing/administer'

/** The limits are measured on the app's tables, which plain SQL fills and changes without the app. */
export const LIMIT_MILESTONES = 1_000
export const CHECKPOINTS_EACH = 20
export const LIMIT_CHECKPOINTS = LIMIT_MILESTONES * CHECKPOINTS_EACH

const GROUP = '00000000-0000-4000-8000-000000000001'

const FILL = `
  insert into workspaces (workspace_id, name, seq, head, last_event_at) values ('main', 'Workspace', 0, 'start', now());
  insert into principals (workspace_id, principal_id, kind, name, email, instance_owner, created_at)
    values ('main', 'usr_1', 'user', 'Owner', '', true, now());
  insert into groups (workspace_id, group_id, name, slug, description, visibility, owner_id, created_at, updated_at)
    values ('main', '${GROUP}', 'Team', 'team', '', 'workspace', 'usr_1', now(), now());
  insert into projects (workspace_id, project_id, group_id, title, description, slug, color, status, is_default, milestone_count, created_by, created_at, updated_at)
    values ('main', 'proj_1', '${GROUP}', 'Project', '', 'project', '#3B82F6', 'active', false, ${LIMIT_MILESTONES}, 'usr_1', now(), now());
  insert into milestones (workspace_id, milestone_id, group_id, project_id, title, description, status, created_by, created_at, updated_at, version)
    select 'main', 'ms_' || m, '${GROUP}', 'proj_1', 'Milestone ' || m, '', 'active', 'usr_1', now(), now(), 1
    from generate_series(1, ${LIMIT_MILESTONES}) m;
  insert into checkpoints (workspace_id, checkpoint_id, milestone_id, "order", title, description, requires_consensus, note, created_by)
    select 'main', 'cp_' || (m - 1) * ${CHECKPOINTS_EACH} + o, 'ms_' || m, o, 'Step ' || o, '', false, '', 'usr_1'
    from generate_series(1, ${LIMIT_MILESTONES}) m, generate_series(1, ${CHECKPOINTS_EACH}) o;
  create sequence limit_seq start 1000000000;
  grant usage on sequence limit_seq to cairn_app;
  analyze`

export const fillLimit = async (ownerUrl: string): Promise<void> => void (await administer(ownerUrl, FILL))

const EVENT_COLUMNS =
  'workspace_id, seq, type, at, actor_id, actor_type, via, group_id, project_id, milestone_id, checkpoint_id, data, batch'
const event = (seq: string, milestone: string, checkpoint: string) =>
  `'main', ${seq}, 'checkpoint.completed', now(), 'usr_1', 'user', 'rest', '${GROUP}', 'proj_1', ${milestone}, ${checkpoint}, '{}', 'limit'`

export type Step = { sql: string /** The columns of the result become variables of the later steps. */; keep?: boolean }

/** The lane's statements for one completion that is not batched. `:checkpoint` and `:milestone` are chosen at random. */
export const LANE_STEPS: readonly Step[] = [
  { sql: 'begin' },
  { sql: `select pg_advisory_xact_lock(1818324581, hashtext('main'))` },
  {
    sql: `select seq as before, seq + 1 as after, greatest(clock_timestamp(), last_event_at)::text as moment from workspaces where workspace_id = 'main'`,
    keep: true,
  },
  {
    sql: `update checkpoints set completed_at = :moment::text::timestamptz, completed_by = 'usr_1', completed_seq = :after::text::bigint
      where workspace_id = 'main' and checkpoint_id = 'cp_' || :checkpoint::text`,
  },
  {
    sql: `update milestones set updated_at = :moment::text::timestamptz where workspace_id = 'main' and milestone_id = 'ms_' || :milestone::text`,
  },
  {
    sql: `insert into events (${EVENT_COLUMNS}) select ${event(':after::text::bigint', `'ms_' || :milestone::text`, `'cp_' || :checkpoint::text`)}`,
  },
  {
    sql: `update workspaces set seq = :after::text::bigint, last_event_at = :moment::text::timestamptz
      where workspace_id = 'main' and seq = :before::text::bigint`,
  },
  { sql: 'commit' },
]

/** A completion without lock, order or check, in one statement and one commit. */
export const ONE_STATEMENT = `with done as (
    update checkpoints set completed_at = now(), completed_by = 'usr_1', completed_seq = 1
    where workspace_id = 'main' and checkpoint_id = $1 returning checkpoint_id, milestone_id
  ) insert into events (${EVENT_COLUMNS}) select ${event(`nextval('limit_seq')`, 'milestone_id', 'checkpoint_id')} from done`

/** Creates a milestone of $2 checkpoints in a chain. $1 must be new each time. */
export const CREATE_STATEMENT = `with made as (
    insert into milestones (workspace_id, milestone_id, group_id, project_id, title, description, status, created_by, created_at, updated_at, version)
    values ('main', 'ms_' || $1::text, '${GROUP}', 'proj_1', 'Milestone', '', 'active', 'usr_1', now(), now(), 1)
  ), steps as (
    insert into checkpoints (workspace_id, checkpoint_id, milestone_id, "order", title, description, requires_consensus, note, created_by)
    select 'main', 'cp_' || $1::text || '_' || o, 'ms_' || $1::text, o, 'Step ' || o, '', false, '', 'usr_1' from generate_series(1, $2::int) o
  ), edges as (
    insert into dependencies (workspace_id, checkpoint_id, depends_on_id)
    select 'main', 'cp_' || $1::text || '_' || o, 'cp_' || $1::text || '_' || o - 1 from generate_series(2, $2::int) o
  ) insert into events (${EVENT_COLUMNS}) select ${event(`nextval('limit_seq')`, `'ms_' || $1::text`, 'null')}`

/** Reads a milestone with its checkpoints and the ids that they depend on, as one JSON text. */
export const READ_STATEMENT = `select json_build_object('milestone', to_json(m), 'checkpoints', (
    select json_agg(to_json(c)::jsonb || jsonb_build_object('depends_on', array(
      select d.depends_on_id from dependencies d where d.workspace_id = c.workspace_id and d.checkpoint_id = c.checkpoint_id)) order by c."order")
    from checkpoints c where c.workspace_id = m.workspace_id and c.milestone_id = m.milestone_id))::text as body
  from milestones m where m.workspace_id = 'main' and m.milestone_id = $1`
