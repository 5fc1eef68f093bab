'use client'
import { completeCheckpoint } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import type { Checkpoint } from '@/lib/client/graph'
import { blockersOf, findNodes, type Plan, type PlanNode } from '@/lib/client/plan'
import { namedCheckpoints } from '@/lib/client/refusal'
import { isolated } from '@/lib/domain/bidi'
import type { Milestone } from '@/lib/domain/schemas/milestone'
import { enumerated } from '@/lib/domain/words'
import { NodeLink } from '../plan/node-link'
import { usePlan } from '../plan/plan-context'
import { Outcome } from '../status/outcome'
import { Button, buttonClass } from '../ui/button'
import { headingOfDrawer } from './landmarks'

/** Completes a checkpoint. If the server would refuse that, the reason stands beside the button. If it refuses all the same, its own words are shown. */
export function Complete({ node, checkpoint }: { node: PlanNode; checkpoint: Checkpoint }) {
  const { plan, setRefused } = usePlan()
  const act = useAct(completeCheckpoint, {
    said: ({ data }) => saidOf(plan, node, data),
    leadsTo: headingOfDrawer,
    onDone: () => setRefused(null),
    onRefused: () => setRefused(node.id),
  })
  // Where the answer was lost, the form stays although it is done, and tells so once it is tried again.
  if (checkpoint.status === 'completed' && !act.trouble && !act.pending) return null

  const blockers = blockersOf(plan, node)
  const [blocker] = blockers
  const [named] = findNodes(
    plan,
    namedCheckpoints(act.refusal)
      .map(({ checkpoint_id }) => checkpoint_id)
      .slice(0, 1),
  )
  const reason = reasonAgainst(checkpoint, blockers.length, plan.graph.may.complete, plan.graph.group.name)
  return (
    <div className="grid gap-2">
      <form {...act.form} className="flex flex-wrap items-center gap-2">
        <input type="hidden" name="milestone_id" value={node.milestone_id ?? ''} />
        {/* By its id: a number would mean another checkpoint after someone inserted one. */}
        <input type="hidden" name="order" value={node.id} />
        <Button
          type="submit"
          look="primary"
          busy={act.pending}
          disabled={reason !== null}
          aria-describedby={reason ? 'complete-reason' : undefined}
        >
          {act.pending ? 'Completing' : 'Complete'}
        </Button>
        {blocker && !act.trouble && (
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
      <Outcome act={act}>
        {named && (
          <NodeLink node={named} className="rounded font-medium text-accent hover:underline">
            Go to blocker
          </NodeLink>
        )}
      </Outcome>
    </div>
  )
}

/** What was done, and what can be done now that could not be before. */
function saidOf(plan: Plan, node: PlanNode, after: Milestone) {
  const free = after.checkpoints.filter(
    ({ checkpoint_id, state }) => state === 'ready' && plan.nodes.get(checkpoint_id)?.state === 'blocked',
  )
  const closes = after.status === 'closed' ? ` ${isolated(after.title)} is closed, because all its checkpoints are done.` : ''
  const opens =
    free.length > 0
      ? ` ${enumerated(free.map(({ order, title }) => `${order} ${isolated(title)}`))} ${free.length > 1 ? 'are' : 'is'} ready now.`
      : ''
  return `${node.order} ${isolated(node.title)} is done.${opens}${closes}`
}

function reasonAgainst({ state, claim }: Checkpoint, blockers: number, may: boolean, group: string) {
  if (!may) return `Only members of ${isolated(group)} can complete it.`
  if (state === 'blocked')
    return blockers > 1 ? `You can complete it once its ${blockers} blockers are done.` : 'You can complete it once its blocker is done.'
  if (state === 'awaiting_consensus') return 'You can complete it once the vote has passed.'
  if (state === 'claimed' && claim && !claim.held_by_you) return `${isolated(claim.held_by_name)} has claimed it.`
  return null
}
