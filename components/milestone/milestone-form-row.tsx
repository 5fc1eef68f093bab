'use client'
import { ArrowDown, ArrowUp, X } from 'lucide-react'
import { fieldError } from '@/lib/client/refusal'
import type { Refusal } from '@/lib/domain/answer'
import { LIMITS } from '@/lib/domain/limits'
import { type Choice, DependencyField } from '../plan/dependency-field'
import { IconButton } from '../ui/button'
import { CheckField, TextField } from '../ui/field'
import type { Row } from './milestone-rows'

type RowFieldsProps = {
  row: Row
  index: number
  rows: readonly Row[]
  far: readonly Choice[]
  refusal: Refusal | null
  /** Why what this row waits for was refused. */
  error: string | undefined
  onChange: (patch: Partial<Row>) => void
  onMove: (by: -1 | 1) => void
  onRemove: () => void
}

export function RowFields({ row, index, rows, far, refusal, error, onChange, onMove, onRemove }: RowFieldsProps) {
  const path = `checkpoints.${index}`
  const number = index + 1
  const near = rows.slice(0, index).flatMap(({ title }, at) => (title.trim() ? { ref: String(at + 1), title } : []))
  return (
    <li className="grid grid-cols-[28px_minmax(0,1fr)_auto] gap-x-2 gap-y-2.5 py-3 pr-3">
      <span className="pt-[7px] text-right text-xs text-muted tabular-nums">{number}</span>
      <TextField
        label={`Title of checkpoint ${number}`}
        hideLabel
        name={`${path}.title`}
        value={row.title}
        onChange={(event) => onChange({ title: event.target.value })}
        maxLength={LIMITS.title}
        placeholder={EXAMPLES[index] ?? 'Another step'}
        error={fieldError(refusal, `${path}.title`)}
        className="max-sm:col-span-2"
      />
      <div className="col-span-2 col-start-2 row-start-2 grid gap-x-4 gap-y-1 sm:grid-cols-[minmax(0,1fr)_auto] sm:items-start">
        <DependencyField
          name={`${path}.depends_on`}
          value={row.depends_on}
          onChange={(depends_on) => onChange({ depends_on })}
          near={near}
          far={far}
          error={fieldError(refusal, `${path}.depends_on`) ?? error}
        />
        <CheckField
          label="Needs a vote"
          name={`${path}.requires_consensus`}
          value="true"
          checked={row.requires_consensus}
          onChange={(event) => onChange({ requires_consensus: event.target.checked })}
        />
      </div>
      {/* After the fields for who walks by Tab; beside the title for the eye. */}
      <span className="needs-js col-start-3 row-start-1 -mr-1.5 flex max-sm:col-start-2 max-sm:col-span-2 max-sm:row-start-2 max-sm:self-end max-sm:justify-self-end">
        <IconButton label={`Move checkpoint ${number} up`} disabled={index === 0} onClick={() => onMove(-1)}>
          <ArrowUp size={14} />
        </IconButton>
        <IconButton label={`Move checkpoint ${number} down`} disabled={index === rows.length - 1} onClick={() => onMove(1)}>
          <ArrowDown size={14} />
        </IconButton>
        <IconButton label={`Remove checkpoint ${number}`} onClick={onRemove}>
          <X size={14} />
        </IconButton>
      </span>
    </li>
  )
}

const EXAMPLES = ['Design approved', 'Implementation complete', 'Tests passing', 'Deployed to production']
