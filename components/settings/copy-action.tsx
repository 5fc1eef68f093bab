'use client'
import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { copyText } from '@/lib/client/copy-text'
import { Button } from '../ui/button'

type CopyActionProps = { text: string; word?: string; label: string; onCopied?: (() => void) | undefined }

/** Copies a text that is not shown as it is, and says so. If the browser does not let it, it says what to do instead. */
export function CopyAction({ text, word = 'Copy', label, onCopied }: CopyActionProps) {
  const [outcome, setOutcome] = useState<'copied' | 'refused' | null>(null)

  async function copy() {
    const isDone = await copyText(text)
    setOutcome(isDone ? 'copied' : 'refused')
    if (isDone) onCopied?.()
    setTimeout(() => setOutcome(null), isDone ? 2_000 : 8_000)
  }

  return (
    <span className="needs-js flex flex-none items-center gap-2">
      <span role="status" className={outcome === 'refused' ? 'text-xs font-medium text-refused' : 'sr-only'}>
        {outcome === 'copied' && 'Copied'}
        {outcome === 'refused' && 'The browser refused. Show the key and copy it by hand.'}
      </span>
      <Button onClick={copy} aria-label={label}>
        {outcome === 'copied' ? <Check size={14} aria-hidden="true" className="text-done" /> : <Copy size={14} aria-hidden="true" />}
        {word}
      </Button>
    </span>
  )
}
