'use client'
import { X } from 'lucide-react'
import { type MouseEvent, type ReactNode, useId } from 'react'
import { type ButtonLook, IconButton } from './button'
import { Panel } from './panel'
import { sheetClass } from './sheet'

type ConfirmProps = {
  /** The words of the button that asks. */
  words: ReactNode
  /** What it is called where its words alone would not say whom it is about. */
  label?: string
  look?: ButtonLook
  /** On which side of the button the question begins, where there is room. */
  side?: 'left' | 'right'
  title: string
  /** Whether it asks from the start, such as after the browser itself posted the form and was refused. */
  open: boolean
  /** What happens, and the form that does it. */
  children: ReactNode
}

/** A button that asks before something is done: under itself, and on a phone at the bottom of the screen. */
export function Confirm({ words, label, look = 'danger', side = 'right', title, open, children }: ConfirmProps) {
  const id = useId()
  return (
    <Panel summary={words} label={label} look={look} open={open} className={sheetClass[side]}>
      <section aria-labelledby={id} className="grid gap-3 p-1">
        <div className="flex items-start gap-2">
          <h2 id={id} className="min-w-0 flex-1 text-[15px] font-semibold wrap-anywhere">
            {title}
          </h2>
          <IconButton label="Cancel" onClick={close} className="needs-js -mt-1.5 -mr-1.5">
            <X size={16} aria-hidden="true" />
          </IconButton>
        </div>
        {children}
      </section>
    </Panel>
  )
}

function close({ currentTarget }: MouseEvent<HTMLElement>) {
  const details = currentTarget.closest('details')
  details?.removeAttribute('open')
  details?.querySelector('summary')?.focus()
}
