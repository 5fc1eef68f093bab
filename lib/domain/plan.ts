import type { Caller } from './access'
import type { GitLinks } from './entities'
import { type EventDraft, NOWHERE, type Scope } from './events'
import { newId } from './ids'
import { assertProjectActive, getProjectFor } from './milestone'
import { findReferenced, invalidDependency, type Reference } from './resolve'
import type { World } from './world'

type LinksGiven = { [K in keyof GitLinks]?: string | null | undefined }

export type CheckpointPlan = LinksGiven & {
  title: string
  description: string
  requires_consensus: boolean
  depends_on: readonly Reference[]
  order?: number | undefined
}

export type MilestonePlan = {
  title: string
  description: string
  project_id?: string | null | undefined
  checkpoints: readonly CheckpointPlan[]
}

/** Reserved for the project that a group gets with the first milestone that names none. */
export const DEFAULT_SLUG = 'general'

const DEFAULT_PROJECT = { title: 'General', description: '', slug: DEFAULT_SLUG, color: '#64748B', is_default: true }

/** What creating a milestone with its checkpoints writes; the group's default project is made with the first milestone that names none. */
export const planMilestone = (world: World, caller: Caller, group_id: string, plan: MilestonePlan): EventDraft[] => {
  const { drafts, project_id } = projectFor(world, group_id, plan.project_id ?? null)
  const scope: Scope = { ...NOWHERE, group_id, project_id, milestone_id: newId('ms') }
  const steps = inOrder(plan.checkpoints).map((step) => ({ step, id: newId('cp') }))
  const added = steps.flatMap(({ step, id }, at) => {
    const depends_on = resolvePlanned(
      world,
      caller,
      steps.map((other) => other.id),
      at + 1,
      step.depends_on,
    )
    return addition({ ...scope, checkpoint_id: id }, step, at + 1, depends_on, [])
  })
  const { title, description } = plan
  return [...drafts, { ...scope, type: 'milestone.created', data: { title, description } }, ...added]
}

/** A checkpoint's event, and the vote that a gated one has from the moment it exists (G1). */
export const addition = (scope: Scope, step: CheckpointPlan, order: number, depends_on: string[], renumbers: string[]): EventDraft[] => {
  const proposal_id = step.requires_consensus ? newId('prop') : null
  const { title, description, requires_consensus } = step
  const links = {
    git_branch_url: step.git_branch_url ?? null,
    git_pr_url: step.git_pr_url ?? null,
    git_commit_url: step.git_commit_url ?? null,
  }
  const data = { title, description, requires_consensus, proposal_id, order, depends_on, ...links, renumbers }
  const opened: EventDraft[] = proposal_id ? [{ ...scope, type: 'proposal.opened', data: { proposal_id } }] : []
  return [{ ...scope, type: 'checkpoint.added', data }, ...opened]
}

const projectFor = (world: World, group_id: string, wanted: string | null): { drafts: EventDraft[]; project_id: string } => {
  const known = wanted ? getProjectFor(world, group_id, wanted) : world.projects(group_id).find(({ is_default }) => is_default)?.project_id
  if (known) {
    assertProjectActive(world, known)
    return { drafts: [], project_id: known }
  }
  const project_id = newId('proj')
  return { drafts: [{ ...NOWHERE, group_id, project_id, type: 'project.created', data: DEFAULT_PROJECT }], project_id }
}

/** Whether explicit numbers are given for none, or for all and are exactly 1..n. */
export const areNumbered = (steps: readonly { order?: number | undefined }[]): boolean => {
  const orders = steps.flatMap(({ order }) => order ?? []).sort((a, b) => a - b)
  return orders.length === 0 || (orders.length === steps.length && orders.every((order, at) => order === at + 1))
}

const inOrder = (steps: readonly CheckpointPlan[]): readonly CheckpointPlan[] => [...steps].sort((a, b) => (a.order ?? 0) - (b.order ?? 0))

/** D3, D4: numbers mean the checkpoints of this very plan; anything else is a checkpoint that exists. */
const resolvePlanned = (
  world: World,
  caller: Caller,
  ids: readonly string[],
  order: number,
  references: readonly Reference[],
): string[] => {
  const targets = references.map((reference) => {
    if (typeof reference === 'string') return findReferenced(world, caller, reference)?.checkpoint_id ?? refuse(reference, 'missing')
    if (reference === order) return refuse(reference, 'itself')
    if (reference > order && reference <= ids.length) return refuse(reference, 'later')
    return ids[reference - 1] ?? refuse(reference, 'missing')
  })
  return [...new Set(targets)]
}

const REASONS = {
  missing: 'there is no such checkpoint, or you may not depend on it.',
  itself: 'a checkpoint cannot depend on itself.',
  later: 'inside a milestone a dependency points to a lower number.',
}

const refuse = (reference: Reference, why: keyof typeof REASONS): never => {
  throw invalidDependency(reference, REASONS[why])
}
