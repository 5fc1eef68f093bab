'use client'
import { type ReactNode, useSyncExternalStore } from 'react'
import { usePlace } from '../plan/place'
import { usePlan } from '../plan/plan-context'
import { Drawer } from './drawer'

/** A plan, and beside it the drawer with the checkpoint that is open. On a narrow screen, the drawer lies over the plan. */
export function BesideDrawer({ children }: { children: ReactNode }) {
  const { error } = usePlan()
  const { selected } = usePlace()
  const covered = useNarrow() === true && selected !== null
  return (
    <div className="flex min-h-0 md:h-full">
      <div inert={covered} className="@container/plan flex min-w-0 flex-1 flex-col md:h-full">
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
