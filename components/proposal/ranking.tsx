'use client'
import { ChevronDown, ChevronUp } from 'lucide-react'
import { type RefObject, useLayoutEffect, useRef, useState } from 'react'
import { announce } from '@/lib/client/announce'
import { isolated, shown } from '@/lib/domain/bidi'
import { iconButtonClass } from '../ui/button'
import { inputClass } from '../ui/field'

type RankingProps = {
  options: readonly string[]
  /** What a place had in it when the browser posted the form by itself. */
  sent: (name: string) => string | undefined
}

/** The options in the person's own order. Each place is a choice from all options, which works before JavaScript; with it, an option can be moved up and down. */
export function Ranking({ options, sent }: RankingProps) {
  const list = useRef<HTMLOListElement>(null)
  const [order, setOrder] = useState(() => options.map((option, at) => sent(`vote.${at}`) ?? option))
  useChosenBefore(list, options, setOrder)

  /** Puts what is at one place to another, and what is there to the first. */
  function swap(from: number, to: number) {
    const [moved, other] = [order[from], order[to]]
    if (moved === undefined || other === undefined || from === to) return
    setOrder(order.with(from, other).with(to, moved))
    announce(`${isolated(moved)} is number ${to + 1} of ${order.length} now.`)
  }

  function move(from: number, by: 1 | -1) {
    const to = from + by
    swap(from, to)
    list.current?.children[to]?.querySelector<HTMLElement>(`[data-by="${by}"]`)?.focus()
  }

  return (
    <ol ref={list} className="grid gap-1.5">
      {order.map((chosen, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a place is its number
        <li key={at} className="flex items-center gap-1.5">
          <span aria-hidden="true" className="w-5 flex-none text-right text-muted tabular-nums">
            {at + 1}
          </span>
          <select
            name={`vote.${at}`}
            aria-label={`Number ${at + 1}`}
            value={chosen}
            onChange={(event) => swap(order.indexOf(event.target.value), at)}
            className={`${inputClass} h-9 min-w-0 flex-1`}
          >
            {options.map((option) => (
              <option key={option} value={option}>
                {shown(option)}
              </option>
            ))}
          </select>
          <Move label={`Move ${isolated(chosen)} up`} by={-1} ends={at === 0} onMove={() => move(at, -1)} />
          <Move label={`Move ${isolated(chosen)} down`} by={1} ends={at === order.length - 1} onMove={() => move(at, 1)} />
        </li>
      ))}
    </ol>
  )
}

type MoveProps = { label: string; by: 1 | -1; ends: boolean; onMove: () => void }

/** It stays focusable at the end of the list, so that the focus is not lost there. */
function Move({ label, by, ends, onMove }: MoveProps) {
  const Icon = by === 1 ? ChevronDown : ChevronUp
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      aria-disabled={ends || undefined}
      data-by={by}
      onClick={ends ? undefined : onMove}
      className={`${iconButtonClass} needs-js aria-disabled:cursor-not-allowed aria-disabled:opacity-40`}
    >
      <Icon size={16} aria-hidden="true" />
    </button>
  )
}

/** Takes what was chosen before this script was there, if it is an order of the options. */
function useChosenBefore(list: RefObject<HTMLElement | null>, options: readonly string[], take: (order: string[]) => void) {
  const first = useRef({ options, take })
  useLayoutEffect(() => {
    const { options, take } = first.current
    const chosen = [...(list.current?.querySelectorAll('select') ?? [])].map(({ value }) => value)
    if (new Set(chosen).size === options.length) take(chosen)
  }, [list])
}
