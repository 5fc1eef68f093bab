'use client'
import { createContext, type ReactNode, useContext, useSyncExternalStore } from 'react'
import { absolute } from './absolute'

// One ticker for all times on the page; it stands still while the tab is hidden.
let present = Date.now()
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void) {
  listeners.add(listener)
  if (!timer) present = Date.now()
  timer ??= setInterval(tick, 15_000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

function tick() {
  if (document.hidden) return
  present = Date.now()
  for (const listener of listeners) listener()
}

const ServerNow = createContext(0)

/** Tells the server's time to everything below, so that the first frame in the browser says what the HTML said. */
export function Clock({ now, children }: { now: number; children: ReactNode }) {
  return <ServerNow value={now}>{children}</ServerNow>
}

export function useNow() {
  const server = useContext(ServerNow)
  return useSyncExternalStore(
    subscribe,
    () => present,
    () => server,
  )
}

/** A moment, told relative to now. The title has it in full. */
export function Time({ at, className }: { at: string; className?: string }) {
  const now = useNow()
  return (
    <time dateTime={at} title={absolute(at)} className={className} suppressHydrationWarning>
      {ago(Date.parse(at), now)}
    </time>
  )
}

/** How long until a moment: "12 min left", or only "12 min" where there is little room. The title has the moment in full. */
export function TimeLeft({ until, short = false, className }: { until: string; short?: boolean; className?: string | undefined }) {
  const left = Date.parse(until) - useNow()
  const words = left < 60_000 ? (short ? '<1 min' : 'less than 1 min') : span(left)
  return (
    <time dateTime={until} title={`until ${absolute(until)}`} className={className} suppressHydrationWarning>
      {left <= 0 ? 'expired' : short ? words : `${words} left`}
    </time>
  )
}

function ago(at: number, now: number) {
  const past = now - at
  if (past < 45_000) return 'just now'
  return `${span(past)} ago`
}

function span(ms: number) {
  const minutes = Math.max(1, Math.round(ms / 60_000))
  if (minutes < 60) return `${minutes} min`
  const hours = Math.round(minutes / 60)
  if (hours < 36) return `${hours} h`
  const days = Math.round(hours / 24)
  return days < 60 ? `${days} d` : `${Math.round(days / 30)} months`
}
