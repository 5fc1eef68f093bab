import { type Caller, mayRead, maySeeFaces } from './access'
import type { Checkpoint, Group, Milestone, Project } from './entities'
import { DomainError, notFound } from './errors'
import type { Scope } from './events'
import { isUuid } from './ids'
import type { World } from './world'

// From what a call names to what it means. What the caller may not read does not exist: the refusal is the same.

const NUMBER = /^[1-9][0-9]{0,5}$/

/** By id or by slug. @throws not_found */
export const getGroup = (world: World, caller: Caller, reference: string): Group => {
  const group = isUuid(reference.toLowerCase()) ? world.find('group', reference.toLowerCase()) : world.findGroupBySlug(reference)
  if (!group || !mayRead(world, caller, group)) throw notFound('group')
  return group
}

/** @throws not_found */
export const getProject = (world: World, caller: Caller, project_id: string): Project => {
  const project = world.find('project', project_id)
  const group = project && world.find('group', project.group_id)
  if (!group || !mayRead(world, caller, group)) throw notFound('project')
  return project
}

/** @throws not_found */
export const getMilestone = (world: World, caller: Caller, milestone_id: string): Milestone => {
  const milestone = world.find('milestone', milestone_id)
  const group = milestone && world.find('group', milestone.group_id)
  if (!group || !mayRead(world, caller, group)) throw notFound('milestone')
  return milestone
}

/** By number or by id, within a milestone. @throws not_found */
export const getCheckpoint = (world: World, caller: Caller, address: { milestone_id: string; order: string | number }) => {
  const milestone = getMilestone(world, caller, address.milestone_id)
  const reference = String(address.order)
  const checkpoint = NUMBER.test(reference)
    ? world.checkpoints(milestone.milestone_id)[Number(reference) - 1]
    : world.checkpoints(milestone.milestone_id).find(({ checkpoint_id }) => checkpoint_id === reference)
  if (!checkpoint) throw notFound('checkpoint')
  return { milestone, checkpoint }
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

/** An id that the scope of an operation has, because the operation is about such a thing. */
export const idIn = (scope: Scope, id: keyof Scope): string => {
  const value = scope[id]
  if (value === null) throw new Error(`the operation has no ${id}`)
  return value
}

/** A milestone that the world must have, because something refers to it. */
export const milestoneOf = (world: World, milestone_id: string): Milestone => {
  const milestone = world.find('milestone', milestone_id)
  if (!milestone) throw new Error(`milestone ${milestone_id} is referred to and missing`)
  return milestone
}

export const groupOf = (world: World, group_id: string): Group => {
  const group = world.find('group', group_id)
  if (!group) throw new Error(`group ${group_id} is referred to and missing`)
  return group
}

/** The checkpoints that one waits for: all of them exist, since an edge keeps its target from being deleted (C3). */
export const dependenciesOf = (world: World, { depends_on }: Checkpoint): Checkpoint[] => {
  world.need(depends_on.map((id) => ({ kind: 'checkpoint', id })))
  return depends_on.map((id) => {
    const target = world.find('checkpoint', id)
    if (!target) throw new Error(`checkpoint ${id} is depended on and missing`)
    return target
  })
}

export type Reference = number | string

/** How one checkpoint is called from inside a milestone by this reader: `2`, `ms_x:3`, or `cp_…` where the reader may not see it. */
export const refTo = (world: World, caller: Caller, from_milestone_id: string, target: Checkpoint): Reference => {
  if (target.milestone_id === from_milestone_id) return target.order
  const { group_id } = milestoneOf(world, target.milestone_id)
  if (!maySeeFaces(world, caller, groupOf(world, group_id))) return target.checkpoint_id
  return `${target.milestone_id}:${target.order}`
}

const CROSS = /^([^:]+):([1-9][0-9]{0,5})$/

/**
 * `null` where a reference from another milestone names nothing that the caller may depend on. What is depended on already (`standing`)
 * may stay: it is given back as it was shown, by its id.
 */
export const findReferenced = (world: World, caller: Caller, reference: string, standing: readonly string[] = []): Checkpoint | null => {
  if (standing.includes(reference)) return world.find('checkpoint', reference)
  const cross = CROSS.exec(reference)
  const milestone = cross?.[1] ? world.find('milestone', cross[1]) : null
  const target = cross
    ? milestone
      ? world.checkpoints(milestone.milestone_id)[Number(cross[2]) - 1]
      : null
    : world.find('checkpoint', reference)
  if (!target) return null
  const { group_id } = milestoneOf(world, target.milestone_id)
  return maySeeFaces(world, caller, groupOf(world, group_id)) ? target : null
}

export const invalidDependency = (reference: Reference, why: string) =>
  new DomainError('invalid_dependency', `It cannot depend on ${reference}: ${why}`, { depends_on: reference, reason: why })
