import { DEFAULT_COLOR } from './color'
import type { Context } from './context'
import type { GitLinks } from './entities'
import { type EventDraft, NOWHERE, type Scope } from './events'
import { opening } from './gate'
import { assertProjectActive, getProjectFor } from './milestone'
import { numberingOf, type Reference, resolveTargets } from './reference'
import { DEFAULT_SLUG } from './slug'
import type { World } from './world'

type LinksGiven = { [K in keyof GitLinks]?: string | null | undefined }

/** A new checkpoint as a call describes it. */
export type CheckpointSpec = LinksGiven & {
  title: string
  description: string
  requires_consensus: boolean
  depends_on: readonly Reference[]
  order?: number | undefined
}

/** A new milestone as a call describes it. */
export type MilestoneSpec = {
  title: string
  description: string
  project_id?: string | null | undefined
  checkpoints: readonly CheckpointSpec[]
}

const DEFAULT_PROJECT = { title: 'General', description: '', slug: DEFAULT_SLUG, color: DEFAULT_COLOR, is_default: true }

/**
 * The events that create a milestone with its checkpoints, and the ids of what they make. The first milestone of a group that names no project
 * also creates the group's default project.
 */
export const planMilestone = (world: World, context: Context, group_id: string, spec: MilestoneSpec) => {
  const { ids } = context
  const project = projectFor(world, context, group_id, spec.project_id ?? null)
  const milestone_id = ids.newId('ms')
  const scope: Scope = { ...NOWHERE, group_id, project_id: project.project_id, milestone_id }
  const steps = inOrder(spec.checkpoints).map((step) => ({ step, id: ids.newId('cp') }))
  const numbering = numberingOf(steps.map(({ id }) => id))
  const added = steps.flatMap(({ step, id }, at) => {
    const depends_on = resolveTargets(world, context, { numbering, dependent: id, order: at + 1, standing: [] }, step.depends_on)
    return addition(world, context, { ...scope, checkpoint_id: id }, step, at + 1, depends_on, [])
  })
  const { title, description } = spec
  const events: EventDraft[] = [...project.events, { ...scope, type: 'milestone.created', data: { title, description } }, ...added]
  return { events, made: { project_id: project.project_id, milestone_id } }
}

/** The events that add a checkpoint. A gated checkpoint has an open proposal from the start (G1). */
export const addition = (
  world: World,
  context: Context,
  scope: Scope,
  step: CheckpointSpec,
  order: number,
  depends_on: string[],
  renumbers: string[],
): EventDraft[] => {
  const proposal_id = step.requires_consensus ? context.ids.newId('prop') : null
  const { title, description, requires_consensus } = step
  const links = {
    git_branch_url: step.git_branch_url ?? null,
    git_pr_url: step.git_pr_url ?? null,
    git_commit_url: step.git_commit_url ?? null,
  }
  const data = { title, description, requires_consensus, proposal_id, order, depends_on, ...links, renumbers }
  const opened: EventDraft[] = proposal_id ? [opening(world, context, scope, proposal_id)] : []
  return [{ ...scope, type: 'checkpoint.added', data }, ...opened]
}

const projectFor = (
  world: World,
  context: Context,
  group_id: string,
  wanted: string | null,
): { events: EventDraft[]; project_id: string } => {
  const known = wanted
    ? getProjectFor(world, context, group_id, wanted)
    : world.list('group', group_id, 'project').find(({ is_default }) => is_default)?.project_id
  if (known) {
    assertProjectActive(world, known)
    return { events: [], project_id: known }
  }
  const project_id = context.ids.newId('proj')
  return { events: [{ ...NOWHERE, group_id, project_id, type: 'project.created', data: DEFAULT_PROJECT }], project_id }
}

/** Whether none of the checkpoints has an explicit number, or all have one and the numbers are exactly 1..n. */
export const areNumbered = (steps: readonly { order?: number | undefined }[]): boolean => {
  const orders = steps.flatMap(({ order }) => order ?? []).sort((a, b) => a - b)
  return orders.length === 0 || (orders.length === steps.length && orders.every((order, at) => order === at + 1))
}

const inOrder = (steps: readonly CheckpointSpec[]): readonly CheckpointSpec[] => [...steps].sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
