'use client'
import clsx from 'clsx'
import { useRef, useState } from 'react'
import { isolated, shown } from '@/lib/domain/bidi'
import { inputClass } from '../ui/field'
import type { Choice } from './dependency-field'

type MoreChoicesProps = {
  /** The field of the form to which the choices belong. */
  name: string
  label: string
  /** What the list says while nothing is chosen. */
  words: string
  choices: readonly Choice[]
  choose: (ref: string) => void
}

/**
 * Chooses one checkpoint after the other from a list. With the mouse, a choice counts at once. With the keyboard, where each arrow already changes the
 * value in some browsers, it counts with Enter or when the list is left. A form that is sent before that has it too.
 */
export function MoreChoices({ name, label, words, choices, choose }: MoreChoicesProps) {
  const byPointer = useRef(false)
  const [picked, setPicked] = useState('')

  function settle(ref: string) {
    setPicked('')
    if (ref) choose(ref)
  }

  return (
    <select
      aria-label={label}
      {...(picked && { name })}
      value={picked}
      onPointerDown={() => {
        byPointer.current = true
      }}
      onKeyDown={(event) => {
        byPointer.current = false
        if (event.key !== 'Enter' || !picked) return
        event.preventDefault()
        settle(picked)
      }}
      onChange={({ target }) => (byPointer.current ? settle(target.value) : setPicked(target.value))}
      onBlur={() => settle(picked)}
      className={clsx(inputClass, 'needs-js h-8 min-w-48 flex-1 basis-48 text-muted')}
    >
      <option value="">{words}…</option>
      {groupByMilestone(choices).map(([milestone_title, group]) => (
        <optgroup key={milestone_title} label={shown(milestone_title)}>
          {group.map(({ ref, number, title }) => (
            <option key={ref} value={ref}>
              {`${number ?? ref} ${isolated(title)}`}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  )
}

function groupByMilestone(choices: readonly Choice[]) {
  const groups = new Map<string, Choice[]>()
  for (const choice of choices) {
    const title = choice.milestone_title ?? 'This milestone'
    const group = groups.get(title)
    if (group) group.push(choice)
    else groups.set(title, [choice])
  }
  return [...groups]
}
