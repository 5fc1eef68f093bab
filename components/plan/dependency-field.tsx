'use client'
import clsx from 'clsx'
import { useId } from 'react'
import { isolated } from '@/lib/domain/bidi'
import { FieldError, inputClass } from '../ui/field'
import { DependencyChip } from './dependency-chip'
import { MoreChoices } from './more-choices'
import { refsOf } from './references'

/** A checkpoint that may be waited for. `ref` is what is sent: an id, or the number of a row that is yet to be saved. */
export type Choice = { ref: string; number?: number; title: string; milestone_title?: string }

type DependencyFieldProps = {
  name: string
  value: string
  onChange: (value: string) => void
  /** Rows of this form: shown as chips. */
  near: readonly Choice[]
  /** Pending checkpoints of other milestones: chosen from a list. */
  far: readonly Choice[]
  error?: string | undefined
}

/**
 * What a checkpoint waits for that is yet to be saved, together with its milestone: it has no id, so that numbers mean rows of the form. Chips and
 * list only write into the value, so that it works before JavaScript and takes any reference.
 */
export function DependencyField({ name, value, onChange, near, far, error }: DependencyFieldProps) {
  const id = useId()
  const refs = refsOf(value)
  const chosenFar = far.filter(({ ref }) => refs.includes(ref)).map(({ ref }) => ref)
  const text = textOf(value, chosenFar)
  const write = (typed: string, others: readonly string[]) => onChange([typed, ...others].join(JOIN))
  const toggleNear = (ref: string) => write(toggled(refsOf(text), ref).join(', '), chosenFar)
  const toggleFar = (ref: string) => write(text, toggled(chosenFar, ref))

  return (
    <div className="grid min-w-0 grid-cols-[64px_minmax(0,1fr)] gap-x-1.5">
      <label htmlFor={id} className="pt-[7px] text-xs font-medium text-muted">
        Waits for
      </label>
      <div className="grid min-w-0 gap-1.5">
        {near.length + chosenFar.length > 0 && (
          <div className="needs-js flex min-h-8 flex-wrap items-center gap-1">
            {near.map(({ ref, title }, at) => {
              const on = refs.includes(ref)
              const short = !on && near.length > ALL_NAMED && at < near.length - LAST_NAMED
              return <DependencyChip key={ref} number={ref} title={title} on={on} short={short} toggle={() => toggleNear(ref)} />
            })}
            {far.map(({ ref, number, title, milestone_title }) => {
              if (!chosenFar.includes(ref)) return null
              return (
                <DependencyChip
                  key={ref}
                  number={`${isolated(milestone_title ?? '')} · ${number}`}
                  title={title}
                  on
                  toggle={() => toggleFar(ref)}
                />
              )
            })}
          </div>
        )}
        <div className="flex flex-wrap gap-1.5">
          <input
            id={id}
            name={name}
            value={text}
            onChange={(event) => write(event.target.value, chosenFar)}
            placeholder={near.length > 0 ? 'Nothing, or numbers: 1, 2' : 'Nothing'}
            title="Numbers of checkpoints above, or references such as ms_…:3"
            autoComplete="off"
            aria-invalid={error ? true : undefined}
            aria-describedby={error ? `${id}-error` : undefined}
            className={clsx(inputClass, 'h-8 min-w-36 flex-1 basis-36')}
          />
          {chosenFar.length > 0 && <input type="hidden" name={name} value={chosenFar.join(' ')} />}
          {far.length > 0 && (
            <MoreChoices
              name={name}
              label="Add from another milestone"
              words="Add from another milestone"
              choices={far.filter(({ ref }) => !chosenFar.includes(ref))}
              choose={toggleFar}
            />
          )}
        </div>
        {error && <FieldError id={`${id}-error`}>{error}</FieldError>}
      </div>
    </div>
  )
}

/** Up to so many chips all say their titles; of more, only the last ones do, which are chosen most. */
const ALL_NAMED = 6
const LAST_NAMED = 3

/** Stands between what was typed and the ids that were chosen, which the text field does not show. */
const JOIN = '\t'

const textOf = (value: string, ids: readonly string[]) =>
  ids.reduce((text, id) => text.replace(new RegExp(`(^|${JOIN}|, )${id}`), ''), value).replace(/^, /, '')

const toggled = (refs: readonly string[], ref: string) => (refs.includes(ref) ? refs.filter((other) => other !== ref) : [...refs, ref])
