import { Fragment } from 'react'
import type { PlanNode } from '@/lib/client/plan'
import { NodeName } from './node-link'

type NodeNamesProps = { nodes: readonly PlanNode[]; milestone_id: string | null; className?: string }

/** "2 Build, 3 Test and API v2 · 1 Schema", each a link, for a reader who is in `milestone_id`. */
export function NodeNames({ nodes, milestone_id, ...rest }: NodeNamesProps) {
  return nodes.map((node, index) => (
    <Fragment key={node.id}>
      {index > 0 && (index === nodes.length - 1 ? ' and ' : ', ')}
      <NodeName node={node} milestone_id={milestone_id} {...rest} />
    </Fragment>
  ))
}
