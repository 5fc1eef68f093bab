import type { StateCounts } from '@/lib/domain/state'
import { STATES, STATUS, StatusGlyph } from './status'

/** How a project stands, as a bar for a glance and as exact numbers. */
export function StatusBar({ counts }: { counts: StateCounts }) {
  const present = STATES.filter((state) => counts[state] > 0)
  if (present.length === 0) return <p className="text-xs text-muted">No checkpoints yet</p>
  return (
    <div className="grid gap-1.5">
      <div aria-hidden="true" className="flex h-1.5 gap-0.5">
        {present.map((state) => (
          <i
            key={state}
            style={{ flexGrow: counts[state] }}
            className={`min-w-1.5 basis-0 rounded-full ${state === 'blocked' ? 'bg-line-strong' : STATUS[state].fill}`}
          />
        ))}
      </div>
      <ul className="flex flex-wrap gap-x-3 gap-y-0.5 text-xs">
        {present.map((state) => (
          <li key={state} className="flex items-center gap-1 text-muted tabular-nums" title={STATUS[state].word}>
            <StatusGlyph state={state} size={12} />
            <span className="text-text">{counts[state]}</span>
            <span className="max-lg:sr-only">{STATUS[state].word.toLowerCase()}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
