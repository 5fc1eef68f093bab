'use client'
import type { MouseEvent, ReactNode } from 'react'

/** The rail where there is no room for it: opened by a button. A followed link closes it, since the next page may keep this element. */
export function RailPopover({ children }: { children: ReactNode }) {
  function onClick({ target, currentTarget }: MouseEvent<HTMLElement>) {
    if (target instanceof Element && target.closest('a')) currentTarget.hidePopover()
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a link followed by keyboard is a click too
    <nav
      id="rail"
      popover="auto"
      aria-label="Menu"
      onClick={onClick}
      className="inset-y-0 top-12 left-0 m-0 h-auto w-64 border-r border-line bg-panel p-2 shadow-lg backdrop:bg-black/30 xl:hidden!"
    >
      {children}
    </nav>
  )
}
