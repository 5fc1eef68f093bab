'use client'
import { Fragment, type ReactNode } from 'react'
import { numberOf, type PlanNode } from '@/lib/client/plan'
import { fieldErrorWithin, namedCheckpoints } from '@/lib/client/refusal'
import type { Refusal } from '@/lib/domain/answer'
import { NodeName } from './node-link'
import { usePlan } from './plan-context'

/** Why what a checkpoint waits for was refused, with links to the checkpoints that it is about. It is null if the refusal is about something else. */
export function useDependencyRefusal(refusal: Refusal | null, milestone_id: string): ReactNode {
  const { plan } = usePlan()
  const nameOf = (node: PlanNode) => <NodeName node={node} milestone_id={milestone_id} className="underline underline-offset-2" />
  if (refusal?.error === 'cycle') {
    const loop = namedCheckpoints(refusal).map((face) => plan.nodes.get(face.checkpoint_id) ?? elsewhere(face))
    const [first] = loop
    if (!first) return refusal.message
    return (
      <>
        This would close a loop, in which each waits for the next:{' '}
        {loop.slice(0, NAMED).map((node) => (
          <Fragment key={node.id}>{nameOf(node)} → </Fragment>
        ))}
        {loop.length > NAMED && `${loop.length - NAMED} more → `}
        {first.private ? 'a private checkpoint' : `${numberOf(first, milestone_id)} ${first.title}`}.
      </>
    )
  }
  if (refusal?.error === 'invalid_dependency') {
    const node = plan.nodes.get(String(refusal.details.depends_on))
    if (!node) return refusal.message
    return (
      <>
        It cannot wait for {nameOf(node)}: {String(refusal.details.reason)}
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
    private: title === '',
    checkpoint: null,
    milestone: null,
    waits_for: [],
    unblocks: [],
  }
}
