'use client'
import { type ReactNode, useSyncExternalStore } from 'react'
import { NotUpToDate } from '../plan/not-up-to-date'
import { usePlace } from '../plan/place'
import { Drawer } from './drawer'

/** A plan, and beside it the drawer with the checkpoint that is open. On a narrow screen, the drawer lies over the plan. */
export function BesideDrawer({ children }: { children: ReactNode }) {
  const { selected } = usePlace()
  const covered = useNarrow() === true && selected !== null
  return (
    <div className="flex min-h-0 md:h-full">
      <div inert={covered} className="@container/plan flex min-w-0 flex-1 flex-col md:h-full">
        <NotUpToDate />
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
