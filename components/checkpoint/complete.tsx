'use client'
import { completeCheckpoint } from '@/app/actions'
import { namedCheckpoints } from '@/lib/client/action'
import type { Checkpoint } from '@/lib/client/graph'
import { useChange } from '@/lib/client/mutate'
import { blockersOf, findNodes, type PlanNode } from '@/lib/client/plan'
import type { Refusal } from '@/lib/domain/answer'
import { NodeLink } from '../milestone/node-link'
import { usePlan } from '../milestone/plan-context'
import { Button, buttonClass } from '../ui/button'
import { Refused } from './refused'

/** The one thing that most visits are for. What the server would refuse is said beforehand; what it refuses is said in its words. */
export function Complete({ node, checkpoint }: { node: PlanNode; checkpoint: Checkpoint }) {
  const { plan, setRefused } = usePlan()
  const { form, refusal, pending } = useChange(completeCheckpoint, (result) => setRefused(result.success ? null : node.id))
  if (checkpoint.status === 'completed') return null

  const blockers = blockersOf(plan, node)
  const [blocker] = blockers
  const reason = reasonAgainst(checkpoint, blockers.length, plan.graph.may.complete, plan.graph.group.slug)
  return (
    <div className="grid gap-2">
      <form {...form} className="flex flex-wrap items-center gap-2">
        <input type="hidden" name="milestone_id" value={node.milestone_id ?? ''} />
        {/* By its id: a number would mean another checkpoint after someone inserted one. */}
        <input type="hidden" name="order" value={node.id} />
        <Button
          type="submit"
          look="primary"
          busy={pending}
          disabled={reason !== null}
          aria-describedby={reason ? 'complete-reason' : undefined}
        >
          {pending ? 'Completing' : 'Complete'}
        </Button>
        {blocker && !refusal && (
          <NodeLink node={blocker} className={buttonClass()}>
            Go to blocker
          </NodeLink>
        )}
        {reason && (
          <p id="complete-reason" className="text-xs text-muted">
            {reason}
          </p>
        )}
      </form>
      {refusal && <RefusedCompletion refusal={refusal} />}
    </div>
  )
}

function RefusedCompletion({ refusal }: { refusal: Refusal }) {
  const { plan } = usePlan()
  const [named] = namedCheckpoints(refusal)
  const [blocker] = named ? findNodes(plan, [named.checkpoint_id]) : []
  return (
    <Refused message={refusal.message}>
      {blocker && (
        <NodeLink node={blocker} className="rounded font-medium text-accent hover:underline">
          Go to blocker
        </NodeLink>
      )}
    </Refused>
  )
}

function reasonAgainst({ state, claim }: Checkpoint, blockers: number, may: boolean, group_slug: string) {
  if (!may) return `Only members of ${group_slug} complete it.`
  if (state === 'blocked') return blockers > 1 ? `Possible once those ${blockers} are done.` : 'Possible once that is done.'
  if (state === 'awaiting_consensus') return 'Possible once the vote has passed.'
  if (state === 'claimed' && claim && !claim.held_by_you) return `${claim.held_by_name} holds it until the claim ends.`
  return null
}
