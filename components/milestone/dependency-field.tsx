'use client'
import clsx from 'clsx'
import { useId } from 'react'
import { inputClass } from '../ui/field'

/** A checkpoint that may be waited for, by the words that the field understands: `2`, or `ms_x:3`. */
export type Choice = { ref: string; title: string; milestone_title?: string }

type DependencyFieldProps = {
  name: string
  value: string
  onChange: (value: string) => void
  /** Checkpoints of this milestone: shown as chips. */
  near: readonly Choice[]
  /** Pending checkpoints of other milestones: chosen from a list. */
  far: readonly Choice[]
  error?: string | undefined
}

/** The text is what is sent; chips and list only write into it, so that it works before JavaScript and takes any reference. */
export function DependencyField({ name, value, onChange, near, far, error }: DependencyFieldProps) {
  const id = useId()
  const refs = refsOf(value)
  const toggle = (ref: string) => onChange(refs.includes(ref) ? without(refs, ref) : [...refs, ref].join(', '))
  const chosenFar = far.filter(({ ref }) => refs.includes(ref))

  return (
    <div className="grid min-w-0 grid-cols-[64px_minmax(0,1fr)] gap-x-1.5">
      <label htmlFor={id} className="pt-[7px] text-xs font-medium text-muted">
        Waits for
      </label>
      <div className="grid min-w-0 gap-1.5">
        <div className="flex flex-wrap gap-1.5">
          <input
            id={id}
            name={name}
            value={value}
            onChange={(event) => onChange(event.target.value)}
            placeholder={near.length > 0 ? 'Nothing, or 1, 2, ms_…:3' : 'Nothing, or ms_…:3'}
            autoComplete="off"
            aria-invalid={error ? true : undefined}
            aria-describedby={error ? `${id}-error` : undefined}
            className={clsx(inputClass, 'h-8 min-w-40 flex-1 basis-40 font-mono text-xs')}
          />
          {far.length > 0 && <FarChoice far={far.filter(({ ref }) => !refs.includes(ref))} choose={toggle} />}
        </div>
        {(near.length > 0 || chosenFar.length > 0) && (
          <div className="needs-js flex flex-wrap gap-1">
            {[...near, ...chosenFar].map((choice) => (
              <Chip key={choice.ref} choice={choice} on={refs.includes(choice.ref)} toggle={() => toggle(choice.ref)} />
            ))}
          </div>
        )}
        {error && (
          <p id={`${id}-error`} role="alert" className="text-xs font-medium text-refused">
            {error}
          </p>
        )}
      </div>
    </div>
  )
}

function FarChoice({ far, choose }: { far: readonly Choice[]; choose: (ref: string) => void }) {
  return (
    <select
      aria-label="Add one from another milestone"
      value=""
      onChange={(event) => choose(event.target.value)}
      className={clsx(inputClass, 'needs-js h-8 min-w-40 flex-1 basis-40')}
    >
      <option value="">From another milestone</option>
      {groupByMilestone(far).map(([milestone_title, choices]) => (
        <optgroup key={milestone_title} label={milestone_title}>
          {choices.map(({ ref, title }) => (
            <option key={ref} value={ref}>
              {`${ref.split(':')[1]} ${title}`}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  )
}

function Chip({ choice, on, toggle }: { choice: Choice; on: boolean; toggle: () => void }) {
  const number = choice.milestone_title ? `${choice.milestone_title} · ${choice.ref.split(':')[1]}` : choice.ref
  return (
    <button
      type="button"
      aria-pressed={on}
      onClick={toggle}
      className={clsx(
        'inline-flex h-6 max-w-64 items-center gap-1 rounded-md border px-2 text-xs',
        on ? 'border-accent bg-ready-tint text-text' : 'border-line text-muted hover:border-line-strong hover:text-text',
      )}
    >
      <span className={clsx('flex-none', on && 'font-medium')}>{number}</span>
      <span className="truncate">{choice.title}</span>
    </button>
  )
}

export const refsOf = (value: string) => value.split(/[\s,]+/).filter(Boolean)

const without = (refs: readonly string[], ref: string) => refs.filter((other) => other !== ref).join(', ')

function groupByMilestone(choices: readonly Choice[]) {
  const groups = new Map<string, Choice[]>()
  for (const choice of choices) {
    const title = choice.milestone_title ?? ''
    groups.set(title, [...(groups.get(title) ?? []), choice])
  }
  return [...groups]
}
