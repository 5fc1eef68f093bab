import { mayChange } from '../access'
import type { Context } from '../context'
import type { Checkpoint, Project } from '../entities'
import { faceOf, maySeeDependent, needForFaces } from '../face'
import { groupOf } from '../resolve'
import type * as Wire from '../schemas/graph'
import type { World } from '../world'
import { viewGroup } from './group'
import { viewMilestone } from './milestone'
import { viewProject } from './project'

/** Milestones of one project with all edges that touch them. Of a checkpoint outside these milestones, only the face is shown. */
export const viewGraph = (world: World, project: Project, milestone_ids: readonly string[], context: Context): Wire.Graph => {
  world.need([
    ...milestone_ids.map((id) => ({ kind: 'checkpoints' as const, id })),
    ...milestone_ids.map((id) => ({ kind: 'milestone' as const, id })),
  ])
  const drawn = milestone_ids.flatMap((id) => world.checkpoints(id))
  world.need(drawn.map(({ checkpoint_id }) => ({ kind: 'dependents', id: checkpoint_id })))
  const inside = new Set(drawn.map(({ checkpoint_id }) => checkpoint_id))
  const waiting = drawn.map(({ checkpoint_id }) =>
    world.dependents(checkpoint_id).filter((dependent) => !inside.has(dependent.checkpoint_id)),
  )
  needForFaces(world, context, [...new Set(waiting.flat())])
  const outside = new Map<string, Checkpoint>()
  const edges: Wire.GraphEdge[] = []
  for (const [at, checkpoint] of drawn.entries()) {
    for (const from of checkpoint.depends_on) {
      edges.push({ from, to: checkpoint.checkpoint_id })
      const target = inside.has(from) ? null : world.find('checkpoint', from)
      if (target) outside.set(from, target)
    }
    for (const dependent of waiting[at] ?? []) {
      if (!maySeeDependent(world, context, dependent)) continue
      edges.push({ from: checkpoint.checkpoint_id, to: dependent.checkpoint_id })
      outside.set(dependent.checkpoint_id, dependent)
    }
  }
  const group = groupOf(world, project.group_id)
  return {
    group: viewGroup(world, project.group_id, context),
    project: viewProject(project, context),
    milestones: milestone_ids.map((id) => viewMilestone(world, id, context)),
    neighbours: [...outside.values()].map((checkpoint) => neighbour(world, context, checkpoint)),
    edges,
    may: {
      write: mayChange(world, context, 'milestones:write', group),
      complete: mayChange(world, context, 'milestones:complete', group),
      relax: mayChange(world, context, 'milestones:relax', group),
    },
  }
}

const neighbour = (world: World, context: Context, checkpoint: Checkpoint): Wire.Neighbour => {
  const face = faceOf(world, context, '', checkpoint)
  return {
    checkpoint_id: face.checkpoint_id,
    ref: face.ref,
    milestone_id: face.private ? null : checkpoint.milestone_id,
    order: face.private ? null : checkpoint.order,
    title: face.title,
    milestone_title: face.milestone_title,
    group_slug: face.group_slug,
    state: face.state,
    held_by_name: face.held_by_name,
    last_failure: face.last_failure,
    private: face.private,
  }
}
