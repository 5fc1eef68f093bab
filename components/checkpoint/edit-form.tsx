'use client'
import { useState } from 'react'
import { updateCheckpoint } from '@/app/actions'
import { type Act, useAct } from '@/lib/client/act'
import { nothingSent, type SentBack } from '@/lib/client/draft'
import type { Checkpoint, Milestone } from '@/lib/client/graph'
import type { PlanNode } from '@/lib/client/plan'
import { farChoices, nearChoices } from '../plan/choices'
import { DependencyConflict } from '../plan/dependency-conflict'
import { DependencyPicker, useDependencies } from '../plan/dependency-picker'
import { tellDependencyRefusal } from '../plan/dependency-refusal'
import { DraftTexts, isAtTexts } from '../plan/draft-texts'
import { usePlan } from '../plan/plan-context'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { Disclosure } from '../ui/disclosure'
import { WhileUnsent } from '../ui/while-unsent'
import { GateChoice } from './gate-choice'
import { headingOfDrawer } from './landmarks'
import { NewRoundNotice } from './new-round-notice'

type EditFormProps = { node: PlanNode; checkpoint: Checkpoint; milestone: Milestone }

/** Changes the texts of a checkpoint and what it waits for, and gates it. It sends only what was changed. */
export function EditForm(props: EditFormProps) {
  const { plan } = usePlan()
  const [saved, setSaved] = useState(0)
  const act = useAct(updateCheckpoint, {
    said: ({ changed }) => (changed ? 'The checkpoint is saved.' : 'Nothing was changed.'),
    leadsTo: headingOfDrawer,
    onDone: () => setSaved(saved + 1),
  })
  const [refusedBefore] = useState(act.trouble !== null)
  const isDone = props.checkpoint.status === 'completed'
  return (
    <WhileUnsent
      offered={plan.graph.may.write && !isDone}
      notice={`${isDone ? 'It is done now' : 'You may no longer change it'}, so this cannot be saved. What you entered is still here.`}
    >
      {/* What was saved closes the form and begins a new one. */}
      <Disclosure key={saved} summary="Edit" open={refusedBefore && saved === 0}>
        <form {...act.form} className="grid gap-3">
          <EditFields {...props} act={act} sent={saved === 0 ? act.sent : nothingSent} />
        </form>
      </Disclosure>
    </WhileUnsent>
  )
}

function EditFields({ node, checkpoint, milestone, act, sent }: EditFormProps & { act: Act<unknown>; sent: SentBack }) {
  const { plan } = usePlan()
  const { milestone_id } = milestone
  const { refusal } = act
  const dependencies = useDependencies(milestone, node.waits_for, sent)
  const dependencyError = tellDependencyRefusal(refusal, milestone_id, dependencies)
  const mismatch = refusal?.error === 'version_mismatch'
  const undecided = mismatch || dependencies.conflict
  const placed = mismatch || dependencyError !== null || isAtTexts(refusal)

  return (
    <>
      <input type="hidden" name="milestone_id" value={milestone_id} />
      <input type="hidden" name="order" value={node.id} />
      <DraftTexts now={checkpoint} sent={sent} refusal={refusal} />
      <DependencyPicker
        milestone_id={milestone_id}
        dependencies={dependencies}
        near={nearChoices(plan, milestone, checkpoint.order, node)}
        far={farChoices(plan, milestone_id, node)}
        error={dependencyError}
      />
      {checkpoint.requires_consensus ? <NewRoundNotice checkpoint={checkpoint} /> : <GateChoice sent={sent} />}
      {undecided && <DependencyConflict milestone_id={milestone_id} dependencies={dependencies} refused={mismatch} onTake={act.forget} />}
      <Outcome act={act} placed={placed} />
      {/* With scripts, the conflict has the buttons that save or take. */}
      <div className={undecided ? 'without-js' : undefined}>
        <Button type="submit" busy={act.pending}>
          Save changes
        </Button>
      </div>
    </>
  )
}
