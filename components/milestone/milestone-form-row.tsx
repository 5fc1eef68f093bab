'use client'
import { ArrowDown, ArrowUp, X } from 'lucide-react'
import { memo } from 'react'
import { LIMITS } from '@/lib/domain/limits'
import { type Choice, DependencyField } from '../plan/dependency-field'
import { refsOf } from '../plan/references'
import { IconButton } from '../ui/button'
import { CheckField, TextField } from '../ui/field'
import { titleField, voteField, waitsField } from './milestone-problems'
import type { Row } from './milestone-rows'
import { anchorOf } from './wrong-fields'

type RowFieldsProps = {
  row: Row
  index: number
  isLast: boolean
  near: readonly Choice[]
  far: readonly Choice[]
  titleError: string | undefined
  waitsError: string | undefined
  onChange: (key: number, patch: Partial<Row>) => void
  onMove: (key: number, by: -1 | 1) => void
  onRemove: (key: number) => void
}

/** One row. It is drawn again only if something in it changes: typing in one of five hundred rows must not draw the others. */
export const RowFields = memo(function RowFields(props: RowFieldsProps) {
  const { row, index, isLast, near, far, titleError, waitsError, onChange, onMove, onRemove } = props
  const { key } = row
  const number = index + 1
  return (
    <li id={anchorOf(titleField(index))} className="grid grid-cols-[28px_minmax(0,1fr)_auto] gap-x-2 gap-y-2.5 py-3 pr-3">
      <span className="pt-[7px] text-right text-xs text-muted tabular-nums">{number}</span>
      <TextField
        label={`Title of checkpoint ${number}`}
        hideLabel
        name={titleField(index)}
        value={row.title}
        onChange={(event) => onChange(key, { title: event.target.value })}
        maxLength={LIMITS.title}
        placeholder={EXAMPLES[index] ?? 'Another step'}
        error={titleError}
        className="max-sm:col-span-2"
      />
      <div className="col-span-2 col-start-2 row-start-2 grid gap-x-4 gap-y-1 sm:grid-cols-[minmax(0,1fr)_auto] sm:items-start">
        <DependencyField
          name={waitsField(index)}
          value={row.depends_on}
          onChange={(depends_on) => onChange(key, { depends_on })}
          near={near}
          far={far}
          error={waitsError}
        />
        <CheckField
          label="Needs a vote"
          name={voteField(index)}
          value="true"
          checked={row.requires_consensus}
          onChange={(event) => onChange(key, { requires_consensus: event.target.checked })}
        />
      </div>
      {/* The Tab key reaches these after the fields, and the eye finds them beside the title. An arrow that leads nowhere stays, and so keeps the focus. */}
      <span className="needs-js col-start-3 row-start-1 -mr-1.5 flex max-sm:col-start-2 max-sm:col-span-2 max-sm:row-start-2 max-sm:self-end max-sm:justify-self-end [&>[aria-disabled]]:cursor-not-allowed [&>[aria-disabled]]:opacity-40">
        <IconButton label={`Move checkpoint ${number} up`} aria-disabled={index === 0 || undefined} onClick={() => onMove(key, -1)}>
          <ArrowUp size={14} />
        </IconButton>
        <IconButton label={`Move checkpoint ${number} down`} aria-disabled={isLast || undefined} onClick={() => onMove(key, 1)}>
          <ArrowDown size={14} />
        </IconButton>
        <IconButton label={`Remove checkpoint ${number}`} data-remove={key} onClick={() => onRemove(key)}>
          <X size={14} />
        </IconButton>
      </span>
    </li>
  )
}, isAlike)

/** Up to so many of the rows above are offered, the nearest ones, besides those that are chosen. All others can be written by their numbers. */
const MOST_NEAR = 12

/** The rows above this one that have a title, and that it may wait for. */
export function nearOf(rows: readonly Row[], index: number): Choice[] {
  const chosen = refsOf(rows[index]?.depends_on ?? '').map((ref) => Number(ref) - 1)
  const nearest = Array.from({ length: Math.min(index, MOST_NEAR) }, (_, at) => index - 1 - at)
  return [...new Set([...nearest, ...chosen])]
    .filter((at) => at < index && rows[at]?.title.trim())
    .sort((a, b) => a - b)
    .map((at) => ({ ref: String(at + 1), title: rows[at]?.title ?? '' }))
}

function isAlike({ near: before, ...a }: RowFieldsProps, { near: after, ...b }: RowFieldsProps): boolean {
  const same = Object.entries(a).every(([name, value]) => value === Reflect.get(b, name))
  return (
    same && before.length === after.length && before.every(({ ref, title }, at) => ref === after[at]?.ref && title === after[at]?.title)
  )
}

const EXAMPLES = ['Design approved', 'Implementation complete', 'Tests passing', 'Deployed to production']
