import type { ReactNode, Ref } from 'react'

/** What one should know before going on. It is no refusal: the way on stays open. */
export function Caution({
  children,
  ...rest
}: {
  ref?: Ref<HTMLDivElement>
  role?: 'alert' | undefined
  tabIndex?: number
  children: ReactNode
}) {
  return (
    <div {...rest} className="grid gap-1.5 rounded-md border border-claimed/30 bg-claimed-tint px-3 py-2 wrap-anywhere">
      {children}
    </div>
  )
}
