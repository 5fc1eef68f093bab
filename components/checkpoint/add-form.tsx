'use client'
import { useLayoutEffect, useRef, useState } from 'react'
import { addCheckpoint } from '@/app/actions'
import { type Act, useAct } from '@/lib/client/act'
import { nothingSent, type SentBack } from '@/lib/client/draft'
import type { Milestone } from '@/lib/client/graph'
import { fieldError } from '@/lib/client/refusal'
import { isSettled } from '@/lib/client/trouble'
import { isolated } from '@/lib/domain/bidi'
import { NUMBERS_FIELD, wasField, withField } from '@/lib/domain/form-fields'
import { LIMITS } from '@/lib/domain/limits'
import { farChoices, nearChoices } from '../plan/choices'
import { DependencyPicker, useDependencies } from '../plan/dependency-picker'
import { tellDependencyRefusal } from '../plan/dependency-refusal'
import { NodeNames } from '../plan/node-names'
import { usePlan } from '../plan/plan-context'
import { refsOf } from '../plan/references'
import { Caution } from '../status/caution'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { Disclosure } from '../ui/disclosure'
import { SelectField, TextArea, TextField } from '../ui/field'
import { WhileUnsent } from '../ui/while-unsent'
import { GateChoice } from './gate-choice'
import { rowLinkOf } from './landmarks'

/** Adds a checkpoint at any position; those after it move down by one, and what they wait for stays the same. */
export function AddForm({ milestone }: { milestone: Milestone }) {
  const [added, setAdded] = useState(0)
  const act = useAct(addCheckpoint, {
    said: ({ data }, form) => `${addedBy(form, data)?.order} ${isolated(addedBy(form, data)?.title ?? '')} is added.`,
    leadsTo: ({ data }, form) => rowLinkOf(addedBy(form, data)?.checkpoint_id),
    onDone: () => setAdded(added + 1),
  })
  const [openAtFirst] = useState(act.trouble !== null || milestone.total_checkpoints === 0)
  const { project, may } = usePlan().plan.graph
  const reason = may.write ? `The project is ${project.status} now` : 'You may no longer change this milestone'
  return (
    <WhileUnsent
      offered={may.write && project.status === 'active'}
      notice={`${reason}, so nothing can be added. What you entered is still here.`}
    >
      {/* What was added closes the form and begins a new one. */}
      <Disclosure key={added} summary="Add a checkpoint" open={openAtFirst && added === 0}>
        <form {...act.form} className="max-w-3xl">
          <AddFields milestone={milestone} act={act} sent={added === 0 ? act.sent : nothingSent} />
          <Button type="submit" look="primary" busy={act.pending} className="mt-3">
            Add checkpoint
          </Button>
        </form>
      </Disclosure>
    </WhileUnsent>
  )
}

/** The checkpoint that a form has added. The page may have shown it before the answer came, so that it is not simply the new one. */
function addedBy(form: FormData, { checkpoints }: { checkpoints: readonly { checkpoint_id: string; order: number; title: string }[] }) {
  const named = checkpoints.filter(({ title }) => title === form.get('title'))
  return named.find(({ order }) => String(order) === form.get('position')) ?? named.at(-1)
}

const NOTHING: readonly string[] = []

type AddFieldsProps = { milestone: Milestone; act: Act<unknown>; sent: SentBack }

