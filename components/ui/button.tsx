import clsx from 'clsx'
import type { ButtonHTMLAttributes, ReactNode } from 'react'

export type ButtonLook = 'primary' | 'plain' | 'quiet' | 'danger'

const LOOK: Record<ButtonLook, string> = {
  primary: 'border-accent bg-accent text-accent-ink hover:brightness-110 active:brightness-90',
  plain: 'border-line-strong bg-panel text-text hover:bg-sunken active:bg-line',
  quiet: 'border-transparent text-muted hover:bg-sunken hover:text-text active:bg-line',
  danger: 'border-line-strong bg-panel text-refused hover:bg-refused-tint active:border-refused',
}

/** The look of a button, for links and summaries that act as one. */
export function buttonClass(look: ButtonLook = 'plain', className?: string) {
  return clsx(
    'inline-flex h-8 items-center justify-center gap-1.5 whitespace-nowrap rounded-md border px-3 font-medium select-none transition-[background-color,border-color,filter] duration-100',
    'disabled:cursor-not-allowed disabled:border-line disabled:bg-sunken disabled:text-muted disabled:hover:brightness-100',
    LOOK[look],
    className,
  )
}

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & { look?: ButtonLook; busy?: boolean }

export function Button({ look = 'plain', busy = false, className, type = 'button', children, ...rest }: ButtonProps) {
  return (
    <button {...rest} type={type} aria-busy={busy || undefined} className={buttonClass(look, clsx(busy && 'opacity-70', className))}>
      {children}
    </button>
  )
}

type IconButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & { label: string; children: ReactNode }

export function IconButton({ label, className, type = 'button', children, ...rest }: IconButtonProps) {
  return (
    <button {...rest} type={type} aria-label={label} title={label} className={clsx(iconButtonClass, className)}>
      {children}
    </button>
  )
}

export const iconButtonClass =
  'grid size-8 flex-none place-items-center rounded-md text-muted transition-colors duration-100 hover:bg-sunken hover:text-text active:bg-line disabled:cursor-not-allowed disabled:opacity-40 disabled:hover:bg-transparent'
