import { assertMay, type Caller, maySeeFaces } from '../access'
import { faceOf, needForFaces } from '../blocking'
import type { Checkpoint, Project } from '../entities'
import { DomainError } from '../errors'
import { groupOf, milestoneOf } from '../resolve'
import type * as Wire from '../schemas/graph'
import type { World } from '../world'
import { viewGroup } from './group'
import { viewMilestone } from './milestone'
import { viewProject } from './project'
import type { View } from './view'

/** Milestones of one project with all edges that touch them; what lies outside of them is told by its face. */
export const viewGraph = (world: World, project: Project, milestone_ids: readonly string[], view: View): Wire.Graph => {
  world.need([
    ...milestone_ids.map((id) => ({ kind: 'checkpoints' as const, id })),
    ...milestone_ids.map((id) => ({ kind: 'milestone' as const, id })),
  ])
  const drawn = milestone_ids.flatMap((id) => world.checkpoints(id))
  world.need(drawn.map(({ checkpoint_id }) => ({ kind: 'dependents', id: checkpoint_id })))
  needForFaces(
    world,
    drawn.flatMap(({ checkpoint_id }) => world.dependents(checkpoint_id)),
  )
  const inside = new Set(drawn.map(({ checkpoint_id }) => checkpoint_id))
  const outside = new Map<string, Checkpoint>()
  const edges: Wire.GraphEdge[] = []
  for (const checkpoint of drawn) {
    for (const from of checkpoint.depends_on) {
      edges.push({ from, to: checkpoint.checkpoint_id })
      const target = inside.has(from) ? null : world.find('checkpoint', from)
      if (target) outside.set(from, target)
    }
    for (const dependent of world.dependents(checkpoint.checkpoint_id)) {
      if (inside.has(dependent.checkpoint_id) || !isShown(world, view.caller, dependent)) continue
      edges.push({ from: checkpoint.checkpoint_id, to: dependent.checkpoint_id })
      outside.set(dependent.checkpoint_id, dependent)
    }
  }
  const { caller, origin } = view
  return {
    group: viewGroup(world, project.group_id, view),
    project: viewProject(project, origin),
    milestones: milestone_ids.map((id) => viewMilestone(world, id, view)),
    neighbours: [...outside.values()].map((checkpoint) => neighbour(world, caller, checkpoint)),
    edges,
    may: {
      write: may(world, caller, project, 'milestones:write'),
      complete: may(world, caller, project, 'milestones:complete'),
      relax: may(world, caller, project, 'milestones:relax'),
    },
  }
}

/** That somebody in a private group waits for us is theirs to tell. */
const isShown = (world: World, caller: Caller, checkpoint: Checkpoint): boolean =>
  maySeeFaces(world, caller, groupOf(world, milestoneOf(world, checkpoint.milestone_id).group_id))

const neighbour = (world: World, caller: Caller, checkpoint: Checkpoint): Wire.Neighbour => {
  const { held_by_name: _, ...face } = faceOf(world, caller, '', checkpoint)
  const shown = !face.private
  return { ...face, milestone_id: shown ? checkpoint.milestone_id : null, order: shown ? checkpoint.order : null }
}

const may = (world: World, caller: Caller, { group_id }: Project, need: Parameters<typeof assertMay>[2]): boolean => {
  try {
    assertMay(world, caller, need, groupOf(world, group_id), true)
    return true
  } catch (error) {
    if (error instanceof DomainError) return false
    throw error
  }
}