function AddFields({ milestone, act, sent }: AddFieldsProps) {
  const { refusal } = act
  const { plan } = usePlan()
  const { milestone_id } = milestone
  const last = milestone.total_checkpoints + 1
  const dependencies = useDependencies(milestone, NOTHING, sent)
  const [place, setPlace] = useState(() => placeSent(milestone, sent))
  const current = orderOf(milestone, place)
  const [held, setHeld] = useState(current)
  // The form stays as it was sent until it is known whether that was saved: the plan may already have what it added.
  const isOpen = act.pending || (act.trouble !== null && !isSettled({ trouble: act.trouble }))
  if (!isOpen && held !== current) setHeld(current)
  const position = isOpen ? held : current
  const dependencyError = tellDependencyRefusal(refusal, milestone_id, dependencies)
  const mismatch = refusal?.error === 'version_mismatch'
  const placed = mismatch || dependencyError !== null || ['title', 'description', 'position'].some((path) => fieldError(refusal, path))

  return (
    <div className="grid gap-3">
      <input type="hidden" name="milestone_id" value={milestone_id} />
      <div className="grid gap-3 sm:grid-cols-[minmax(0,1fr)_220px]">
        <TextField
          label="Title"
          name="title"
          required
          maxLength={LIMITS.title}
          defaultValue={sent('title')}
          error={fieldError(refusal, 'title')}
        />
        <PositionField milestone={milestone} position={position} onChange={setPlace} error={fieldError(refusal, 'position')} />
      </div>
      <DependencyPicker
        milestone_id={milestone_id}
        dependencies={dependencies}
        near={nearChoices(plan, milestone, position ?? last)}
        far={farChoices(plan, milestone_id)}
        error={dependencyError}
      />
      <TextArea
        label="Description"
        name="description"
        rows={2}
        maxLength={LIMITS.description}
        defaultValue={sent('description')}
        error={fieldError(refusal, 'description')}
      />
      <GateChoice sent={sent} />
      {mismatch && (
        <Caution role="alert">
          <p>The milestone changed while you were writing, so nothing was added.</p>
          {place && <p>{tellPlace(place, position)}</p>}
          {dependencies.is.length > 0 && (
            <p>
              It would wait for:{' '}
              <NodeNames nodes={dependencies.nodesOf(dependencies.is)} milestone_id={milestone_id} className="font-medium" />
            </p>
          )}
          <p>If this is right, add it again.</p>
        </Caution>
      )}
      <Outcome act={act} placed={placed} />
    </div>
  )
}

/** Before which checkpoint another one goes, and the number that this checkpoint had when it was chosen. */
type Place = { before: string; title: string; order: number }

const placeAt = (milestone: Milestone, order: number): Place | null => {
  const found = milestone.checkpoints.find((checkpoint) => checkpoint.order === order)
  return found ? { before: found.checkpoint_id, title: found.title, order } : null
}

/** The place in a form that the browser posted by itself: its number means what it meant then. */
function placeSent(milestone: Milestone, sent: SentBack): Place | null {
  const order = Number(sent('position') ?? 0)
  const before = refsOf(sent(NUMBERS_FIELD) ?? '')[order - 1]
  if (before === undefined) return null
  const title = milestone.checkpoints.find(({ checkpoint_id }) => checkpoint_id === before)?.title ?? ''
  return { before, title, order }
}

const orderOf = ({ checkpoints }: Milestone, place: Place | null) =>
  checkpoints.find(({ checkpoint_id }) => checkpoint_id === place?.before)?.order ?? null

function tellPlace({ order, title }: Place, now: number | null) {
  if (now === null) return `You chose number ${order}, before a checkpoint that is gone. It would be added at the end.`
  if (now === order) return `It would be number ${order}, before ${isolated(title)}, as you chose.`
  return `You chose number ${order}, before ${isolated(title)}. That is number ${now} now.`
}

type PositionFieldProps = {
  milestone: Milestone
  position: number | null
  onChange: (place: Place | null) => void
  error: string | undefined
}

/** Where the checkpoint goes. Nothing is sent for the end, which is the end whatever others add meanwhile. */
function PositionField({ milestone, position, onChange, error }: PositionFieldProps) {
  const { checkpoints, total_checkpoints, version } = milestone
  const last = total_checkpoints + 1
  const value = String(position ?? '')
  const select = useRef<HTMLSelectElement>(null)
  const choose = (text: string) => onChange(placeAt(milestone, Number(text)))
  // What was chosen before this script was there.
  const begin = useRef(() => select.current && select.current.value !== value && choose(select.current.value))
  useLayoutEffect(() => void begin.current(), [])
  return (
    <div>
      <input type="hidden" name={wasField('position')} value="" />
      <input type="hidden" name={withField('position', 'expected_version')} value={version} />
      <SelectField
        label="Position"
        name="position"
        ref={select}
        value={value}
        onChange={(event) => choose(event.target.value)}
        error={error}
      >
        {checkpoints.map(({ order, title }) => (
          <option key={order} value={order}>{`${order}, before ${isolated(title)}`}</option>
        ))}
        <option value="">{last === 1 ? '1' : `${last}, at the end`}</option>
      </SelectField>
    </div>
  )
}
