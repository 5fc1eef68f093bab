import { and, asc, desc, eq, getTableColumns, gt, type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Caller } from '@/lib/domain/access'
import { invalid } from '@/lib/domain/errors'
import type { MilestoneStatus } from '@/lib/domain/schemas/milestone'
import type { ProjectStatus } from '@/lib/domain/schemas/project'
import type { Snapshot } from './read'
import { events } from './schema/log'
import { groups, members, principals } from './schema/people'
import { checkpoints, milestones, projects } from './schema/plan'

// Lists: plain SQL on the snapshot of a read. What one may see of a list is judged here in SQL by the same rule as lib/domain/access.ts: mayRead.

const on = ({ client }: Snapshot) => drizzle(client)

/** Whether the caller may read the group that a column names. */
const readable = ({ workspace_id }: Snapshot, { principal, key }: Caller, group_id: PgColumn): SQL | undefined => {
  const visible = sql`exists (select from ${groups} g where g.workspace_id = ${workspace_id} and g.group_id = ${group_id} and (g.visibility = 'workspace'
    or exists (select from ${members} m where m.workspace_id = ${workspace_id} and m.group_id = g.group_id and m.principal_id = ${principal.principal_id})))`
  return key?.group_id ? and(eq(group_id, key.group_id), visible) : visible
}

export const listReadableGroups = async (snapshot: Snapshot, caller: Caller, slug?: string): Promise<string[]> => {
  const rows = await on(snapshot)
    .select({ group_id: groups.group_id })
    .from(groups)
    .where(
      and(
        eq(groups.workspace_id, snapshot.workspace_id),
        readable(snapshot, caller, groups.group_id),
        slug === undefined ? undefined : eq(groups.slug, slug),
      ),
    )
    .orderBy(asc(groups.created_at), asc(groups.group_id))
  return rows.map(({ group_id }) => group_id)
}

export const listMembers = (snapshot: Snapshot, group_id: string) =>
  on(snapshot)
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
    .where(and(eq(members.workspace_id, snapshot.workspace_id), eq(members.group_id, group_id)))
    .orderBy(asc(members.joined_at), asc(members.principal_id))

/** Where a page ended, opaque to the caller: the creation time and the id of its last row. */
const cursorOf = (created_at: string, id: string): string => Buffer.from(JSON.stringify([created_at, id])).toString('base64url')

/** A time as we write it, and as PostgreSQL reads it. */
const isInstant = (text: string) => /^[1-9]\d{3}-/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text

const positionOf = (cursor: string): { created_at: string; id: string } => {
  try {
    const [created_at, id]: unknown[] = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (typeof created_at === 'string' && typeof id === 'string' && isInstant(created_at) && !id.includes('\0')) return { created_at, id }
  } catch {}
  throw invalid('cursor', 'is not a next_cursor of this list')
}

type Page = { limit: number; cursor?: string | undefined }

const pageOf = <T extends { created_at: string }>(rows: T[], { limit }: Page, id: (row: T) => string) => {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { rows: shown, next_cursor: rows.length > limit && last ? cursorOf(last.created_at, id(last)) : null }
}

const beyond = (created_at: PgColumn, id: PgColumn, cursor: string | undefined, direction: '<' | '>'): SQL | undefined => {
  if (cursor === undefined) return undefined
  const position = positionOf(cursor)
  return sql`(${created_at}, ${id}) ${sql.raw(direction)} (${position.created_at}::timestamptz, ${position.id})`
}

/** The projects of a group, oldest first. */
export const listProjects = async (snapshot: Snapshot, group_id: string, page: Page & { status?: ProjectStatus | undefined }) => {
  const { workspace_id: _, ...columns } = getTableColumns(projects)
  const rows = await on(snapshot)
    .select(columns)
    .from(projects)
    .where(
      and(
        eq(projects.workspace_id, snapshot.workspace_id),
        eq(projects.group_id, group_id),
        page.status && eq(projects.status, page.status),
        beyond(projects.created_at, projects.project_id, page.cursor, '>'),
      ),
    )
    .orderBy(asc(projects.created_at), asc(projects.project_id))
    .limit(page.limit + 1)
  return pageOf(rows, page, ({ project_id }) => project_id)
}

type MilestoneFilter = { group_id?: string; project_id?: string; status?: MilestoneStatus | undefined }

/** Milestones, newest first, each with how many checkpoints it has and how many are completed. */
export const listMilestones = async (snapshot: Snapshot, filter: MilestoneFilter, page: Page) => {
  const { workspace_id: _, ...columns } = getTableColumns(milestones)
  const mine = sql`from ${checkpoints} c where c.workspace_id = ${milestones.workspace_id} and c.milestone_id = ${milestones.milestone_id}`
  const rows = await on(snapshot)
    .select({
      ...columns,
      total: sql<number>`(select count(*)::int ${mine})`,
      completed: sql<number>`(select count(c.completed_at)::int ${mine})`,
    })
    .from(milestones)
    .where(
      and(
        eq(milestones.workspace_id, snapshot.workspace_id),
        filter.group_id === undefined ? undefined : eq(milestones.group_id, filter.group_id),
        filter.project_id === undefined ? undefined : eq(milestones.project_id, filter.project_id),
        filter.status && eq(milestones.status, filter.status),
        beyond(milestones.created_at, milestones.milestone_id, page.cursor, '<'),
      ),
    )
    .orderBy(desc(milestones.created_at), desc(milestones.milestone_id))
    .limit(page.limit + 1)
  return pageOf(rows, page, ({ milestone_id }) => milestone_id)
}

/** The ids of a project's milestones, oldest first. */
export const listMilestoneIds = async (snapshot: Snapshot, project_id: string): Promise<string[]> => {
  const rows = await on(snapshot)
    .select({ milestone_id: milestones.milestone_id })
    .from(milestones)
    .where(and(eq(milestones.workspace_id, snapshot.workspace_id), eq(milestones.project_id, project_id)))
    .orderBy(asc(milestones.created_at), asc(milestones.milestone_id))
  return rows.map(({ milestone_id }) => milestone_id)
}

type EventFilter = {
  after: number
  limit: number
  group_id?: string | undefined
  project_id?: string | undefined
  milestone_id?: string | undefined
}

/** The events after a seq that the caller may read, in order. The instance's owner, outside a group's key, reads those of no group and of private groups too. */
export const listEvents = (snapshot: Snapshot, caller: Caller, filter: EventFilter) => {
  const { workspace_id: _w, batch: _b, key_id: _k, ...columns } = getTableColumns(events)
  const whole = caller.principal.instance_owner && !caller.key?.group_id
  return on(snapshot)
    .select({ ...columns, actor_name: principals.name })
    .from(events)
    .innerJoin(principals, and(eq(principals.workspace_id, events.workspace_id), eq(principals.principal_id, events.actor_id)))
    .where(
      and(
        eq(events.workspace_id, snapshot.workspace_id),
        gt(events.seq, filter.after),
        whole ? undefined : readable(snapshot, caller, events.group_id),
        filter.group_id === undefined ? undefined : eq(events.group_id, filter.group_id),
        filter.project_id === undefined ? undefined : eq(events.project_id, filter.project_id),
        filter.milestone_id === undefined ? undefined : eq(events.milestone_id, filter.milestone_id),
      ),
    )
    .orderBy(asc(events.seq))
    .limit(filter.limit)
}
