'use client'
import { revokeInvitation } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { headingOfPage } from '@/lib/client/focus'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'

export function RevokeInvitation({ invitation_id }: { invitation_id: string }) {
  const act = useAct(revokeInvitation, {
    said: () => 'The invitation is revoked. Its link does not work any more.',
    leadsTo: headingOfPage,
  })
  return (
    <form {...act.form} className="flex flex-wrap items-center gap-2">
      <input type="hidden" name="invitation_id" value={invitation_id} />
      <Button type="submit" busy={act.pending}>
        Revoke
      </Button>
      <Outcome act={act} />
    </form>
  )
}
