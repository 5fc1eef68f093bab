import clsx from 'clsx'
import { type ComponentProps, type InputHTMLAttributes, type ReactNode, type TextareaHTMLAttributes, useId } from 'react'

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
      {error && <FieldError id={`${id}-error`}>{error}</FieldError>}
    </div>
  )
}

/** Why what is in a field was refused. The field names it by its id in `aria-describedby`. */
export function FieldError({ id, children }: { id: string; children: ReactNode }) {
  return (
    <p id={id} role="alert" className="text-xs font-medium wrap-anywhere text-refused">
      {children}
    </p>
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

/** A choice from a list, whose options are the children. */
export function SelectField({ label, hint, error, hideLabel, className, children, ...rest }: FrameProps & ComponentProps<'select'>) {
  const frame = { label, hint, error, ...(hideLabel && { hideLabel }), ...(className && { className }) }
  return (
    <Frame {...frame}>
      {(field) => (
        <select {...rest} {...field} className={clsx(inputClass, 'h-8')}>
          {children}
        </select>
      )}
    </Frame>
  )
}

export function CheckField({ label, ...rest }: { label: ReactNode } & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <label className="flex min-h-8 items-center gap-2 whitespace-nowrap">
      <input {...rest} type="checkbox" className="size-4 flex-none accent-accent" />
      {label}
    </label>
  )
}
