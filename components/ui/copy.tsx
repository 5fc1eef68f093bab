'use client'
import { Check, Copy } from 'lucide-react'
import { IconButton } from './button'
import { useCopy } from './use-copy'

export function CopyButton({ text, label }: { text: string; label: string }) {
  const { copied, copy } = useCopy(text)
  return (
    <>
      <IconButton label={label} onClick={copy} className="needs-js size-7!">
        {copied ? <Check size={14} className="text-done" /> : <Copy size={14} />}
      </IconButton>
      <span role="status" className="sr-only">
        {copied ? 'Copied' : ''}
      </span>
    </>
  )
}

/** Text to paste elsewhere, with a button that copies it. */
export function CopyBlock({ text, label }: { text: string; label: string }) {
  return (
    <div className="relative min-w-0 rounded-md border border-line bg-sunken">
      <pre className="overflow-x-auto py-2 pr-10 pl-3 font-mono text-xs leading-[18px] whitespace-pre-wrap wrap-anywhere">{text}</pre>
      <span className="absolute top-0.5 right-0.5">
        <CopyButton text={text} label={label} />
      </span>
    </div>
  )
}
