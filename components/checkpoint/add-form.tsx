'use client'
import { useState } from 'react'
import { addCheckpoint } from '@/app/actions'
import { type Act, useAct } from '@/lib/client/act'
import type { Milestone } from '@/lib/client/graph'
import { fieldError } from '@/lib/client/refusal'
import { LIMITS } from '@/lib/domain/limits'
import { farChoices, nearChoices } from '../plan/choices'
import { DependencyField } from '../plan/dependency-field'
import { usePlan } from '../plan/plan-context'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { Disclosure } from '../ui/disclosure'
import { CheckField, inputClass, TextArea, TextField } from '../ui/field'
import { rowLinkOf } from './landmarks'

/** Adds a checkpoint at any position; those after it move down by one, and what they wait for stays the same. */
export function AddForm({ milestone }: { milestone: Milestone }) {
  const known = new Set(milestone.checkpoints.map(({ checkpoint_id }) => checkpoint_id))
  const added = ({
    data,
  }: {
    data: Pick<Milestone, 'milestone_id'> & { checkpoints: { checkpoint_id: string; order: number; title: string }[] }
  }) => data.checkpoints.find(({ checkpoint_id }) => !known.has(checkpoint_id))
  const act = useAct(addCheckpoint, {
    said: (done) => `${added(done)?.order} ${added(done)?.title} is added.`,
    leadsTo: (done) => rowLinkOf(added(done)?.checkpoint_id ?? ''),
  })
  return (
    <Disclosure key={act.done?.seq ?? 0} summary="Add a checkpoint" open={act.trouble !== null || milestone.total_checkpoints === 0}>
      <form {...act.form} className="max-w-3xl">
        <AddFields milestone={milestone} act={act} />
        <Button type="submit" look="primary" busy={act.pending} className="mt-3">
          Add checkpoint
        </Button>
      </form>
    </Disclosure>
  )
}

function AddFields({ milestone, act }: { milestone: Milestone; act: Act<unknown> }) {
  const { refusal } = act
  const { plan } = usePlan()
  const last = milestone.total_checkpoints + 1
  const [depends_on, setDependsOn] = useState('')
  const [position, setPosition] = useState(last)
  const atDependency = refusal?.error === 'invalid_dependency' || refusal?.error === 'cycle'
  const placed = ['title', 'description', 'depends_on', 'position'].some((path) => fieldError(refusal, path) !== undefined)

  return (
    <div className="grid gap-3">
      <input type="hidden" name="milestone_id" value={milestone.milestone_id} />
      <div className="grid gap-3 sm:grid-cols-[minmax(0,1fr)_220px]">
        <TextField label="Title" name="title" required maxLength={LIMITS.title} error={fieldError(refusal, 'title')} />
        <div className="grid content-start gap-1">
          <label htmlFor={`position-${milestone.milestone_id}`} className="text-xs font-medium text-muted">
            Position
          </label>
          <select
            id={`position-${milestone.milestone_id}`}
            name="position"
            value={position}
            onChange={(event) => setPosition(Number(event.target.value))}
            className={`${inputClass} h-8`}
          >
            {milestone.checkpoints.map(({ order, title }) => (
              <option key={order} value={order}>{`${order}, before ${title}`}</option>
            ))}
            <option value={last}>{last === 1 ? '1' : `${last}, at the end`}</option>
          </select>
        </div>
      </div>
      <DependencyField
        name="depends_on"
        value={depends_on}
        onChange={setDependsOn}
        near={nearChoices(milestone, position)}
        far={farChoices(plan, milestone.milestone_id)}
        error={fieldError(refusal, 'depends_on') ?? (atDependency ? refusal?.message : undefined)}
      />
      <TextArea label="Description" name="description" rows={2} maxLength={LIMITS.description} error={fieldError(refusal, 'description')} />
      <CheckField label="Needs the group's vote" name="requires_consensus" value="true" />
      <Outcome act={act} placed={atDependency || placed} />
    </div>
  )
}
