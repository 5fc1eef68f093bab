'use client'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { createMilestone } from '@/app/actions'
import { fieldError, useAction } from '@/lib/client/action'
import type { Graph } from '@/lib/domain/schemas/graph'
import { Refused } from '../checkpoint/refused'
import { Button, buttonClass } from '../ui/button'
import { TextArea, TextField } from '../ui/field'
import type { Choice } from './dependency-field'
import { RowFields } from './milestone-form-row'
import { addRow, changeRow, firstRows, moveRow, type Row, removeRow } from './milestone-rows'

/** A milestone with its checkpoints in one go. Four rows stand ready; without JavaScript, empty ones are left out. */
export function MilestoneForm({ project, far }: { project: Graph['project']; far: readonly Choice[] }) {
  const router = useRouter()
  const [rows, setRows] = useState<readonly Row[]>(firstRows)
  const { form, refusal, result, pending } = useAction<{ milestone_id: string }>(createMilestone, (answer) => {
    if (answer.success) router.push(`/m/${answer.data.milestone_id}`)
  })
  const placed = Array.isArray(refusal?.details.fields)

  return (
    <form {...form} className="grid max-w-3xl gap-6">
      <input type="hidden" name="group_id" value={project.group_id} />
      <input type="hidden" name="project_id" value={project.project_id} />
      <div className="grid gap-4">
        <TextField label="Title" name="title" required maxLength={200} placeholder="Ship feature X" error={fieldError(refusal, 'title')} />
        <TextArea
          label="Description"
          name="description"
          rows={2}
          maxLength={8192}
          placeholder="What is true when it is done, and where the details are"
          error={fieldError(refusal, 'description')}
        />
      </div>
      <fieldset className="grid gap-3">
        <legend className="mb-1 font-semibold">Checkpoints</legend>
        <ol className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-panel">
          {rows.map((row, index) => (
            <RowFields
              key={row.key}
              row={row}
              index={index}
              rows={rows}
              far={far}
              refusal={refusal}
              onChange={(patch) => setRows(changeRow(rows, index, patch))}
              onMove={(by) => setRows(moveRow(rows, index, by))}
              onRemove={() => setRows(removeRow(rows, index))}
            />
          ))}
        </ol>
        <Button onClick={() => setRows(addRow(rows))} className="needs-js justify-self-start">
          Add a checkpoint
        </Button>
      </fieldset>
      {refusal && <Refused message={placed ? 'Not created: see the marked fields.' : refusal.message} />}
      {result?.success && (
        <p role="status">
          Created.{' '}
          <Link href={`/m/${result.data.milestone_id}`} className="font-medium text-accent underline">
            Open the milestone
          </Link>
        </p>
      )}
      <div className="flex gap-2">
        <Button type="submit" look="primary" busy={pending}>
          Create milestone
        </Button>
        <Link href={`/p/${project.project_id}`} className={buttonClass('quiet')}>
          Cancel
        </Link>
      </div>
    </form>
  )
}
