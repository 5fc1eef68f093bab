'use client'
import clsx from 'clsx'
import { type KeyboardEvent, useRef, useState } from 'react'
import { tabClass } from '../ui/tab'
import { clientsFor, masked, type Snippet, UNKNOWN_SECRET } from './clients'
import { CopyAction } from './copy-action'

type ClientTabsProps = {
  origin: string
  group: string
  /** Null if nobody can show it, so that a placeholder stands in its place. */
  secret: string | null
  revealed: boolean
  /** Called when something with the key in it was copied. */
  onCopied: () => void
}

/** What each client needs, one at a time. Before JavaScript, they stand one below the other. */
export function ClientTabs({ origin, group, secret, revealed, onCopied }: ClientTabsProps) {
  const [chosen, setChosen] = useState(0)
  const tabs = useRef<HTMLDivElement>(null)
  const real = secret ?? UNKNOWN_SECRET
  const clients = clientsFor({ origin, group, secret: real })
  const shown = clientsFor({ origin, group, secret: secret !== null && !revealed ? masked(secret) : real })

  function onKey(event: KeyboardEvent) {
    const steps: Record<string, number> = { ArrowRight: chosen + 1, ArrowLeft: chosen - 1, Home: 0, End: clients.length - 1 }
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    const next = (step + clients.length) % clients.length
    setChosen(next)
    tabs.current?.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus()
  }

  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3.5">
      <div
        ref={tabs}
        role="tablist"
        aria-label="Clients"
        tabIndex={-1}
        onKeyDown={onKey}
        className="needs-js flex gap-0.5 overflow-x-auto overflow-y-hidden border-b border-line whitespace-nowrap [scrollbar-width:thin] max-md:-mx-5 max-md:px-2.5"
      >
        {clients.map(({ id, name }, at) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`tab-${id}`}
            aria-selected={at === chosen}
            aria-controls={`client-${id}`}
            tabIndex={at === chosen ? 0 : -1}
            onClick={() => setChosen(at)}
            className={clsx(tabClass(at === chosen), 'mb-0 flex-none focus-visible:-outline-offset-2')}
          >
            {name}
          </button>
        ))}
      </div>
      {clients.map(({ id, name, snippets, note }, at) => (
        <div
          key={id}
          id={`client-${id}`}
          role="tabpanel"
          aria-labelledby={`tab-${id}`}
          className={clsx('gap-3', at === chosen ? 'grid grid-cols-[minmax(0,1fr)]' : 'without-js')}
        >
          <h3 className="without-js font-semibold">{name}</h3>
          {snippets.map((snippet, part) => (
            <Snippets
              key={snippet.where}
              {...snippet}
              shown={shown[at]?.snippets[part]?.text ?? ''}
              label={`Copy for ${name}: ${snippet.where}`}
              onCopied={snippet.text.includes(real) ? onCopied : undefined}
            />
          ))}
          {note && <p className="max-w-[68ch] text-muted wrap-anywhere">{note}</p>}
        </div>
      ))}
    </div>
  )
}

function Snippets({ where, text, shown, label, onCopied }: Snippet & { shown: string; label: string; onCopied: (() => void) | undefined }) {
  return (
    <div className="min-w-0 overflow-hidden rounded-lg border border-line bg-panel">
      <div className="flex min-h-11 items-center justify-between gap-3 border-b border-line py-1.5 pr-1.5 pl-3">
        <p className={clsx('min-w-0 text-xs font-medium text-muted wrap-anywhere', isFile(where) && 'font-mono')}>{where}</p>
        <CopyAction text={text} label={label} onCopied={onCopied} />
      </div>
      <pre className="overflow-x-auto bg-sunken px-3 py-2.5 font-mono text-xs leading-[19px] whitespace-pre-wrap wrap-anywhere">
        {shown}
      </pre>
    </div>
  )
}

const isFile = (where: string) => !where.includes(' ')
