'use client'
import clsx from 'clsx'
import { type KeyboardEvent, type ReactNode, useId, useLayoutEffect, useRef, useState } from 'react'
import { type Drafting, type SentBack, useDraft } from '@/lib/client/draft'
import type { Milestone } from '@/lib/client/graph'
import { nearFirst, numberOf, type PlanNode } from '@/lib/client/plan'
import { NUMBERS_FIELD, wasField, withField } from '@/lib/domain/form-fields'
import { FieldError, inputClass } from '../ui/field'
import { DependencyChip } from './dependency-chip'
import type { Choice } from './dependency-field'
import { MoreChoices } from './more-choices'
import { usePlan } from './plan-context'
import { isSameSet, readReferences, refsOf, writeReferences } from './references'

const NAME = 'depends_on'

/** Chosen dependencies by their ids, and what is typed in addition and names no checkpoint that is known here. */
export type DependencyDraft = Drafting<readonly string[]> & {
  typed: string
  setTyped: (typed: string) => void
  /** The ids of the own milestone by their numbers. */
  numbering: readonly string[]
  /** The checkpoints of these ids, as far as the form has met them: those of the own milestone by their numbers, and then the others. */
  nodesOf: (ids: readonly string[]) => PlanNode[]
}

/** Edits what a checkpoint of `milestone` waits for: now it is the checkpoints `now`. */
export function useDependencies(milestone: Milestone, now: readonly string[], sent: SentBack): DependencyDraft {
  const { plan } = usePlan()
  const numbering = milestone.checkpoints.map(({ checkpoint_id }) => checkpoint_id)
  const [first] = useState(() => {
    const text = sent(NAME)
    if (text === undefined) return null
    // The numbers that were typed mean what they meant when the form was shown.
    const then = refsOf(sent(NUMBERS_FIELD) ?? '')
    const { ids, unknown } = readReferences(plan, then, text)
    return { was: readReferences(plan, then, sent(wasField(NAME)) ?? '').ids, is: ids, unknown }
  })
  const draft = useDraft(now, { version: milestone.version, isSame: isSameSet, first })
  const [typed, setTyped] = useState(first?.unknown ?? '')
  // A checkpoint of another milestone leaves the plan when nothing here waits for it any more. The form still has to name it.
  const [met] = useState(() => new Map<string, PlanNode>())
  for (const id of [...draft.was, ...draft.is, ...now]) {
    const node = plan.nodes.get(id)
    if (node) met.set(id, node)
  }
  const nodesOf = (ids: readonly string[]) =>
    ids.flatMap((id) => plan.nodes.get(id) ?? met.get(id) ?? []).sort(nearFirst(milestone.milestone_id))
  return { ...draft, typed, setTyped, numbering, nodesOf }
}

type DependencyPickerProps = {
  milestone_id: string
  dependencies: DependencyDraft
  /** Checkpoints of this milestone that may be waited for. */
  near: readonly Choice[]
  /** Checkpoints of other milestones that may be waited for. */
  far: readonly Choice[]
  error?: ReactNode
}

/**
 * What a checkpoint of an existing milestone waits for. Chosen ones are chips and are sent by their ids, so that it does not matter if numbers move
 * meanwhile. Until scripts run, it is a text field with numbers, which the version of the milestone guards, and nothing that cannot be pressed yet.
 */
export function DependencyPicker({ milestone_id, dependencies, near, far, error }: DependencyPickerProps) {
  const { plan } = usePlan()
  const { was, is, version, typed, setTyped, numbering, nodesOf } = dependencies
  const id = useId()
  // What was once a chip stays one as long as the form is open, so that it can be taken back, and the focus has a place.
  const [seen, setSeen] = useState<readonly string[]>([])
  const text = useRef<HTMLInputElement>(null)
  const written = [writeReferences(plan, milestone_id, is), typed].filter(Boolean).join(', ')
  const scripted = useScript(() => {
    // What was typed before this script was there.
    const { value = written } = text.current ?? {}
    if (value !== written) enter(value, [])
  })

  function choose(ids: readonly string[]) {
    setSeen((before) => [...new Set([...before, ...is, ...ids])])
    dependencies.set(ids)
  }

  /** Turns what is typed into chips; what names no checkpoint stays as it is, and the server says so. */
  function enter(value: string, chosen = is) {
    const { ids, unknown } = readReferences(plan, numbering, value)
    if (ids.length > 0 || chosen !== is) choose([...new Set([...chosen, ...ids])])
    setTyped(unknown)
    return ids.length > 0
  }

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    if (event.nativeEvent.isComposing || typed.trim() === '') return
    if (event.key === ',' || (event.key === 'Enter' && !event.ctrlKey && !event.metaKey)) {
      if (enter(typed)) event.preventDefault()
    }
  }

  const offered = near.slice(-OFFERED).map(({ ref }) => ref)
  const chips = [...new Set([...was, ...is, ...seen, ...offered])]
  const rest = [...near, ...far].filter(({ ref }) => !chips.includes(ref))
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset's legend cannot be the label of the text field in it
    <div role="group" aria-labelledby={`${id}-label`} className="grid min-w-0 gap-1">
      <label id={`${id}-label`} htmlFor={id} className="text-xs font-medium text-muted">
        Waits for
      </label>
      <input type="hidden" name={wasField(NAME)} value={scripted ? was.join(' ') : writeReferences(plan, milestone_id, was)} />
      <input type="hidden" name={withField(NAME, 'expected_version')} value={version} />
      {scripted ? (
        <input type="hidden" name={NAME} value={isSameSet(was, is) ? was.join(' ') : is.join(' ')} />
      ) : (
        <input type="hidden" name={NUMBERS_FIELD} value={numbering.join(' ')} />
      )}
      {scripted && chips.length > 0 && (
        <div className="flex flex-wrap items-center gap-1 py-1">
          {nodesOf(chips).map((node) => {
            const on = is.includes(node.id)
            return (
              <DependencyChip
                key={node.id}
                number={numberOf(node, milestone_id)}
                title={node.private ? 'checkpoint' : node.title}
                on={on}
                toggle={() => choose(on ? is.filter((other) => other !== node.id) : [...is, node.id])}
              />
            )
          })}
        </div>
      )}
      <div className="flex flex-wrap gap-1.5">
        <input
          id={id}
          ref={text}
          {...(!scripted || refsOf(typed).length > 0 ? { name: NAME } : {})}
          value={scripted ? typed : written}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={onKeyDown}
          onBlur={() => enter(typed)}
          placeholder={scripted ? 'Add by number' : 'Nothing, or numbers: 1, 2'}
          title="Numbers of checkpoints above, or references such as ms_…:3"
          autoComplete="off"
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? `${id}-error` : undefined}
          className={clsx(inputClass, 'h-8 min-w-32 flex-1 basis-32')}
        />
        {scripted && rest.length > 0 && (
          <MoreChoices
            name={NAME}
            label="Add another checkpoint"
            words="Add another"
            choices={rest}
            choose={(ref) => choose([...is, ref])}
          />
        )}
      </div>
      {error && <FieldError id={`${id}-error`}>{error}</FieldError>}
    </div>
  )
}

/** So many of the nearest checkpoints are offered as chips, and the others in a list. */
const OFFERED = 4

/** Whether scripts run, which the first frame does not know. `before` is called when they begin to. */
function useScript(before: () => void): boolean {
  const [scripted, setScripted] = useState(false)
  const begin = useRef(before)
  useLayoutEffect(() => {
    begin.current()
    setScripted(true)
  }, [])
  return scripted
}
