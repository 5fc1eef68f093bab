'use client'
import clsx from 'clsx'
import { Plus, X } from 'lucide-react'
import { isolated, shown } from '@/lib/domain/bidi'
import { Written } from '../ui/written'

type DependencyChipProps = {
  /** Where the checkpoint is, for example "3" or "API v2 · 3". */
  number: string
  title: string
  on: boolean
  toggle: () => void
  /** Whether only the number is shown. */
  short?: boolean
}

/** A checkpoint that is waited for, or may be. It says what pressing it does. */
export function DependencyChip({ number, title, on, toggle, short = false }: DependencyChipProps) {
  const Icon = on ? X : Plus
  return (
    <button
      type="button"
      aria-label={`${number} ${isolated(title)}, ${on ? 'remove' : 'add'}`}
      onClick={toggle}
      title={shown(title)}
      className={clsx(
        'inline-flex h-6 max-w-64 items-center gap-1 rounded-md border px-1.5 text-xs transition-colors duration-100 active:bg-line',
        on ? 'border-accent bg-ready-tint text-text' : 'border-line-strong bg-panel text-muted hover:border-faint hover:text-text',
      )}
    >
      {!on && <Icon size={12} aria-hidden="true" className="flex-none" />}
      <span className={clsx('flex-none', on && 'font-medium')}>{number}</span>
      {!short && <Written text={title} className="truncate" />}
      {on && <Icon size={12} aria-hidden="true" className="flex-none" />}
    </button>
  )
}
