'use client'
import clsx from 'clsx'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { numberOf, type PlanNode } from '@/lib/client/plan'
import { Written } from '../ui/written'
import { PlaceLink, usePlace } from './place'

/** A link to a checkpoint: opens it here when it is drawn here, else on the page of its milestone. */
export function NodeLink({ node, className, children }: { node: PlanNode; className?: string; children: ReactNode }) {
  const { hrefOf, selected } = usePlace()
  if (node.private || node.milestone_id === null) return <span className={className}>{children}</span>
  if (node.checkpoint) {
    return (
      <PlaceLink href={hrefOf({ cp: node.id })} step={selected ? 'replace' : 'push'} className={className}>
        {children}
      </PlaceLink>
    )
  }
  return (
    <Link href={`/m/${node.milestone_id}?cp=${node.id}`} className={className}>
      {children}
    </Link>
  )
}

/** "3 Deploy to staging" for a reader who is in `milestone_id`. */
export function NodeName({ node, milestone_id, className }: { node: PlanNode; milestone_id: string | null; className?: string }) {
  if (node.private) return <span className={className}>a private checkpoint</span>
  return (
    <NodeLink node={node} className={clsx('rounded hover:underline', className)}>
      <span className="text-muted">{numberOf(node, milestone_id)}</span> <Written text={node.title} />
    </NodeLink>
  )
}
