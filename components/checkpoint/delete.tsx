'use client'
import { deleteCheckpoint } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import type { Checkpoint } from '@/lib/client/graph'
import type { Plan, PlanNode } from '@/lib/client/plan'
import { isolated } from '@/lib/domain/bidi'
import { goOn, usePlace } from '../plan/place'
import { usePlan } from '../plan/plan-context'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { Disclosure } from '../ui/disclosure'
import { rowLinkOf } from './landmarks'

export function DeleteCheckpoint({ node, checkpoint }: { node: PlanNode; checkpoint: Checkpoint }) {
  const { plan } = usePlan()
  const { hrefOf } = usePlace()
  const act = useAct(deleteCheckpoint, {
    said: () => `${node.order} ${isolated(node.title)} is deleted.`,
    leadsTo: ({ data }) => rowLinkOf(data.checkpoints[Math.min(node.order ?? 1, data.checkpoints.length) - 1]?.checkpoint_id),
    goTo: () => goOn(hrefOf({ cp: null }), 'replace'),
  })
  const reason = reasonAgainst(plan, node, checkpoint)
  if (reason) {
    return (
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Button disabled aria-describedby="delete-reason">
          Delete
        </Button>
        <p id="delete-reason" className="min-w-0 flex-1 text-xs text-muted">
          {reason}
        </p>
      </div>
    )
  }
  return (
    <Disclosure summary="Delete" open={act.trouble !== null}>
      <form {...act.form} className="grid gap-2">
        <input type="hidden" name="milestone_id" value={node.milestone_id ?? ''} />
        <input type="hidden" name="order" value={node.id} />
        <p className="text-muted">The checkpoints after it move up by one number. This cannot be undone.</p>
        <Outcome act={act} />
        <Button type="submit" look="danger" busy={act.pending} className="justify-self-start">
          Delete this checkpoint
        </Button>
      </form>
    </Disclosure>
  )
}

function reasonAgainst({ graph }: Plan, node: PlanNode, checkpoint: Checkpoint) {
  if (!graph.may.write) return `Only members of ${isolated(graph.group.name)} can delete it.`
  if (checkpoint.status === 'completed') return 'What is done cannot be deleted. Reopen it first.'
  const waiting = node.unblocks.length
  if (waiting === 1) return 'It cannot be deleted, because another checkpoint waits for it. If nobody will do it, withdraw it.'
  if (waiting > 1) return `It cannot be deleted, because ${waiting} checkpoints wait for it. If nobody will do it, withdraw it.`
  return null
}
