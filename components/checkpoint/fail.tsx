'use client'
import { useState } from 'react'
import { failCheckpoint } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import type { Checkpoint } from '@/lib/client/graph'
import type { PlanNode } from '@/lib/client/plan'
import { fieldError } from '@/lib/client/refusal'
import { isolated } from '@/lib/domain/bidi'
import { LIMITS } from '@/lib/domain/limits'
import { usePlan } from '../plan/plan-context'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { Disclosure } from '../ui/disclosure'
import { TextArea } from '../ui/field'
import { WhileUnsent } from '../ui/while-unsent'
import { headingOfDrawer } from './landmarks'

/** Reports that an attempt failed: the one under the person's own claim, or one that nobody had claimed. */
export function Fail({ node, checkpoint }: { node: PlanNode; checkpoint: Checkpoint }) {
  const { plan } = usePlan()
  const [failed, setFailed] = useState(0)
  const act = useAct(failCheckpoint, {
    said: ({ data }) => {
      const after = data.checkpoints.find(({ checkpoint_id }) => checkpoint_id === node.id)
      return `${node.order} ${isolated(node.title)} has failed${after?.needs_attention ? ', and needs attention now' : ''}.`
    },
    leadsTo: headingOfDrawer,
    onDone: () => setFailed(failed + 1),
  })
  const [refusedBefore] = useState(act.trouble !== null)
  const { status, state, claim, attempts } = checkpoint
  const isFree = claim ? claim.held_by_you : state !== 'blocked'
  const error = fieldError(act.refusal, 'reason')
  return (
    <WhileUnsent
      offered={plan.graph.may.complete && status !== 'completed' && isFree}
      notice={`${why(checkpoint)}, so this cannot be reported. What you entered is still here.`}
    >
      {/* What was reported closes the form and begins a new one. */}
      <Disclosure key={failed} summary="Fail" open={refusedBefore && failed === 0}>
        <form {...act.form} className="grid gap-2">
          <input type="hidden" name="milestone_id" value={node.milestone_id ?? ''} />
          <input type="hidden" name="order" value={node.id} />
          <TextArea
            label="Why did the attempt fail?"
            name="reason"
            required
            maxLength={LIMITS.remark}
            rows={2}
            defaultValue={failed === 0 ? act.sent('reason') : undefined}
            error={error}
          />
          <p className="text-muted">
            {claim ? 'This ends your claim.' : `This counts as attempt ${attempts + 1}.`} Whatever waits for it goes on waiting, and shows
            the reason.
          </p>
          <Outcome act={act} placed={error !== undefined} />
          <Button type="submit" busy={act.pending} className="justify-self-start">
            Fail this attempt
          </Button>
        </form>
      </Disclosure>
    </WhileUnsent>
  )
}

/** Why a failure is not to be reported now. */
function why({ status, state, claim }: Checkpoint) {
  if (status === 'completed') return 'It is done now'
  if (claim && !claim.held_by_you) return `${isolated(claim.held_by_name)} has claimed it now`
  return state === 'blocked' ? 'It is blocked now' : 'You may no longer change it'
}
