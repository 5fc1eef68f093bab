'use client'
import { numberOf, type PlanNode } from '@/lib/client/plan'
import { isolated, shown } from '@/lib/domain/bidi'
import { STATUS, StatusGlyph, statusOf } from '../status/status'
import { Written } from '../ui/written'
import { NodeLink } from './node-link'

/** A checkpoint in a list of others: glyph, name, where it is, and its state as a word. */
export function NodeRow({ node, milestone_id }: { node: PlanNode; milestone_id: string | null }) {
  const status = statusOf(node.checkpoint ?? node)
  return (
    <NodeLink
      node={node}
      className="-mx-1.5 flex min-h-[30px] items-center gap-2 rounded-md px-1.5 transition-colors duration-100 hover:bg-sunken active:bg-line"
    >
      <StatusGlyph state={status} />
      {node.private ? (
        <span>A private checkpoint</span>
      ) : (
        <Written text={node.title} title={node.title} className="max-w-[70%] flex-none truncate" />
      )}
      {!node.private && <span className="min-w-0 truncate text-xs text-muted">{numberOf(node, milestone_id)}</span>}
      <span title={explain(node)} className="ml-auto flex-none text-xs text-muted">
        {STATUS[status].word}
      </span>
    </NodeLink>
  )
}

/** Who works on it, or why the last attempt failed. */
function explain({ state, held_by_name, last_failure }: PlanNode) {
  if (state === 'claimed' && held_by_name) return `by ${isolated(held_by_name)}`
  return state === 'failed' && last_failure ? shown(last_failure) : undefined
}
