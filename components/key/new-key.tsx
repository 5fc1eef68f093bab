'use client'
import { Eye, EyeOff } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { settle } from '@/lib/client/unsent'
import { isolated } from '@/lib/domain/bidi'
import type { NewKey as Key } from '@/lib/domain/schemas/key'
import { Button } from '../ui/button'
import { CopyAction } from '../ui/copy-action'
import { KeyFacts } from './key-facts'
import { masked } from './masked'

type NewKeyProps = {
  made: Key & { secret: string }
  revealed: boolean
  onReveal: (revealed: boolean) => void
  copied: boolean
  onCopied: () => void
  /** What to do with it now, as a sentence. */
  advice: string
  /** The parameter of the address with which the key goes from the page. */
  parameter: string
}

/** The questions of the guard that asks before one leaves without the key. */
const LEAVING = {
  'data-leave-title': 'Leave without the key?',
  'data-leave-text': 'It was not copied, and it cannot be shown again.',
  'data-leave-go': 'Leave',
  'data-leave-stay': 'Stay here',
}

/** A key with its secret, which is shown once. Its form is never sent: as long as it counts as unsent, leaving the page is asked about. */
export function NewKey({ made, revealed, onReveal, copied, onCopied, advice, parameter }: NewKeyProps) {
  const { name, secret } = made
  const form = useRef<HTMLFormElement>(null)

  useEffect(() => {
    if (!form.current) return
    if (copied) settle(form.current)
    else settle(form.current, new Map())
  }, [copied])

  return (
    <form
      ref={form}
      {...LEAVING}
      data-for-parameter={parameter}
      onSubmit={(event) => event.preventDefault()}
      className="grid gap-2.5 rounded-lg border border-done/40 bg-done-tint px-4 py-3.5"
    >
      <input type="hidden" name="key_not_copied" value="yes" />
      <h3 id="new-key" tabIndex={-1} className="font-semibold wrap-anywhere outline-none">
        The key {isolated(name)} is created
      </h3>
      <div className="flex flex-wrap items-center gap-2">
        <code className="min-w-0 flex-auto basis-64 rounded-md border border-line-strong bg-panel px-2.5 py-1.5 font-mono text-xs leading-[18px] wrap-anywhere">
          {revealed ? secret : masked(secret)}
        </code>
        <Button onClick={() => onReveal(!revealed)} className="needs-js">
          {revealed ? <EyeOff size={14} aria-hidden="true" /> : <Eye size={14} aria-hidden="true" />}
          {revealed ? 'Hide' : 'Show'}
        </Button>
        <CopyAction
          text={secret}
          word="Copy key"
          label="Copy the key"
          byHand={revealed ? undefined : 'Show the key, then select it and copy it by hand.'}
          onCopied={onCopied}
        />
      </div>
      {/* A browser with scripts has the secret in its page only when somebody asks to see it. */}
      <noscript>
        <p>This is the whole key:</p>
        <code className="font-mono text-xs wrap-anywhere select-all">{secret}</code>
      </noscript>
      <p>It is shown only now. {advice}</p>
      <KeyFacts made={made} />
    </form>
  )
}
