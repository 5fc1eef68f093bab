'use client'
import { usePathname, useSearchParams } from 'next/navigation'
import { type MouseEvent, type ReactNode, useCallback } from 'react'
import { leaveFor } from '@/lib/client/leave'
import type { CheckpointState } from '@/lib/domain/state'
import { STATES } from '../status/status'

export type View = 'graph' | 'list'

type Patch = Partial<Record<'view' | 'cp' | 'status', string | null>>

/** Where one is in a plan: all of it is in the URL, so that a link shows what its sender saw. */
export function usePlace() {
  const pathname = usePathname()
  const params = useSearchParams()

  const hrefOf = useCallback(
    (patch: Patch) => {
      const next = new URLSearchParams(params)
      for (const [key, value] of Object.entries(patch)) {
        if (value === null) next.delete(key)
        else next.set(key, value)
      }
      const query = next.toString()
      return query ? `${pathname}?${query}` : pathname
    },
    [pathname, params],
  )

  const view = params.get('view')
  return {
    hrefOf,
    selected: params.get('cp'),
    view: view === 'graph' || view === 'list' ? view : null,
    status: statusesOf(params.get('status')),
    chain: params.get('status') === 'chain',
  } as const
}

function statusesOf(param: string | null): ReadonlySet<CheckpointState> {
  const words = new Set(param?.split(','))
  return new Set(STATES.filter((state) => words.has(state)))
}

/**
 * Opening adds a step to the history, every other move replaces the present one: Back never undoes a filter click by click. If something unsent would
 * be lost, the person is asked first.
 */
export function go(href: string, step: 'push' | 'replace') {
  leaveFor(href, () => goOn(href, step))
}

/** Goes without asking, where what would be lost is gone already. */
export function goOn(href: string, step: 'push' | 'replace') {
  if (step === 'push') window.history.pushState(null, '', href)
  else window.history.replaceState(null, '', href)
}

const isPlainClick = (event: MouseEvent) => event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey

type PlaceLinkProps = {
  href: string
  step: 'push' | 'replace'
  className?: string | undefined
  'aria-current'?: 'page' | 'true' | undefined
  title?: string | undefined
  children: ReactNode
}

/** A real link, followed without asking the server: all that the page needs is here already. */
export function PlaceLink({ href, step, children, ...rest }: PlaceLinkProps) {
  function onClick(event: MouseEvent) {
    if (!isPlainClick(event)) return
    event.preventDefault()
    go(href, step)
  }
  return (
    <a {...rest} href={href} onClick={onClick}>
      {children}
    </a>
  )
}
