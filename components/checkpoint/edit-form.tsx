'use client'
import { useState } from 'react'
import { updateCheckpoint } from '@/app/actions'
import { fieldError } from '@/lib/client/action'
import type { Checkpoint, Milestone } from '@/lib/client/graph'
import { useChange } from '@/lib/client/mutate'
import type { PlanNode } from '@/lib/client/plan'
import { LIMITS } from '@/lib/domain/limits'
import { farChoices, nearChoices } from '../milestone/choices'
import { DependencyField } from '../milestone/dependency-field'
import { usePlan } from '../milestone/plan-context'
import { Button } from '../ui/button'
import { Disclosure } from '../ui/disclosure'
import { TextArea, TextField } from '../ui/field'
import { Refused } from './refused'

export function EditForm({ node, checkpoint, milestone }: { node: PlanNode; checkpoint: Checkpoint; milestone: Milestone }) {
  const { plan } = usePlan()
  const [depends_on, setDependsOn] = useState(checkpoint.depends_on.join(', '))
  const { form, refusal, result, pending } = useChange(updateCheckpoint)
  if (!plan.graph.may.write) return null
  const atField =
    ['title', 'description', 'depends_on'].some((path) => fieldError(refusal, path)) || refusal?.error === 'invalid_dependency'

  return (
    <Disclosure key={result?.success ? result.seq : 0} summary="Edit" open={refusal !== null}>
      <form {...form} className="grid gap-3">
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
        {refusal && !atField && <Refused message={refusal.message} />}
        <Button type="submit" busy={pending} className="justify-self-start">
          Save changes
        </Button>
      </form>
    </Disclosure>
  )
}
