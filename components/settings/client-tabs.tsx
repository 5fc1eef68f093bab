'use client'
import clsx from 'clsx'
import { type KeyboardEvent, useRef, useState } from 'react'
import { masked } from '../key/masked'
import { Snippet } from '../ui/snippet'
import { tabClass } from '../ui/tab'
import { clientsFor, UNKNOWN_SECRET } from './clients'

type ClientTabsProps = {
  origin: string
  group: string
  /** Null if nobody can show it, so that a placeholder stands in its place. */
  secret: string | null
  revealed: boolean
  /** Called when something with the key in it was copied. */
  onCopied: () => void
}

/** What to do where the browser does not copy a text that has the key in it. */
const SHOW_FIRST = 'Show the key, then select the text and copy it by hand.'

/** What each client needs, one at a time. Before JavaScript, they stand one below the other. */
export function ClientTabs({ origin, group, secret, revealed, onCopied }: ClientTabsProps) {
  const [chosen, setChosen] = useState(0)
  const tabs = useRef<HTMLDivElement>(null)
  const real = secret ?? UNKNOWN_SECRET
  const clients = clientsFor({ origin, group, secret: real })
  const isMasked = secret !== null && !revealed
  const shown = clientsFor({ origin, group, secret: isMasked ? masked(real) : real })

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
            <Snippet
              key={snippet.where}
              {...snippet}
              shown={shown[at]?.snippets[part]?.text ?? ''}
              label={`Copy for ${name}: ${snippet.where}`}
              byHand={isMasked && snippet.text.includes(real) ? SHOW_FIRST : undefined}
              onCopied={snippet.text.includes(real) ? onCopied : undefined}
            />
          ))}
          {note && <p className="max-w-[68ch] text-muted wrap-anywhere">{note}</p>}
        </div>
      ))}
    </div>
  )
}
