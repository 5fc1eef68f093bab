'use client'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { createMilestone } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { headingOf } from '@/lib/client/focus'
import type { Graph } from '@/lib/client/graph'
import { fieldError } from '@/lib/client/refusal'
import { LIMITS } from '@/lib/domain/limits'
import type { Choice } from '../plan/dependency-field'
import { Outcome } from '../status/outcome'
import { Refused } from '../status/refused'
import { Button, buttonClass } from '../ui/button'
import { TextArea, TextField } from '../ui/field'
import { RowFields } from './milestone-form-row'
import { addRow, chainRows, changeRow, firstRows, moveRow, type Row, removeRow, rowSentAs } from './milestone-rows'

/** A milestone with its checkpoints in one go. Four rows stand ready; without JavaScript, empty ones are left out. */
export function MilestoneForm({ project, far }: { project: Graph['project']; far: readonly Choice[] }) {
  const router = useRouter()
  const [rows, setRows] = useState<readonly Row[]>(firstRows)
  const act = useAct(createMilestone, {
    said: ({ data }) => `The milestone ${data.title} is created.`,
    leadsTo: ({ data }) => headingOf(data.title),
    onDone: ({ data }) => router.push(`/m/${data.milestone_id}`),
  })
  const { refusal, done } = act
  const wrong = refusal?.error === 'invalid_dependency' ? rowSentAs(rows, refusal.details.order) : null
  const placed = Array.isArray(refusal?.details.fields) || wrong !== null
  const named = rows.filter(({ title }) => title.trim() !== '').length
  const element = useRef<HTMLFormElement>(null)
  const focusOn = useFocusOn(element, rows)

  /** Enter goes on to the next checkpoint, and makes one at the end: a plan is written without the mouse. */
  function onKeyDown(event: KeyboardEvent) {
    const { target, key } = event
    if (key !== 'Enter' || event.nativeEvent.isComposing || !(target instanceof HTMLInputElement)) return
    event.preventDefault()
    if (event.ctrlKey || event.metaKey) return element.current?.requestSubmit()
    const at = /^checkpoints\.(\d+)\./.exec(target.name)?.[1]
    const next = at === undefined ? 0 : Number(at) + 1
    const isLast = next === rows.length
    if (isLast && rows[next - 1]?.title.trim() === '') return element.current?.querySelector<HTMLElement>('[type=submit]')?.focus()
    if (isLast) setRows(addRow(rows))
    focusOn(next)
  }

  return (
    <form {...act.form} ref={element} onKeyDown={onKeyDown} className="grid max-w-3xl gap-6">
      <input type="hidden" name="group_id" value={project.group_id} />
      <input type="hidden" name="project_id" value={project.project_id} />
      <div className="grid gap-4">
        <TextField
          label="Title"
          name="title"
          required
          maxLength={LIMITS.title}
          autoFocus
          placeholder="Ship feature X"
          error={fieldError(refusal, 'title')}
        />
        <TextArea
          label="Description"
          name="description"
          rows={2}
          maxLength={LIMITS.description}
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
              error={index === wrong ? refusal?.message : undefined}
              onChange={(patch) => setRows(changeRow(rows, index, patch))}
              onMove={(by) => setRows(moveRow(rows, index, by))}
              onRemove={() => setRows(removeRow(rows, index))}
            />
          ))}
        </ol>
        <div className="needs-js flex flex-wrap items-center gap-x-2 gap-y-1.5">
          <Button
            onClick={() => {
              setRows(addRow(rows))
              focusOn(rows.length)
            }}
          >
            Add a checkpoint
          </Button>
          <Button look="quiet" disabled={named < 2} onClick={() => setRows(chainRows(rows))}>
            Let each wait for the one above
          </Button>
          <p className="ml-auto text-xs text-muted">
            <Key>Enter</Key> next checkpoint <Key>Ctrl Enter</Key> create
          </p>
        </div>
      </fieldset>
      {refusal && placed ? <Refused message="Not created: see the marked fields." /> : <Outcome act={act} />}
      {done && (
        <p role="status">
          Created.{' '}
          <Link href={`/m/${done.data.milestone_id}`} className="font-medium text-accent underline">
            Open the milestone
          </Link>
        </p>
      )}
      <div className="flex gap-2">
        <Button type="submit" look="primary" busy={act.pending}>
          Create milestone
        </Button>
        <Link href={`/p/${project.project_id}`} className={buttonClass('quiet')}>
          Cancel
        </Link>
      </div>
    </form>
  )
}

/** Moves the focus to a row's title, once it is there. */
function useFocusOn(form: RefObject<HTMLFormElement | null>, rows: readonly Row[]) {
  const wanted = useRef<number>(null)
  const focus = () => {
    const field = wanted.current === null ? null : form.current?.elements.namedItem(`checkpoints.${wanted.current}.title`)
    if (!(field instanceof HTMLElement)) return
    wanted.current = null
    field.focus()
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: a row that was added is there after this
  useEffect(focus, [rows])
  return (row: number) => {
    wanted.current = row
    focus()
  }
}

function Key({ children }: { children: string }) {
  return <kbd className="ml-2 rounded border border-line-strong bg-panel px-1 font-sans text-[11px] text-muted">{children}</kbd>
}
