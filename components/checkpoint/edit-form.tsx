'use client'
import { useState } from 'react'
import { updateCheckpoint } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import type { Checkpoint, Milestone } from '@/lib/client/graph'
import type { PlanNode } from '@/lib/client/plan'
import { fieldError } from '@/lib/client/refusal'
import { LIMITS } from '@/lib/domain/limits'
import { farChoices, nearChoices } from '../plan/choices'
import { DependencyField } from '../plan/dependency-field'
import { usePlan } from '../plan/plan-context'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { Disclosure } from '../ui/disclosure'
import { TextArea, TextField } from '../ui/field'
import { headingOfDrawer } from './landmarks'

export function EditForm({ node, checkpoint, milestone }: { node: PlanNode; checkpoint: Checkpoint; milestone: Milestone }) {
  const { plan } = usePlan()
  const [depends_on, setDependsOn] = useState(checkpoint.depends_on.join(', '))
  const act = useAct(updateCheckpoint, { said: () => 'The checkpoint is saved.', leadsTo: headingOfDrawer })
  const { refusal } = act
  if (!plan.graph.may.write) return null
  const atField =
    ['title', 'description', 'depends_on'].some((path) => fieldError(refusal, path)) || refusal?.error === 'invalid_dependency'

  return (
    <Disclosure key={act.done?.seq ?? 0} summary="Edit" open={act.trouble !== null}>
      <form {...act.form} className="grid gap-3">
        <input type="hidden" name="milestone_id" value={node.milestone_id ?? ''} />
        <input type="hidden" name="order" value={node.id} />
        <TextField
          label="Title"
          name="title"
          required
          maxLength={LIMITS.title}
          defaultValue={checkpoint.title}
          error={fieldError(refusal, 'title')}
        />
        <TextArea
          label="Description"
          name="description"
          maxLength={LIMITS.description}
          defaultValue={checkpoint.description}
          error={fieldError(refusal, 'description')}
        />
        <DependencyField
          name="depends_on"
          value={depends_on}
          onChange={setDependsOn}
          near={nearChoices(milestone, checkpoint.order)}
          far={farChoices(plan, node.milestone_id, node)}
          error={fieldError(refusal, 'depends_on') ?? (refusal?.error === 'invalid_dependency' ? refusal.message : undefined)}
        />
        <Outcome act={act} placed={atField} />
        <Button type="submit" busy={act.pending} className="justify-self-start">
          Save changes
        </Button>
      </form>
    </Disclosure>
  )
}
