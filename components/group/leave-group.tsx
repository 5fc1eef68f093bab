'use client'
import { useRouter } from 'next/navigation'
import { leaveGroup } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { isolated } from '@/lib/domain/bidi'
import type { Group } from '@/lib/domain/schemas/group'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { Confirm } from '../ui/confirm'
import { Section } from '../ui/section'

/** The way out for everybody but the owner. */
export function LeaveGroup({ group, owner }: { group: Group; owner: string }) {
  const router = useRouter()
  const act = useAct(leaveGroup, {
    said: () => `You have left the group ${isolated(group.name)}.`,
    goTo: () => {
      router.push('/')
      router.refresh()
    },
  })
  return (
    <Section title="Leave the group">
      <div>
        <Confirm words="Leave the group" title={`Leave ${isolated(group.name)}?`} side="left" open={act.trouble !== null}>
          <p className="text-muted">
            What you hold claimed here is released, your keys of this group end for good, and your agents pass to {isolated(owner)}. You can
            come back only if an admin invites you again.
            {group.visibility === 'private' && ' The group is private, so you will not see it any more.'}
          </p>
          <form {...act.form}>
            <input type="hidden" name="group_id" value={group.group_id} />
            <Button type="submit" look="danger" busy={act.pending}>
              Leave {isolated(group.name)}
            </Button>
          </form>
          <Outcome act={act} />
        </Confirm>
      </div>
    </Section>
  )
}
