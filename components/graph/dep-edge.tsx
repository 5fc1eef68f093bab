import clsx from 'clsx'
import { memo } from 'react'
import type { FlowEdgeProps } from './rf'
import { edgeToneOf, useView } from './view-store'

/** Solid and thin where met, with a filled head; heavier where still awaited, with a hollow one. */
export const DepEdge = memo(function DepEdge({ source, target, data }: FlowEdgeProps) {
  const met = useView((view) => view.plan.nodes.get(source)?.state === 'completed')
  const tone = useView((view) => edgeToneOf(view, source, target))
  if (!data) return null
  const { d, tip } = data
  return (
    <g className={clsx('graph-edge', met ? 'is-met' : 'is-unmet')} data-tone={tone}>
      <path d={d} />
      <path className="graph-tip" d={`M${tip.x} ${tip.y}l-8 -4v8z`} />
    </g>
  )
})
