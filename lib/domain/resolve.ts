import { mayRead } from './access'
import type { Context } from './context'
import type { Checkpoint, Group, Milestone, Project, Proposal } from './entities'
import { notFound } from './errors'
import type { Scope } from './events'
import { isUuid } from './ids'
import { mayKnowProject, reaches } from './reach'
import type { World } from './world'

// These functions find the entities that a call names. An entity that the caller may not read is refused like one that does not exist.

/** The number of a checkpoint, written as text. */
export const CHECKPOINT_NUMBER = /^[1-9][0-9]{0,5}$/

export const findGroupBySlug = (world: World, slug: string): Group | null => world.list('group_slug', slug, 'group')[0] ?? null

/** A group by its id or slug, whoever may read it, or null. */
export const findAnyGroup = (world: World, reference: string): Group | null =>
  isUuid(reference.toLowerCase()) ? world.find('group', reference.toLowerCase()) : findGroupBySlug(world, reference)

/** Finds a group by id or by slug. @throws not_found */
export const getGroup = (world: World, context: Context, reference: string): Group => {
  const group = findAnyGroup(world, reference)
  if (!group || !mayRead(world, context, group)) throw notFound('group')
  return group
}

/** @throws not_found */
export const getProject = (world: World, context: Context, project_id: string): Project => {
  const project = world.find('project', project_id)
  const group = project && world.find('group', project.group_id)
  if (!group || !mayRead(world, context, group) || !mayKnowProject(world, context.caller, project)) throw notFound('project')
  return project
}

/** @throws not_found */
export const getMilestone = (world: World, context: Context, milestone_id: string): Milestone => {
  const milestone = findMilestone(world, context, milestone_id)
  if (!milestone) throw notFound('milestone')
  return milestone
}

/** The milestone if it is there, and the caller may read it and reaches it. */
export const findMilestone = (world: World, context: Context, milestone_id: string): Milestone | null => {
  const milestone = world.find('milestone', milestone_id)
  const group = milestone && world.find('group', milestone.group_id)
  return group && mayRead(world, context, group) && reaches(context.caller, milestone) ? milestone : null
}

/** Finds a checkpoint of a milestone by number or by id. @throws not_found */
export const getCheckpoint = (world: World, context: Context, address: { milestone_id: string; order: string | number }) => {
  const milestone = getMilestone(world, context, address.milestone_id)
  const reference = String(address.order)
  const checkpoint = CHECKPOINT_NUMBER.test(reference)
    ? world.checkpoints(milestone.milestone_id)[Number(reference) - 1]
    : world.findIn('checkpoints', milestone.milestone_id, 'checkpoint', reference)
  if (!checkpoint) throw notFound('checkpoint')
  return { milestone, checkpoint }
}

/** Finds a checkpoint by its id, in whichever milestone it is. @throws not_found */
export const getCheckpointById = (world: World, context: Context, checkpoint_id: string): Checkpoint => {
  const checkpoint = world.find('checkpoint', checkpoint_id)
  const group = checkpoint && groupAround(world, checkpoint)
  if (!group || !mayRead(world, context, group) || !reaches(context.caller, checkpoint)) throw notFound('checkpoint')
  return checkpoint
}

/** Finds a proposal. One that gates a checkpoint is found by whoever finds the checkpoint. @throws not_found */
export const getProposal = (world: World, context: Context, proposal_id: string): Proposal => {
  const proposal = world.find('proposal', proposal_id)
  const group = proposal && world.find('group', proposal.group_id)
  const checkpoint = proposal?.checkpoint_id ? world.find('checkpoint', proposal.checkpoint_id) : null
  if (!group || !mayRead(world, context, group) || (checkpoint && !reaches(context.caller, checkpoint))) throw notFound('proposal')
  return proposal
}

export const scopeOfGroup = ({ group_id }: Group): Scope => ({ group_id, project_id: null, milestone_id: null, checkpoint_id: null })

export const scopeOfProject = ({ group_id, project_id }: Project): Scope => ({
  group_id,
  project_id,
  milestone_id: null,
  checkpoint_id: null,
})

export const scopeOfMilestone = ({ group_id, project_id, milestone_id }: Milestone): Scope => ({
  group_id,
  project_id,
  milestone_id,
  checkpoint_id: null,
})

export const scopeOfCheckpoint = (milestone: Milestone, { checkpoint_id }: Checkpoint): Scope => ({
  ...scopeOfMilestone(milestone),
  checkpoint_id,
})

/** A milestone that the world must have, because something refers to it. */
export const milestoneOf = (world: World, milestone_id: string): Milestone => {
  const milestone = world.find('milestone', milestone_id)
  if (!milestone) throw new Error(`milestone ${milestone_id} is missing, although an entity refers to it`)
  return milestone
}

export const groupOf = (world: World, group_id: string): Group => {
  const group = world.find('group', group_id)
  if (!group) throw new Error(`group ${group_id} is missing, although an entity refers to it`)
  return group
}

/** The group in which a checkpoint is. */
export const groupAround = (world: World, { milestone_id }: Checkpoint): Group => groupOf(world, milestoneOf(world, milestone_id).group_id)

/** A project that the world must have, because something refers to it. */
export const projectOf = (world: World, project_id: string): Project => {
  const project = world.find('project', project_id)
  if (!project) throw new Error(`project ${project_id} is missing, although an entity refers to it`)
  return project
}
