'use client'
import { ArrowDown, ArrowUp, X } from 'lucide-react'
import { fieldError, type Refusal } from '@/lib/client/action'
import { IconButton } from '../ui/button'
import { CheckField, TextField } from '../ui/field'
import { type Choice, DependencyField } from './dependency-field'
import type { Row } from './milestone-rows'

type RowFieldsProps = {
  row: Row
  index: number
  rows: readonly Row[]
  far: readonly Choice[]
  refusal: Refusal | null
  onChange: (patch: Partial<Row>) => void
  onMove: (by: -1 | 1) => void
  onRemove: () => void
}

export function RowFields({ row, index, rows, far, refusal, onChange, onMove, onRemove }: RowFieldsProps) {
  const path = `checkpoints.${index}`
  const number = index + 1
  const near = rows.slice(0, index).flatMap(({ title }, at) => (title.trim() ? { ref: String(at + 1), title } : []))
  return (
    <li className="grid grid-cols-[28px_minmax(0,1fr)] gap-x-2 py-3 pr-3">
      <span className="pt-[7px] text-right text-xs text-faint">{number}</span>
      <div className="grid min-w-0 gap-2.5">
        <div className="flex items-start gap-1">
          <TextField
            label={`Title of checkpoint ${number}`}
            hideLabel
            name={`${path}.title`}
            value={row.title}
            onChange={(event) => onChange({ title: event.target.value })}
            maxLength={200}
            placeholder={EXAMPLES[index] ?? 'Another step'}
            error={fieldError(refusal, `${path}.title`)}
            className="flex-1"
          />
          <span className="needs-js flex">
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
        </div>
        <div className="grid gap-x-4 gap-y-1 sm:grid-cols-[minmax(0,1fr)_auto] sm:items-start">
          <DependencyField
            name={`${path}.depends_on`}
            value={row.depends_on}
            onChange={(depends_on) => onChange({ depends_on })}
            near={near}
            far={far}
            error={fieldError(refusal, `${path}.depends_on`)}
          />
          <CheckField
            label="Needs a vote"
            name={`${path}.requires_consensus`}
            value="true"
            checked={row.requires_consensus}
            onChange={(event) => onChange({ requires_consensus: event.target.checked })}
          />
        </div>
      </div>
    </li>
  )
}

const EXAMPLES = ['Design approved', 'Implementation complete', 'Tests passing', 'Deployed to production']
