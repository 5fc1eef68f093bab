'use client'
import { findNodes, numberOf, type PlanNode } from '@/lib/client/plan'
import { NodeLink } from '../milestone/node-link'
import { usePlan } from '../milestone/plan-context'
import { STATUS, StatusGlyph } from './status'

export function Dependencies({ node }: { node: PlanNode }) {
  const { plan } = usePlan()
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-3 px-5 py-4">
      <NodeGroup title="Waits for" empty="Nothing: it can start at any time" nodes={findNodes(plan, node.waits_for)} from={node} />
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

/** A checkpoint in a list of others: glyph, name, where it is, and its state as a word. */
export function NodeRow({ node, milestone_id }: { node: PlanNode; milestone_id: string | null }) {
  return (
    <NodeLink
      node={node}
      className="-mx-1.5 flex min-h-[30px] items-center gap-2 rounded-md px-1.5 transition-colors duration-100 hover:bg-sunken active:bg-line"
    >
      <StatusGlyph state={node.state} />
      <span className="max-w-[70%] flex-none truncate" title={node.private ? undefined : node.title}>
        {node.private ? 'A private checkpoint' : node.title}
      </span>
      {!node.private && <span className="min-w-0 truncate text-xs text-muted">{numberOf(node, milestone_id)}</span>}
      <span className="ml-auto flex-none text-xs text-muted">{STATUS[node.state].word}</span>
    </NodeLink>
  )
}
