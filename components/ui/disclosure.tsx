import clsx from 'clsx'
import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { type ButtonLook, buttonClass } from './button'

type DisclosureProps = {
  summary: string
  /** If it is to look like a button. */
  look?: ButtonLook
  open?: boolean
  children: ReactNode
}

/** A form that shows itself when asked for; native, so that it opens before JavaScript too. */
export function Disclosure({ summary, look, open = false, children }: DisclosureProps) {
  return (
    <details open={open} className="group/disclosure w-full">
      <summary
        className={
          look
            ? buttonClass(look, 'pl-2')
            : clsx(
                '-ml-1.5 inline-flex h-8 items-center gap-1 rounded-md px-1.5 pr-2.5 font-medium text-muted select-none',
                'hover:bg-sunken hover:text-text group-open/disclosure:text-text',
              )
        }
      >
        <ChevronRight size={14} aria-hidden="true" className="transition-transform group-open/disclosure:rotate-90" />
        {summary}
      </summary>
      <div className="pt-2 pb-3">{children}</div>
    </details>
  )
}
