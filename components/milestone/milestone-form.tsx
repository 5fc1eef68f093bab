'use client'
import { useRouter } from 'next/navigation'
import { type FormEvent, type KeyboardEvent, useCallback, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { createMilestone } from '@/app/actions'
import { type Act, useAct } from '@/lib/client/act'
import { headingOf, useFocusOnWrong } from '@/lib/client/focus'
import type { Graph } from '@/lib/client/graph'
import { isolated } from '@/lib/domain/bidi'
import { LIMITS } from '@/lib/domain/limits'
import type { Choice } from '../plan/dependency-field'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { CreationFoot } from '../ui/creation-foot'
import { TextArea, TextField } from '../ui/field'
import { LossNotice } from './loss-notice'
import { nearOf, RowFields } from './milestone-form-row'
import { problemsOf, titleField, voteField, waitsField } from './milestone-problems'
import {
  addRow,
  chainRows,
  changeRow,
  type Draft,
  draftOf,
  isFull,
  moveRow,
  packRows,
  type Row,
  removeRow,
  undoLoss,
} from './milestone-rows'
import { useFocusOn } from './use-focus-on'
import { anchorOf, WrongFields } from './wrong-fields'

type MilestoneFormProps = {
  project: Graph['project']
  far: readonly Choice[]
  /** How many rows stand ready. Blank ones are left out. */
  count: number
}

/** A milestone with its checkpoints in one go. */
export function MilestoneForm({ project, far, count }: MilestoneFormProps) {
  const router = useRouter()
  const act = useAct(createMilestone, {
    said: ({ data }) => `The milestone ${isolated(data.title)} is created.`,
    leadsTo: ({ data }) => headingOf(data.title),
    goTo: ({ data }) => router.push(`/m/${data.milestone_id}`),
  })
  const [draft, setDraft] = useState(() => packRows(draftOf(rowsIn(act), count)))
  const [sentKeys, setSentKeys] = useState(() => keysOf(draft))
  const element = useRef<HTMLFormElement>(null)
  const focusOn = useFocusOn(draft)
  useFocusOnWrong(element, act.refusal)

  const { rows, losses } = draft
  const { done } = act
  const problems = problemsOf(act.refusal, (sent) => {
    const index = rows.findIndex(({ key }) => key === sentKeys[sent])
    return index < 0 ? null : index
  })
  const errorAt = (name: string) => problems.find(({ field }) => field === name)?.said
  const named = rows.filter(({ title }) => title.trim() !== '').length
  const loss = losses.at(-1)

  const field = (name: string) => {
    const found = element.current?.elements.namedItem(name)
    return found instanceof HTMLElement ? found : null
  }
  const rowOf = useCallback((key = -1) => element.current?.querySelector(`[data-remove="${key}"]`)?.closest('li'), [])
  const submit = () => element.current?.querySelector<HTMLElement>('[type=submit]') ?? null

  // These stay the same functions, so that a row is drawn again only if it changed.
  const onChange = useCallback((key: number, patch: Partial<Row>) => setDraft((now) => changeRow(now, key, patch)), [])
  const onMove = useCallback((key: number, by: -1 | 1) => setDraft((now) => moveRow(now, key, by)), [])
  const onRemove = useCallback(
    (key: number) => {
      const row = rowOf(key)
      const neighbour = row?.nextElementSibling ?? row?.previousElementSibling
      setDraft((now) => removeRow(now, key))
      focusOn(() => neighbour?.querySelector<HTMLElement>('[data-remove]') ?? null)
    },
    [focusOn, rowOf],
  )

  function add() {
    setDraft(addRow(draft))
    focusOn(() => field(titleField(rows.length)))
  }

  function undo() {
    setDraft(undoLoss(draft))
    focusOn(() => rowOf(loss?.moved.row.key)?.querySelector('input') ?? null)
  }

  function dismiss() {
    setDraft({ rows, losses: [] })
    submit()?.focus()
  }

  /** Enter goes on to the next checkpoint, and makes one at the end: a plan is written without the mouse. */
  function onKeyDown(event: KeyboardEvent) {
    const { target, key } = event
    if (key !== 'Enter' || event.nativeEvent.isComposing) return
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault()
      return element.current?.requestSubmit()
    }
    if (!(target instanceof HTMLInputElement)) return
    event.preventDefault()
    const at = /^checkpoints\.(\d+)\./.exec(target.name)?.[1]
    const next = at === undefined ? 0 : Number(at) + 1
    if (next < rows.length) return focusOn(() => field(titleField(next)))
    if (rows[next - 1]?.title.trim() === '' || isFull(draft)) return submit()?.focus()
    add()
  }

  function onSubmit(event: FormEvent<HTMLFormElement>) {
    // Before the fields are read: what is refused then has the number on screen under which it was sent.
    const packed = packRows(draft)
    flushSync(() => {
      setDraft(packed)
      setSentKeys(keysOf(packed))
    })
    act.form.onSubmit(event)
  }

  return (
    <form {...act.form} ref={element} onSubmit={onSubmit} onKeyDown={onKeyDown} className="grid max-w-3xl gap-6">
      <input type="hidden" name="group_id" value={project.group_id} />
      <input type="hidden" name="project_id" value={project.project_id} />
      <div className="grid gap-4">
        <div id={anchorOf('title')}>
          <TextField
            label="Title"
            name="title"
            required
            maxLength={LIMITS.title}
            autoFocus={problems.length === 0}
            defaultValue={act.sent('title')}
            placeholder="Ship feature X"
            error={errorAt('title')}
          />
        </div>
        <div id={anchorOf('description')}>
          <TextArea
            label="Description"
            name="description"
            rows={2}
            maxLength={LIMITS.description}
            defaultValue={act.sent('description')}
            placeholder="What is true when it is done, and where the details are"
            error={errorAt('description')}
          />
        </div>
      </div>
      <fieldset className="grid gap-3">
        <legend className="mb-1 font-semibold">Checkpoints</legend>
        <ol className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-panel">
          {rows.map((row, index) => (
            <RowFields
              key={row.key}
              row={row}
              index={index}
              isLast={index === rows.length - 1}
              near={nearOf(rows, index)}
              far={far}
              titleError={errorAt(titleField(index))}
              waitsError={errorAt(waitsField(index))}
              onChange={onChange}
              onMove={onMove}
              onRemove={onRemove}
            />
          ))}
        </ol>
        <LossNotice said={loss?.said} onUndo={undo} onDismiss={dismiss} />
        <MoreRows count={rows.length} />
        <div className="needs-js flex flex-wrap items-center gap-x-2 gap-y-1.5">
          <Button disabled={isFull(draft)} onClick={add}>
            Add a checkpoint
          </Button>
          <Button look="quiet" disabled={named < 2} onClick={() => setDraft(chainRows(draft))}>
            Let each wait for the one above
          </Button>
          {isFull(draft) && <p className="text-muted">A milestone has at most {LIMITS.checkpoints_per_milestone} checkpoints.</p>}
          <p className="ml-auto text-xs text-muted">
            <Key>Enter</Key> next checkpoint <Key>Ctrl Enter</Key> create
          </p>
        </div>
      </fieldset>
      {problems.some((problem) => problem.field !== null) ? <WrongFields problems={problems} /> : <Outcome act={act} />}
      <CreationFoot
        noun="milestone"
        busy={act.pending}
        created={done && `/m/${done.data.milestone_id}`}
        cancel={`/p/${project.project_id}`}
      />
    </form>
  )
}

const keysOf = ({ rows }: Draft) => rows.map(({ key }) => key)

/** The rows that the browser posted by itself: a refused form comes back as it was. */
function rowsIn({ sent }: Pick<Act<unknown>, 'sent'>): Omit<Row, 'key'>[] {
  const rows: Omit<Row, 'key'>[] = []
  for (let title = sent(titleField(0)); title !== undefined; title = sent(titleField(rows.length))) {
    const depends_on = sent(waitsField(rows.length)) ?? ''
    rows.push({ title, depends_on, requires_consensus: sent(voteField(rows.length)) === 'true' })
  }
  return rows
}

/** Where scripting is off, another page has more rows. */
function MoreRows({ count }: { count: number }) {
  const more = Math.min(count * 3, LIMITS.checkpoints_per_milestone)
  if (more <= count) return null
  return (
    <p className="without-js text-muted">
      <a href={`?rows=${more}`} className="text-accent underline">
        Load this form with {more} rows
      </a>{' '}
      if you need more. What you have entered here will be lost.
    </p>
  )
}

function Key({ children }: { children: string }) {
  return <kbd className="ml-2 rounded border border-line-strong bg-panel px-1 font-sans text-[11px] text-muted">{children}</kbd>
}
