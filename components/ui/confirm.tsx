'use client'
import { type ReactNode, useId } from 'react'
import { type ButtonLook, buttonClass } from './button'

type ConfirmProps = {
  /** The words of the button that asks. */
  words: ReactNode
  /** What it is called where its words alone would not say whom it is about. */
  label?: string
  look?: ButtonLook
  title: string
  /** What happens, and the form that does it. */
  children: ReactNode
}

/**
 * A button that asks before something is done. The browser opens and closes the dialog by itself, so that it works before JavaScript, keeps the focus
 * inside and gives it back.
 */
export function Confirm({ words, label, look = 'danger', title, children }: ConfirmProps) {
  const id = useId()
  return (
    <>
      <button type="button" aria-label={label} className={buttonClass(look)} {...commanding('show-modal', id)}>
        {words}
      </button>
      <dialog
        id={id}
        role="alertdialog"
        aria-labelledby={`${id}-title`}
        className="m-auto w-[min(440px,calc(100vw-32px))] rounded-xl border border-line bg-panel p-5 text-left whitespace-normal text-text shadow-lg backdrop:bg-black/40"
      >
        <div className="grid gap-3">
          <h2 id={`${id}-title`} className="text-[15px] font-semibold wrap-anywhere">
            {title}
          </h2>
          {children}
          <button type="button" className={buttonClass('quiet', 'justify-self-end')} {...commanding('close', id)}>
            Cancel
          </button>
        </div>
      </dialog>
    </>
  )
}

/** The attributes by which a button tells a dialog what to do. React passes them on, but does not know their names yet. */
const commanding = (command: 'show-modal' | 'close', id: string): object => ({ command, commandfor: id })
