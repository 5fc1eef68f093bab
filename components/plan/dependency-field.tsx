'use client'
import clsx from 'clsx'
import { Check } from 'lucide-react'
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

  const chips = [...near, ...chosenFar]

  return (
    <div className="grid min-w-0 grid-cols-[64px_minmax(0,1fr)] gap-x-1.5">
      <label htmlFor={id} className="pt-[7px] text-xs font-medium text-muted">
        Waits for
      </label>
      <div className="grid min-w-0 gap-1.5">
        {chips.length > 0 && (
          <div className="needs-js flex min-h-8 flex-wrap items-center gap-1">
            {chips.map((choice, at) => {
              const on = refs.includes(choice.ref)
              const short = !on && near.length > ALL_NAMED && at < near.length - LAST_NAMED
              return <Chip key={choice.ref} choice={choice} on={on} short={short} toggle={() => toggle(choice.ref)} />
            })}
          </div>
        )}
        <div className="flex flex-wrap gap-1.5">
          <input
            id={id}
            name={name}
            value={value}
            onChange={(event) => onChange(event.target.value)}
            placeholder={near.length > 0 ? 'Nothing; or numbers: 1, 2' : 'Nothing'}
            title="Numbers of checkpoints above, or references such as ms_…:3"
            autoComplete="off"
            aria-invalid={error ? true : undefined}
            aria-describedby={error ? `${id}-error` : undefined}
            className={clsx(inputClass, 'h-8 min-w-36 flex-1 basis-36')}
          />
          {far.length > 0 && <FarChoice far={far.filter(({ ref }) => !refs.includes(ref))} choose={toggle} />}
        </div>
        {error && (
          <p id={`${id}-error`} role="alert" className="text-xs font-medium text-refused">
            {error}
          </p>
        )}
      </div>
    </div>
  )
}

/** Up to so many chips all say their titles; of more, only the last ones do, which are chosen most. */
const ALL_NAMED = 6
const LAST_NAMED = 3

function FarChoice({ far, choose }: { far: readonly Choice[]; choose: (ref: string) => void }) {
  return (
    <select
      aria-label="Add one from another milestone"
      value=""
      onChange={(event) => choose(event.target.value)}
      className={clsx(inputClass, 'needs-js h-8 min-w-36 flex-1 basis-36 text-muted')}
    >
      <option value="">Add from another milestone…</option>
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

type ChipProps = { choice: Choice; on: boolean; short: boolean; toggle: () => void }

function Chip({ choice, on, short, toggle }: ChipProps) {
  const number = choice.milestone_title ? `${choice.milestone_title} · ${choice.ref.split(':')[1]}` : choice.ref
  return (
    <button
      type="button"
      aria-pressed={on}
      onClick={toggle}
      title={choice.title}
      className={clsx(
        'inline-flex h-6 max-w-64 items-center gap-1 rounded-md border px-2 text-xs transition-colors duration-100 active:bg-line',
        on ? 'border-accent bg-ready-tint text-text' : 'border-line-strong bg-panel text-muted hover:border-faint hover:text-text',
      )}
    >
      {on && <Check size={12} strokeWidth={2.5} aria-hidden="true" className="-ml-0.5 flex-none text-accent" />}
      <span className={clsx('flex-none', on && 'font-medium')}>{number}</span>
      <span className={short ? 'sr-only' : 'truncate'}>{choice.title}</span>
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
