'use client'
import { reopenCheckpoint } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import type { Checkpoint } from '@/lib/client/graph'
import { completedDependentsOf, nameOf, type Plan, type PlanNode } from '@/lib/client/plan'
import { fieldError, namedCheckpoints } from '@/lib/client/refusal'
import type { Refusal } from '@/lib/domain/answer'
import { isolated } from '@/lib/domain/bidi'
import { LIMITS } from '@/lib/domain/limits'
import { usePlan } from '../plan/plan-context'
import { Caution } from '../status/caution'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { Disclosure } from '../ui/disclosure'
import { TextArea } from '../ui/field'
import { WhileUnsent } from '../ui/while-unsent'
import { headingOfDrawer } from './landmarks'

/** Takes a completion back. Whatever depends on it and is done is reopened too: the form names these checkpoints, and the server asks to confirm them. */
export function Reopen({ node, checkpoint }: { node: PlanNode; checkpoint: Checkpoint }) {
  const { plan } = usePlan()
  const act = useAct(reopenCheckpoint, { said: () => `${node.order} ${isolated(node.title)} is reopened.`, leadsTo: headingOfDrawer })
  const { refusal } = act
  const isDone = checkpoint.status === 'completed'
  if (isDone && !plan.graph.may.complete)
    return <p className="text-xs text-muted">Only members of {isolated(plan.graph.group.name)} can reopen it.</p>

  const confirming = refusal?.error === 'dependents_completed' ? refusal : null
  const along = confirming
    ? toldBy(confirming, plan, node)
    : completedDependentsOf(plan, node).map((other) => nameOf(other, node.milestone_id))
  const reasonError = fieldError(refusal, 'reason')

  return (
    <WhileUnsent offered={isDone} notice="It is not done any more, so there is nothing to reopen. What you entered is still here.">
      <Disclosure summary="Reopen" open={act.trouble !== null}>
        <form {...act.form} className="grid gap-3">
          <input type="hidden" name="milestone_id" value={node.milestone_id ?? ''} />
          <input type="hidden" name="order" value={node.id} />
          {confirming && <input type="hidden" name="cascade" value="true" />}
          <TextArea
            label="Why are you reopening it?"
            name="reason"
            required
            maxLength={LIMITS.remark}
            rows={2}
            defaultValue={act.sent('reason')}
            error={reasonError}
          />
          {along.length > 0 && (
            <Caution role={confirming ? 'alert' : undefined}>
              <p>{confirming ? confirming.message : 'These depend on it and are done too, so they are reopened with it:'}</p>
              <ul className="list-disc pl-4 font-medium">
                {along.map((name) => (
                  <li key={name}>{name}</li>
                ))}
              </ul>
            </Caution>
          )}
          <Outcome act={act} placed={confirming !== null || reasonError !== undefined} />
          <Button type="submit" busy={act.pending} look={confirming ? 'primary' : 'plain'} className="justify-self-start">
            {confirming ? 'Confirm: reopen all of these' : along.length > 0 ? `Reopen ${along.length + 1} checkpoints` : 'Reopen'}
          </Button>
        </form>
      </Disclosure>
    </WhileUnsent>
  )
}

/** The server's list, by the names that this page knows; what is private is counted. */
function toldBy(refusal: Refusal, plan: Plan, node: PlanNode) {
  const hidden = Number(refusal.details.private_count ?? 0)
  const names = namedCheckpoints(refusal).map(({ checkpoint_id, title, ref }) => {
    const known = plan.nodes.get(checkpoint_id)
    return known ? nameOf(known, node.milestone_id) : `${ref} ${isolated(title)}`
  })
  return hidden > 0 ? [...names, `${hidden} in private groups`] : names
}
