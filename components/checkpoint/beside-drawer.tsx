'use client'
import dynamic from 'next/dynamic'
import { type ReactNode, useSyncExternalStore } from 'react'
import { usePlace } from '../plan/place'
import { usePlan } from '../plan/plan-context'

// Its own chunk: who only looks at the plan does not load what edits it. It is fetched as soon as the pointer or the focus is in the plan.
const loadDrawer = () => import('./drawer').then((module) => module.Drawer)
const Drawer = dynamic(loadDrawer)

/** A plan, and beside it the drawer with the checkpoint that is open. On a narrow screen, the drawer lies over the plan. */
export function BesideDrawer({ children }: { children: ReactNode }) {
  const { error } = usePlan()
  const { selected } = usePlace()
  const covered = useNarrow() === true && selected !== null
  return (
    <div className="flex min-h-0 md:h-full">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only notices that someone is about to act within */}
      <div
        inert={covered}
        onPointerEnter={() => void loadDrawer()}
        onFocus={() => void loadDrawer()}
        className="@container/plan flex min-w-0 flex-1 flex-col md:h-full"
      >
        {error && (
          <p role="status" className="border-b border-line bg-claimed-tint px-5 py-2">
            Not up to date: {error.message}
          </p>
        )}
        {children}
      </div>
      {selected && <Drawer id={selected} />}
    </div>
  )
}

const WIDE = '(min-width: 1024px)'

/** Whether the drawer lies over the plan; null until the browser is asked. */
function useNarrow() {
  return useSyncExternalStore<boolean | null>(
    (changed) => {
      const media = matchMedia(WIDE)
      media.addEventListener('change', changed)
      return () => media.removeEventListener('change', changed)
    },
    () => !matchMedia(WIDE).matches,
    () => null,
  )
}
