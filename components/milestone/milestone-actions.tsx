'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { closeMilestone, deleteMilestone, reopenMilestone, updateMilestone } from '@/app/actions'
import { type Act, useAct } from '@/lib/client/act'
import { headingOf, headingOfPage } from '@/lib/client/focus'
import type { Milestone } from '@/lib/client/graph'
import type { Plan } from '@/lib/client/plan'
import { isolated } from '@/lib/domain/bidi'
import { DraftTexts, isAtTexts } from '../plan/draft-texts'
import { usePlan } from '../plan/plan-context'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { Panel } from '../ui/panel'
import { WhileUnsent } from '../ui/while-unsent'

/** Everything that changes the milestone as a whole. What is not possible now stays in sight, with the reason. */
export function MilestoneActions({ milestone }: { milestone: Milestone }) {
  const { plan } = usePlan()
  const router = useRouter()
  const title = isolated(milestone.title)
  const edit = useAct(updateMilestone, { said: () => 'The milestone is saved.', leadsTo: headingOfPage })
  const close = useAct(closeMilestone, { said: () => `${title} is closed.`, leadsTo: headingOfPage })
  const reopen = useAct(reopenMilestone, { said: () => `${title} is active again.`, leadsTo: headingOfPage })
  const remove = useAct(deleteMilestone, {
    said: () => `${title} is deleted.`,
    leadsTo: () => headingOf(plan.graph.project.title),
    goTo: () => router.push(`/p/${milestone.project_id}`),
  })
  // What the browser posted by itself and was refused says so in the panel.
  const [refusedBefore] = useState([edit, close, reopen, remove].some(({ trouble }) => trouble !== null))
  if (!plan.graph.may.write) return <p className="text-xs text-muted">Only members of {isolated(plan.graph.group.name)} can edit it.</p>
  const closed = milestone.status === 'closed'
  const projectReason =
    plan.graph.project.status === 'active' ? null : `It cannot be reopened, because its project is ${plan.graph.project.status}.`
  return (
    <Panel summary="Edit milestone" open={refusedBefore}>
      <WhileUnsent offered={!closed} notice="It is closed now, so this cannot be saved. What you entered is still here.">
        <EditMilestone milestone={milestone} act={edit} />
      </WhileUnsent>
      {closed ? (
        <Step act={reopen} words="Reopen milestone" milestone={milestone} reason={projectReason} hint="What is done stays done." />
      ) : (
        <Step act={close} words="Close milestone" milestone={milestone} reason={reasonAgainstClosing(milestone)} />
      )}
      <Step
        act={remove}
        words="Delete milestone"
        milestone={milestone}
        reason={reasonAgainstDeleting(plan, milestone)}
        hint="Its checkpoints are deleted too. This cannot be undone."
        look="danger"
      />
    </Panel>
  )
}

function EditMilestone({ milestone, act }: { milestone: Milestone; act: Act<unknown> }) {
  return (
    <form {...act.form} className="grid gap-2 border-b border-line pb-3">
      <input type="hidden" name="milestone_id" value={milestone.milestone_id} />
      <DraftTexts now={milestone} sent={act.sent} refusal={act.refusal} />
      <Outcome act={act} placed={isAtTexts(act.refusal)} />
      <Button type="submit" busy={act.pending} className="justify-self-start">
        Save changes
      </Button>
    </form>
  )
}

type StepProps = {
  act: Act<unknown>
  words: string
  milestone: Milestone
  reason: string | null
  hint?: string
  look?: 'plain' | 'danger'
}

function Step({ act, words, milestone, reason, hint, look = 'plain' }: StepProps) {
  const said = reason ?? hint
  return (
    <form {...act.form} className="grid gap-1">
      <input type="hidden" name="milestone_id" value={milestone.milestone_id} />
      <Button type="submit" look={look} busy={act.pending} disabled={reason !== null} className="w-full">
        {words}
      </Button>
      {said && <p className="text-xs text-muted">{said}</p>}
      <Outcome act={act} />
    </form>
  )
}

function reasonAgainstClosing({ total_checkpoints, completed_checkpoints }: Milestone) {
  if (total_checkpoints === 0) return 'It cannot be closed, because it has no checkpoints.'
  const pending = total_checkpoints - completed_checkpoints
  if (pending === 0) return null
  return pending === 1
    ? 'It cannot be closed yet, because one checkpoint is pending.'
    : `It cannot be closed yet, because ${pending} checkpoints are pending.`
}

function reasonAgainstDeleting(plan: Plan, milestone: Milestone) {
  if (milestone.completed_checkpoints > 0) return 'It cannot be deleted, because some of its checkpoints are done.'
  const waited = milestone.checkpoints.some(({ checkpoint_id }) =>
    plan.nodes.get(checkpoint_id)?.unblocks.some((id) => plan.nodes.get(id)?.milestone_id !== milestone.milestone_id),
  )
  return waited ? 'It cannot be deleted, because other milestones wait for it.' : null
}
