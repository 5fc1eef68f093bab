'use client'
import dynamic from 'next/dynamic'
import type { ReactNode } from 'react'
import { NotUpToDate } from '../plan/not-up-to-date'
import { PlaceLink, usePlace } from '../plan/place'
import { Button, buttonClass } from '../ui/button'
import { useMedia } from '../ui/use-media'

// A chunk of its own, so that nobody loads what edits a plan who only looks at it. It is fetched as soon as the pointer or the focus is in the plan.
const loadDrawer = () =>
  import('./drawer').then(
    (module) => module.Drawer,
    () => NotLoaded,
  )
const Drawer = dynamic(loadDrawer)

/** Where the drawer has room beside the plan. */
const BESIDE = '(min-width: 1024px)'

/** A plan, and beside it the drawer with the checkpoint that is open. On a narrow screen, the drawer lies over the plan. */
export function BesideDrawer({ children }: { children: ReactNode }) {
  const { selected } = usePlace()
  const covered = useMedia(BESIDE) === false && selected !== null
  return (
    <div className="flex min-h-0 md:h-full">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only notices that someone is about to act within */}
      <div
        inert={covered}
        onPointerEnter={() => void loadDrawer()}
        onFocus={() => void loadDrawer()}
        className="@container/plan flex min-w-0 flex-1 flex-col md:h-full"
      >
        {!covered && <NotUpToDate />}
        {children}
      </div>
      {selected && <Drawer id={selected} notice={covered && <NotUpToDate />} />}
    </div>
  )
}

/** In the place of the drawer where it could not be loaded, such as without a network. Otherwise, that would take away the whole page. */
function NotLoaded(_: { id: string; notice: ReactNode }) {
  const { hrefOf } = usePlace()
  return (
    <aside
      id="drawer"
      aria-label="Checkpoint"
      className="fixed inset-0 top-12 z-20 grid content-start justify-items-start gap-3 border-line bg-panel p-5 lg:static lg:z-auto lg:w-[380px] lg:flex-none lg:border-l"
    >
      <p role="alert">This checkpoint could not be shown, because the server cannot be reached.</p>
      <div className="flex gap-2">
        <Button onClick={() => location.reload()}>Load the page again</Button>
        <PlaceLink href={hrefOf({ cp: null })} step="replace" className={buttonClass('quiet')}>
          Close
        </PlaceLink>
      </div>
    </aside>
  )
}
