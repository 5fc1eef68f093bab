'use client'
import { Check, Copy } from 'lucide-react'
import { Button } from './button'
import { useCopy } from './use-copy'

type CopyActionProps = {
  text: string
  label: string
  word?: string | undefined
  /** What to do where the browser does not copy, if the text is not shown as it is. */
  byHand?: string | undefined
  onCopied?: (() => void) | undefined
}

/** The button that copies what a page is about. For less, there is the small `CopyButton`. */
export function CopyAction({ text, label, word = 'Copy', byHand, onCopied }: CopyActionProps) {
  const { copied, copy } = useCopy(text, byHand, onCopied)
  return (
    <span className="needs-js flex flex-none">
      <span role="status" className="sr-only">
        {copied && 'Copied'}
      </span>
      <Button onClick={copy} aria-label={label}>
        {copied ? <Check size={14} aria-hidden="true" className="text-done" /> : <Copy size={14} aria-hidden="true" />}
        {word}
      </Button>
    </span>
  )
}
