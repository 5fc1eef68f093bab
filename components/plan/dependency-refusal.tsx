'use client'
import { Fragment, type ReactNode } from 'react'
import { nameOf, type PlanNode } from '@/lib/client/plan'
import { fieldErrorWithin, namedCheckpoints } from '@/lib/client/refusal'
import type { Refusal } from '@/lib/domain/answer'
import type { DependencyDraft } from './dependency-picker'
import { NodeName } from './node-link'

/** Why what a checkpoint waits for was refused, with links to the checkpoints that it is about. It is null if the refusal is about something else. */
export function tellDependencyRefusal(refusal: Refusal | null, milestone_id: string, { nodesOf }: DependencyDraft): ReactNode {
  const linkTo = (node: PlanNode) => <NodeName node={node} milestone_id={milestone_id} className="underline underline-offset-2" />
  if (refusal?.error === 'cycle') {
    const loop = namedCheckpoints(refusal).map((face) => nodesOf([face.checkpoint_id])[0] ?? elsewhere(face))
    const [first] = loop
    if (!first) return refusal.message
    return (
      <>
        This would close a loop, in which each waits for the next:{' '}
        {loop.slice(0, NAMED).map((node) => (
          <Fragment key={node.id}>{linkTo(node)} → </Fragment>
        ))}
        {loop.length > NAMED && `${loop.length - NAMED} more → `}
        {nameOf(first, milestone_id)}.
      </>
    )
  }
  if (refusal?.error === 'invalid_dependency') {
    const [node] = nodesOf([String(refusal.details.depends_on)])
    if (!node) return refusal.message
    return (
      <>
        It cannot wait for {linkTo(node)}: {String(refusal.details.reason)}
      </>
    )
  }
  return fieldErrorWithin(refusal, 'depends_on') ?? null
}

/** The most checkpoints of a loop that are named. */
const NAMED = 8

/** A checkpoint outside the drawn milestones and their neighbours. */
function elsewhere({ checkpoint_id, title, ref, milestone_title }: ReturnType<typeof namedCheckpoints>[number]): PlanNode {
  const [milestone_id = null, number] = /^(.+):(\d+)$/.exec(ref)?.slice(1) ?? []
  return {
    id: checkpoint_id,
    title,
    order: number ? Number(number) : null,
    milestone_id,
    milestone_title,
    group_slug: '',
    state: 'blocked',
    held_by_name: null,
    last_failure: null,
    private: title === '',
    checkpoint: null,
    milestone: null,
    waits_for: [],
    unblocks: [],
  }
}
