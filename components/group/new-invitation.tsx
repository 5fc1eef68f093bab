'use client'
import { useEffect, useRef, useState } from 'react'
import { settle } from '@/lib/client/unsent'
import type { NewInvitation as Made } from '@/lib/domain/schemas/invitation'
import { Button } from '../ui/button'
import { CopyAction } from '../ui/copy-action'

const LEAVING = {
  'data-leave-title': 'Leave without the link?',
  'data-leave-text': 'It was not copied, and it cannot be shown again.',
  'data-leave-go': 'Leave',
  'data-leave-stay': 'Stay here',
}

type NewInvitationProps = { link: string; role: Made['role']; mail: Made['mail']; onAnother: () => void }

const NOT_MAILED = {
  failed: 'It was not mailed: the mail server did not take it. The link works all the same.',
  not_set_up: 'It was not mailed: this Cairn sends no mail. The link works all the same.',
}

/** The link of an invitation, which is shown once. Its form is never sent: as long as it counts as unsent, leaving the page is asked about. */
export function NewInvitation({ link, role, mail, onAnother }: NewInvitationProps) {
  const form = useRef<HTMLFormElement>(null)
  // Whoever has it by mail needs no copy.
  const [copied, setCopied] = useState(mail === 'sent')

  useEffect(() => {
    if (!form.current) return
    if (copied) settle(form.current)
    else settle(form.current, new Map())
  }, [copied])

  return (
    <form
      ref={form}
      {...LEAVING}
      onSubmit={(event) => event.preventDefault()}
      className="grid gap-2.5 rounded-lg border border-done/40 bg-done-tint px-4 py-3.5"
    >
      <input type="hidden" name="link_not_copied" value="yes" />
      <label htmlFor="new-invitation" className="font-semibold">
        The link for one new {role === 'admin' ? 'admin' : 'member'}
      </label>
      <div className="flex flex-wrap items-center gap-2">
        <input
          id="new-invitation"
          readOnly
          value={link}
          onFocus={(event) => event.target.select()}
          className="h-8 min-w-0 flex-auto basis-64 rounded-md border border-line-strong bg-panel px-2.5 font-mono text-xs"
        />
        <CopyAction
          text={link}
          word="Copy link"
          label="Copy the link"
          byHand="Select the link and copy it by hand."
          onCopied={() => setCopied(true)}
        />
      </div>
      {mail !== null && mail !== 'sent' && <p role="alert">{NOT_MAILED[mail]}</p>}
      {mail === 'sent' && <p>It is on its way by mail. You need not copy it.</p>}
      <p>It is shown only now, and works once. Send it to nobody but the person whom you invite.</p>
      {copied && (
        <Button onClick={onAnother} className="justify-self-start">
          Make another link
        </Button>
      )}
    </form>
  )
}
