'use client'
import { updateCheckpoint } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import type { Checkpoint } from '@/lib/client/graph'
import type { PlanNode } from '@/lib/client/plan'
import { fieldError } from '@/lib/client/refusal'
import { isAdmin } from '@/lib/domain/access'
import { isolated } from '@/lib/domain/bidi'
import { LIMITS } from '@/lib/domain/limits'
import { usePlan } from '../plan/plan-context'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { Disclosure } from '../ui/disclosure'
import { TextArea } from '../ui/field'
import { WhileUnsent } from '../ui/while-unsent'
import { headingOfDrawer } from './landmarks'

/** Takes the gate of a checkpoint away (P1), so that it needs no vote any more. */
export function LiftGate({ node, checkpoint }: { node: PlanNode; checkpoint: Checkpoint }) {
  const { group, may } = usePlan().plan.graph
  const act = useAct(updateCheckpoint, {
    said: () => `${node.order} ${isolated(node.title)} needs no vote any more.`,
    leadsTo: headingOfDrawer,
  })
  const offered = checkpoint.requires_consensus && checkpoint.status !== 'completed'
  const error = fieldError(act.refusal, 'reason')
  if (offered && !(may.relax && isAdmin(group.role))) {
    return (
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Button disabled aria-describedby="lift-reason">
          Lift the gate
        </Button>
        <p id="lift-reason" className="min-w-0 flex-1 text-xs text-muted">
          Only admins of {isolated(group.name)} can lift the gate.
        </p>
      </div>
    )
  }
  return (
    <WhileUnsent
      offered={offered}
      notice={`${checkpoint.requires_consensus ? 'It is done now' : 'It needs no vote any more'}, so there is no gate to lift. What you entered is still here.`}
    >
      <Disclosure summary="Lift the gate" open={act.trouble !== null}>
        <form {...act.form} className="grid gap-3">
          <input type="hidden" name="milestone_id" value={node.milestone_id ?? ''} />
          <input type="hidden" name="order" value={node.id} />
          <input type="hidden" name="requires_consensus" value="false" />
          <p className="text-muted">
            It can then be completed without a vote. The present vote ends with the gate, and the activity keeps who lifted it and why. If
            it is gated again, the vote begins anew.
          </p>
          <TextArea
            label="Why does it need no vote?"
            name="reason"
            required
            maxLength={LIMITS.remark}
            rows={2}
            defaultValue={act.sent('reason')}
            error={error}
          />
          <Outcome act={act} placed={error !== undefined} />
          <Button type="submit" look="danger" busy={act.pending} className="justify-self-start">
            Lift the gate of this checkpoint
          </Button>
        </form>
      </Disclosure>
    </WhileUnsent>
  )
}
