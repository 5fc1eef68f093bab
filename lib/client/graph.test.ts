import { describe, expect, test } from 'vitest'
import type { Checkpoint } from '@/lib/domain/schemas/checkpoint'
import type { Graph } from '@/lib/domain/schemas/graph'
import { packGraph, unpackGraph, withoutBlockers } from './graph'

const checkpoint = (order: number, more: Partial<Checkpoint> = {}): Checkpoint => ({
  order,
  title: `Step ${order}`,
  description: '',
  status: 'pending',
  completed_by: null,
  completed_at: null,
  requires_proposal_id: null,
  proposal_status: null,
  depends_on: [],
  git_branch_url: null,
  git_pr_url: null,
  git_commit_url: null,
  checkpoint_id: `cp_${order}`,
  state: 'blocked',
  requires_consensus: false,
  note: '',
  blocked_by: [],
  claim: null,
  attempts: 0,
  last_failure: null,
  needs_attention: false,
  completed_by_name: null,
  completed_session: null,
  completed_for_name: null,
  ...more,
})

/** Packing reads nothing else of a graph. */
const asGraph = (value: unknown) => value as Graph

const graph = asGraph({
  milestones: [
    {
      milestone_id: 'ms_1',
      title: 'One',
      checkpoints: [
        checkpoint(1, {
          status: 'completed',
          state: 'completed',
          completed_by: 'ap_1',
          completed_by_name: 'nova',
          git_pr_url: 'https://x/1',
        }),
        checkpoint(2, { state: 'ready', depends_on: [1], note: 'learnt' }),
        checkpoint(3, { depends_on: [2, 'ms_2:1'], requires_consensus: true, proposal_status: 'open' }),
      ],
    },
  ],
  neighbours: [{ checkpoint_id: 'cp_far', title: 'Far', state: 'ready' }],
  edges: [
    { from: 'cp_1', to: 'cp_2' },
    { from: 'cp_2', to: 'cp_3' },
    { from: 'cp_far', to: 'cp_3' },
  ],
})

describe('a graph as a page carries it', () => {
  test('is the same after it was unpacked as one that the API answers', () => {
    expect(unpackGraph(packGraph(graph))).toEqual(withoutBlockers(graph))
  })

  test('has the same keys, so that the first answer changes nothing on screen', () => {
    const [packed] = unpackGraph(packGraph(graph)).milestones[0]?.checkpoints ?? []
    const [answered] = withoutBlockers(graph).milestones[0]?.checkpoints ?? []
    expect(Object.keys(packed ?? {}).sort()).toEqual(Object.keys(answered ?? {}).sort())
  })

  test('says nothing of a checkpoint that is as usual but its id, title and dependencies', () => {
    expect(
      packGraph(asGraph({ milestones: [{ checkpoints: [checkpoint(1)] }], neighbours: [], edges: [] })).milestones[0]?.checkpoints,
    ).toEqual([{ checkpoint_id: 'cp_1', title: 'Step 1', depends_on: [] }])
  })
})
