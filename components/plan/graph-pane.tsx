'use client'
import dynamic from 'next/dynamic'
import { go, usePlace } from './place'
import { usePlan } from './plan-context'

// A chunk of its own, so that nobody loads the drawing who only looks at the list.
const GraphView = dynamic(() => import('../graph/graph-view').then((module) => module.GraphView))

export function GraphPane() {
  const { plan, refused } = usePlan()
  const { hrefOf, selected } = usePlace()
  return (
    <GraphView
      plan={plan}
      selected={selected}
      refused={refused}
      onSelect={(checkpoint_id) => go(hrefOf({ cp: checkpoint_id }), selected || !checkpoint_id ? 'replace' : 'push')}
    />
  )
}
