'use client'
import { acceptInvitation } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { isolated } from '@/lib/domain/bidi'
import { Outcome } from '../status/outcome'
import { Button, buttonClass } from '../ui/button'

type JoinButtonProps = { token: string; group: string; slug: string }

/** For somebody who is signed in already. */
export function JoinButton({ token, group, slug }: JoinButtonProps) {
  const to = `/?group=${slug}`
  const act = useAct(acceptInvitation, {
    said: () => `You are a member of ${isolated(group)} now.`,
    // The rail, which shows one's groups, is loaded anew.
    goTo: () => location.assign(to),
  })
  const isMember = act.done !== null || act.refusal?.error === 'already_member'
  return (
    <form {...act.form} className="grid gap-3">
      <input type="hidden" name="token" value={token} />
      <Outcome act={act} />
      {isMember ? (
        <a href={to} className={buttonClass('primary', 'justify-self-start')}>
          Go to the group
        </a>
      ) : (
        <Button type="submit" look="primary" busy={act.pending} className="justify-self-start">
          Join the group
        </Button>
      )}
    </form>
  )
}
