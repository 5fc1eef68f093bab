import clsx from 'clsx'
import { type InputHTMLAttributes, type ReactNode, type TextareaHTMLAttributes, useId } from 'react'

export const inputClass =
  'w-full rounded-md border border-line-strong bg-panel px-2.5 text-text transition-[border-color] duration-100 placeholder:text-faint hover:border-faint aria-invalid:border-refused disabled:bg-sunken disabled:text-muted'

type FrameProps = { label: string; hint?: ReactNode; error?: string | undefined; hideLabel?: boolean; className?: string }

type Described = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': true | undefined }

function Frame({ label, hint, error, hideLabel, className, children }: FrameProps & { children: (field: Described) => ReactNode }) {
  const id = useId()
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined
  return (
    <div className={clsx('grid min-w-0 content-start gap-1', className)}>
      <label htmlFor={id} className={hideLabel ? 'sr-only' : 'text-xs font-medium text-muted'}>
        {label}
      </label>
      {children({ id, 'aria-describedby': described, 'aria-invalid': error ? true : undefined })}
      {hint && (
        <p id={`${id}-hint`} className="text-xs text-muted">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} role="alert" className="text-xs font-medium text-refused">
          {error}
        </p>
      )}
    </div>
  )
}

export function TextField({ label, hint, error, hideLabel, className, ...rest }: FrameProps & InputHTMLAttributes<HTMLInputElement>) {
  const frame = { label, hint, error, ...(hideLabel && { hideLabel }), ...(className && { className }) }
  return <Frame {...frame}>{(field) => <input autoComplete="off" {...rest} {...field} className={clsx(inputClass, 'h-8')} />}</Frame>
}

export function TextArea({ label, hint, error, hideLabel, className, ...rest }: FrameProps & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const frame = { label, hint, error, ...(hideLabel && { hideLabel }), ...(className && { className }) }
  return <Frame {...frame}>{(field) => <textarea rows={3} {...rest} {...field} className={clsx(inputClass, 'block py-1.5')} />}</Frame>
}

export function CheckField({ label, ...rest }: { label: ReactNode } & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <label className="flex min-h-8 items-center gap-2 whitespace-nowrap">
      <input {...rest} type="checkbox" className="size-4 flex-none accent-accent" />
      {label}
    </label>
  )
}
