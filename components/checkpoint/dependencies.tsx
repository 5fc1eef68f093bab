'use client'
import { findNodes, type PlanNode } from '@/lib/client/plan'
import { NodeRow } from '../plan/node-row'
import { usePlan } from '../plan/plan-context'

export function Dependencies({ node }: { node: PlanNode }) {
  const { plan } = usePlan()
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-3 px-5 py-4">
      <NodeGroup
        title={node.state === 'completed' ? 'Waited for' : 'Waits for'}
        empty={node.state === 'ready' ? 'Nothing, so it can be started at any time' : 'Nothing'}
        nodes={findNodes(plan, node.waits_for)}
        from={node}
      />
      <NodeGroup title="Unblocks" empty="Nothing waits for it" nodes={findNodes(plan, node.unblocks)} from={node} />
    </section>
  )
}

function NodeGroup({ title, empty, nodes, from }: { title: string; empty: string; nodes: PlanNode[]; from: PlanNode }) {
  return (
    <div>
      <h3 className="mb-1 text-xs font-semibold text-muted">{title}</h3>
      {nodes.length === 0 && <p className="text-muted">{empty}</p>}
      <ul>
        {nodes.map((node) => (
          <li key={node.id}>
            <NodeRow node={node} milestone_id={from.milestone_id} />
          </li>
        ))}
      </ul>
    </div>
  )
}
