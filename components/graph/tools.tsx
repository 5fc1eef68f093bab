import clsx from 'clsx'
import { Minus, Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import type { CheckpointState } from '@/lib/domain/state'
import { STATES, STATUS, StatusGlyph } from '../status/status'
import { duration } from './camera'
import { type Flow, usePercent } from './rf'
import { useView, useViewStore } from './view-store'

const BUTTON =
  'flex h-7 min-w-7 items-center justify-center gap-1.5 px-2 text-xs transition-colors duration-100 hover:bg-sunken active:bg-line focus-visible:-outline-offset-2'

export function Tools({ flow, onFit }: { flow: Flow; onFit: () => void }) {
  const percent = usePercent()
  return (
    <div className="pointer-events-none absolute inset-x-4 bottom-3.5 z-10 flex flex-wrap gap-2">
      <Group label="Zoom" className="needs-js">
        <button type="button" className={BUTTON} aria-label="Zoom out" onClick={() => flow.zoomOut({ duration: duration() })}>
          <Minus size={13} aria-hidden="true" />
        </button>
        <button
          type="button"
          className={clsx(BUTTON, 'w-13 whitespace-nowrap tabular-nums')}
          aria-label={`Zoom is ${percent} percent; set to 100`}
          onClick={() => flow.zoomTo(1, { duration: duration() })}
        >
          {percent} %
        </button>
        <button type="button" className={BUTTON} aria-label="Zoom in" onClick={() => flow.zoomIn({ duration: duration() })}>
          <Plus size={13} aria-hidden="true" />
        </button>
        <button type="button" className={BUTTON} onClick={onFit}>
          Fit
        </button>
      </Group>
      <Legend />
    </div>
  )
}

/** Says what the signs mean and how many there are; pressing one dims the others. */
function Legend() {
  const store = useViewStore()
  const chosen = useView((view) => view.states)
  const counts = useView((view) => view.plan.counts)
  const toggle = (state: CheckpointState) => {
    const states = new Set(chosen)
    if (!states.delete(state)) states.add(state)
    store.change({ states })
  }
  return (
    <Group label="Show only">
      {STATES.map((state) => (
        <button
          key={state}
          type="button"
          aria-pressed={chosen.has(state)}
          title={STATUS[state].word}
          onClick={() => toggle(state)}
          className={clsx(BUTTON, chosen.has(state) ? [STATUS[state].tint, 'font-semibold'] : counts[state] === 0 && '@max-xl:hidden')}
        >
          <StatusGlyph state={state} size={13} />
          <span className="@max-3xl:sr-only">{STATUS[state].word}</span>
          <span className={clsx('tabular-nums', chosen.has(state) ? 'text-text' : 'text-muted')}>{counts[state]}</span>
        </button>
      ))}
    </Group>
  )
}

function Group({ label, className, children }: { label: string; className?: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a row of joined buttons in every browser
    <div
      role="group"
      aria-label={label}
      className={clsx(
        'pointer-events-auto flex divide-x divide-line overflow-hidden rounded-[7px] border border-line-strong bg-panel',
        className,
      )}
    >
      {children}
    </div>
  )
}
