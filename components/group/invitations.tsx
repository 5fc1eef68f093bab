import type { Group } from '@/lib/domain/schemas/group'
import type { Invitation } from '@/lib/domain/schemas/invitation'
import { Section } from '../ui/section'
import { TimeLeft } from '../ui/time'
import { Written } from '../ui/written'
import { InviteForm } from './invite-form'
import { RevokeInvitation } from './revoke-invitation'
import { ROLE_WORDS } from './roles'

/** Who can join: a new link, and those that are open. */
export function Invitations({ group, invitations, mails }: { group: Group; invitations: readonly Invitation[]; mails: boolean }) {
  return (
    <Section title="Invite by link" hint="Whoever opens the link can join once. Nobody is in the group before they have accepted.">
      <InviteForm group={group} mails={mails} />
      {invitations.length > 0 && (
        <ul aria-label="Open invitations" className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-panel">
          {invitations.map(({ invitation_id, role, created_by_name, expires_at }) => (
            <li key={invitation_id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2">
              <span className="font-medium">{ROLE_WORDS[role]}</span>
              <span className="min-w-0 flex-1 basis-40 text-muted wrap-anywhere">
                invited by <Written text={created_by_name} />
              </span>
              <TimeLeft until={expires_at} className="text-muted" />
              <RevokeInvitation invitation_id={invitation_id} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
