'use client'
import type { ReactNode } from 'react'
import { withdrawCheckpoint } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import type { Checkpoint } from '@/lib/client/graph'
import { type Plan, type PlanNode, type Relinked, relinkedWithout } from '@/lib/client/plan'
import { fieldError } from '@/lib/client/refusal'
import type { Refusal } from '@/lib/domain/answer'
import { isolated } from '@/lib/domain/bidi'
import { LIMITS } from '@/lib/domain/limits'
import { NodeLink, NodeName } from '../plan/node-link'
import { NodeNames } from '../plan/node-names'
import { goOn, usePlace } from '../plan/place'
import { usePlan } from '../plan/plan-context'
import { Caution } from '../status/caution'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { Disclosure } from '../ui/disclosure'
import { TextArea } from '../ui/field'
import { WhileUnsent } from '../ui/while-unsent'
import { rowLinkOf } from './landmarks'
import { relinkedWords } from './withdrawal-words'

/** Takes a checkpoint that nobody will do out of the plan. What waits for it is named before, with what it will wait for instead. */
export function Withdraw({ node, checkpoint }: { node: PlanNode; checkpoint: Checkpoint }) {
  const { plan } = usePlan()
  const { hrefOf } = usePlace()
  const act = useAct(withdrawCheckpoint, {
    said: ({ data }) => `${node.order} ${isolated(node.title)} is withdrawn.${relinkedWords(data.relinked.length, data.private_count)}`,
    leadsTo: ({ data }) => rowLinkOf(data.checkpoints[Math.min(node.order ?? 1, data.checkpoints.length) - 1]?.checkpoint_id),
    goTo: () => goOn(hrefOf({ cp: null }), 'replace'),
  })
  const isDone = checkpoint.status === 'completed'
  const error = fieldError(act.refusal, 'reason')
  if (!isDone && !plan.graph.may.relax) {
    return (
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Button disabled aria-describedby="withdraw-reason">
          Withdraw
        </Button>
        <p id="withdraw-reason" className="min-w-0 flex-1 text-xs text-muted">
          Only members of {isolated(plan.graph.group.name)} can withdraw it.
        </p>
      </div>
    )
  }
  return (
    <WhileUnsent offered={!isDone} notice="It is done now, so it cannot be withdrawn. What you entered is still here.">
      <Disclosure summary="Withdraw" open={act.trouble !== null}>
        <form {...act.form} className="grid gap-3">
          <input type="hidden" name="milestone_id" value={node.milestone_id ?? ''} />
          <input type="hidden" name="order" value={node.id} />
          <p className="text-muted">
            Withdraw what nobody will do. The checkpoint is deleted, and those after it move up by one number. This cannot be undone.
          </p>
          <Relinking all={relinkedWithout(plan, node)} milestone_id={node.milestone_id} />
          <TextArea
            label="Why will nobody do it?"
            name="reason"
            required
            maxLength={LIMITS.remark}
            rows={2}
            defaultValue={act.sent('reason')}
            error={error}
          />
          <Outcome act={act} placed={error !== undefined}>
            {wayOut(act.refusal, plan)}
          </Outcome>
          <Button type="submit" look="danger" busy={act.pending} className="justify-self-start">
            Withdraw this checkpoint
          </Button>
        </form>
      </Disclosure>
    </WhileUnsent>
  )
}

/** What becomes of those that wait for it. Of those that the person may not see, nothing is known here. */
function Relinking({ all, milestone_id }: { all: Relinked[]; milestone_id: string | null }) {
  const shown = all.slice(0, MOST_NAMED)
  return (
    <Caution>
      {all.length > 0 && (
        <>
          <p>What waits for it keeps its place in the order:</p>
          <ul className="grid list-disc gap-1 pl-4">
            {shown.map((each) => (
              <li key={each.dependent.id}>
                <NodeName node={each.dependent} milestone_id={milestone_id} className={linkClass} />{' '}
                <Instead {...each} milestone_id={milestone_id} />.
              </li>
            ))}
            {all.length > shown.length && <li>{all.length - shown.length} more, in the same way.</li>}
          </ul>
        </>
      )}
      <p className={all.length > 0 ? 'text-muted' : undefined}>
        {all.length > 0
          ? 'If others wait for it that you may not see, the same happens to them.'
          : 'Nothing that you can see waits for it. If others do, they will wait for what it waits for instead.'}
      </p>
    </Caution>
  )
}

/** The end of a sentence that begins with the name of what waits. */
function Instead({ dependent, instead, becomesFree, milestone_id }: Relinked & { milestone_id: string | null }) {
  return (
    <>
      {instead.length > 0 ? (
        <>
          will wait for <NodeNames nodes={instead} milestone_id={milestone_id} className={linkClass} /> instead
        </>
      ) : (
        'will no longer wait for it'
      )}
      {becomesFree && ', and nothing will block it'}
      {dependent.checkpoint?.requires_consensus && '; its vote begins again'}
    </>
  )
}

/** Leads to what cannot wait for what this checkpoint waits for. */
function wayOut(refusal: Refusal | null, plan: Plan): ReactNode {
  const dependent = refusal?.details.dependent
  const id = typeof dependent === 'object' && dependent !== null && 'checkpoint_id' in dependent ? String(dependent.checkpoint_id) : ''
  const node = plan.nodes.get(id)
  if (!node) return null
  return (
    <NodeLink node={node} className="rounded font-medium text-accent hover:underline">
      Go to what waits for it
    </NodeLink>
  )
}

/** The most dependents that are named. */
const MOST_NAMED = 20

const linkClass = 'font-medium underline decoration-line-strong underline-offset-2'
