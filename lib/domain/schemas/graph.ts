import * as z from 'zod'
import { CheckpointRef, CheckpointState } from './checkpoint'
import { Group } from './group'
import { Milestone } from './milestone'
import { Project } from './project'

/** A checkpoint outside the drawn milestones that depends on a checkpoint inside them, or on which such a checkpoint depends. */
export const Neighbour = z
  .object({
    checkpoint_id: z.string(),
    ref: CheckpointRef,
    milestone_id: z.string().nullable(),
    order: z.int().nullable(),
    title: z.string(),
    milestone_title: z.string(),
    group_slug: z.string(),
    state: CheckpointState,
    held_by_name: z.string().nullable(),
    last_failure: z.string().nullable(),
    private: z.boolean().describe('true if you may see only its checkpoint_id and state'),
  })
  .meta({ id: 'Neighbour' })

/** The checkpoint `to` depends on the checkpoint `from`. Both are ids. */
export const GraphEdge = z.object({ from: z.string(), to: z.string() }).meta({ id: 'GraphEdge' })

/** Everything that a drawing of one project or of one milestone needs. */
export const Graph = z
  .object({
    group: Group,
    project: Project,
    milestones: z.array(Milestone),
    neighbours: z.array(Neighbour),
    edges: z.array(GraphEdge),
    /** Whether the caller may make these kinds of change here. The lane judges every change again. */
    may: z.object({ write: z.boolean(), complete: z.boolean(), relax: z.boolean() }),
  })
  .meta({ id: 'Graph' })

export type Neighbour = z.infer<typeof Neighbour>
export type GraphEdge = z.infer<typeof GraphEdge>
export type Graph = z.infer<typeof Graph>
