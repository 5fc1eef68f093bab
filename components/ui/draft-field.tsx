'use client'
import { useLayoutEffect, useRef } from 'react'
import { type Drafting, type SentBack, sentText, useDraft } from '@/lib/client/draft'
import { wasField } from '@/lib/domain/form-fields'
import { TextArea, TextField } from './field'
import { Written } from './written'

type DraftFieldProps = {
  label: string
  hideLabel?: boolean
  name: string
  /** What the text is now. */
  now: string
  /** What the field had in it when the browser posted the form by itself. */
  sent: SentBack
  maxLength: number
  required?: boolean
  /** Whether the text has several lines. */
  lines?: boolean
  error: string | undefined
}

/**
 * A text that others may change while it is edited. The form sends it only if the person has changed it. The draft is kept here, so that typing
 * renders nothing else.
 */
export function DraftField({ label, name, now, sent, lines = false, hideLabel = false, ...rest }: DraftFieldProps) {
  const frame = useRef<HTMLDivElement>(null)
  const draft = useDraft(now, { first: sentText(sent, name) })
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
            {now === '' ? 'Meanwhile, it was cleared.' : <Changed text={now} />}{' '}
            <button type="button" onClick={take} className="needs-js rounded font-medium text-accent underline">
              {now === '' ? 'Leave it empty' : `Use this ${label.toLowerCase()}`}
            </button>
          </p>
        )}
      </div>
    </div>
  )
}

const Changed = ({ text }: { text: string }) => (
  <>
    Meanwhile, it was changed to “<Written text={text} className="whitespace-pre-line text-text" />
    ”.
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
