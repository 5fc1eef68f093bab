'use client'
import { useEffect } from 'react'
import { createInvitation } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { fieldError } from '@/lib/client/refusal'
import { LIMITS } from '@/lib/domain/limits'
import type { Group } from '@/lib/domain/schemas/group'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { SelectField, TextField } from '../ui/field'
import { useNow } from '../ui/time'
import { NewInvitation } from './new-invitation'

const DAY = 86_400_000

const endsIn = (now: number, days: number) => `${new Date(now + days * DAY).toISOString().slice(0, 16)}:00.000Z`

const SAID = {
  none: 'The invitation is made. Copy its link.',
  sent: 'The invitation is made and mailed.',
  failed: 'The invitation is made, but not mailed. Copy its link.',
  not_set_up: 'The invitation is made, but not mailed. Copy its link.',
}

/** Makes a link. It is shown once, in the place of the form. */
export function InviteForm({ group, mails }: { group: Group; mails: boolean }) {
  const now = useNow()
  const act = useAct(createInvitation, {
    said: ({ data }) => (data.link === null ? 'The invitation is made, but its link did not arrive.' : SAID[data.mail ?? 'none']),
    leadsTo: () => document.getElementById('new-invitation'),
  })
  const { done, forget, refusal } = act
  const link = done?.data.link ?? null

  // A page that the browser keeps to come back to has no link in it.
  useEffect(() => {
    if (link === null) return
    addEventListener('pagehide', forget)
    return () => removeEventListener('pagehide', forget)
  })

  if (done && link !== null) return <NewInvitation link={link} role={done.data.role} mail={done.data.mail} onAnother={forget} />
  return (
    <form {...act.form} className="grid justify-items-start gap-2">
      <input type="hidden" name="group_id" value={group.group_id} />
      <div className="flex flex-wrap items-end gap-3">
        <SelectField label="Joins as" name="role" defaultValue={act.sent('role') ?? 'member'} className="w-32">
          <option value="member">Member</option>
          <option value="admin">Admin</option>
        </SelectField>
        <SelectField label="The link works" name="expires_at" className="w-40" error={fieldError(refusal, 'expires_at')}>
          <option value="">for 7 days</option>
          <option value={endsIn(now, 1)}>for one day</option>
          <option value={endsIn(now, 30)}>for 30 days</option>
        </SelectField>
        {mails && (
          <TextField
            label="Mail it to (optional)"
            name="email"
            type="email"
            maxLength={LIMITS.email}
            placeholder="maria@example.com"
            defaultValue={act.sent('email')}
            error={fieldError(refusal, 'email')}
            className="w-60"
          />
        )}
        <Button type="submit" look="primary" busy={act.pending}>
          Make a link
        </Button>
      </div>
      <Outcome act={act} placed={(fieldError(refusal, 'expires_at') ?? fieldError(refusal, 'email')) !== undefined} />
      {done && link === null && (
        <p role="alert">The link did not arrive here, and it is shown only once. Revoke that invitation below, and make another.</p>
      )}
    </form>
  )
}
