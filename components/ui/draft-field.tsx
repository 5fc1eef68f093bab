'use client'
import { type InputHTMLAttributes, useLayoutEffect, useRef } from 'react'
import type { Drafting } from '@/lib/client/draft'
import { wasField } from '@/lib/domain/form-fields'
import { TextArea, TextField } from './field'

type DraftFieldProps = {
  label: string
  hideLabel?: boolean
  name: string
  draft: Drafting<string>
  /** Whether the text has several lines. */
  lines?: boolean
  error?: string | undefined
} & Pick<InputHTMLAttributes<HTMLElement>, 'required'> & { maxLength: number }

/** A text that others may change while it is edited. The form sends it only if the person has changed it. */
export function DraftField({ label, name, draft, lines = false, hideLabel = false, ...rest }: DraftFieldProps) {
  const frame = useRef<HTMLDivElement>(null)
  useTypedBefore(frame, draft)
  function take() {
    draft.take()
    // The button goes with the conflict.
    findField(frame.current)?.focus()
  }
  const shared = { ...rest, label, name, value: draft.is, ...(hideLabel && { hideLabel }) }
  return (
    <div ref={frame}>
      <input type="hidden" name={wasField(name)} value={draft.was} />
      {lines ? (
        <TextArea {...shared} onChange={(event) => draft.set(event.target.value)} />
      ) : (
        <TextField {...shared} onChange={(event) => draft.set(event.target.value)} />
      )}
      <div role="status" className="text-xs text-muted">
        {draft.conflict && (
          <p className="mt-1 wrap-anywhere">
            {draft.now === '' ? 'Meanwhile it was emptied.' : <Changed text={draft.now} />}{' '}
            <button type="button" onClick={take} className="needs-js rounded font-medium text-accent underline">
              Take this {label.toLowerCase()}
            </button>
          </p>
        )}
      </div>
    </div>
  )
}

const Changed = ({ text }: { text: string }) => (
  <>
    Meanwhile it was changed to “<span className="whitespace-pre-line text-text">{text}</span>”.
  </>
)

const findField = (frame: HTMLElement | null) =>
  frame?.querySelector<HTMLInputElement | HTMLTextAreaElement>('input:not([type=hidden]), textarea')

/** Takes what was typed before this script was there: React knows only the text that it has rendered. */
function useTypedBefore(frame: React.RefObject<HTMLDivElement | null>, { is, set }: Drafting<string>) {
  const rendered = useRef({ is, set })
  useLayoutEffect(() => {
    const field = findField(frame.current)
    if (field && field.value !== rendered.current.is) rendered.current.set(field.value)
  }, [frame])
}
