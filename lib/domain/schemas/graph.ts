import * as z from 'zod'
import { CheckpointRef, CheckpointState } from './checkpoint'
import { Group } from './group'
import { Milestone } from './milestone'
import { Project } from './project'

/** A checkpoint that lies outside the drawn milestones, on which one of them waits or which waits for one of them. */
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
    private: z.boolean().describe('true: only checkpoint_id and state are told'),
  })
  .meta({ id: 'Neighbour' })

/** `to` waits for `from`; both are checkpoint ids. */
export const GraphEdge = z.object({ from: z.string(), to: z.string() }).meta({ id: 'GraphEdge' })

/** All that a drawing of one project, or of one milestone, needs. */
export const Graph = z
  .object({
    group: Group,
    project: Project,
    milestones: z.array(Milestone),
    neighbours: z.array(Neighbour),
    edges: z.array(GraphEdge),
    /** What the caller may do here; the lane judges it again. */
    may: z.object({ write: z.boolean(), complete: z.boolean(), relax: z.boolean() }),
  })
  .meta({ id: 'Graph' })

export type Neighbour = z.infer<typeof Neighbour>
export type GraphEdge = z.infer<typeof GraphEdge>
export type Graph = z.infer<typeof Graph>
