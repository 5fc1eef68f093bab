'use client'
import clsx from 'clsx'
import { removeMember, updateMember } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { headingOfPage } from '@/lib/client/focus'
import { isolated } from '@/lib/domain/bidi'
import type { Group, Member } from '@/lib/domain/schemas/group'
import { Outcome } from '../status/outcome'
import { Avatar } from '../ui/avatar'
import { Button } from '../ui/button'
import { Confirm } from '../ui/confirm'
import { SelectField } from '../ui/field'
import { Time } from '../ui/time'
import { Written } from '../ui/written'
import { ROLE_WORDS } from './roles'

type MemberRowProps = { group: Group; member: Member; you: string; managed: boolean }

/** A person of the group. An admin changes the role and removes the person here; the owner has neither. */
export function MemberRow({ group, member, you, managed }: MemberRowProps) {
  const { user_id, name, email, role, joined_at } = member
  const isOwner = user_id === group.owner_id
  return (
    <tr className="*:px-3 *:py-2 max-md:grid max-md:grid-cols-[minmax(0,1fr)_auto] max-md:items-center max-md:py-1.5 max-md:*:py-1">
      <th scope="row" className={clsx('font-normal', managed && 'max-md:col-span-2')}>
        <span className="flex min-w-0 items-center gap-2.5">
          <Avatar name={name} agent={false} size={24} />
          <span className="grid min-w-0">
            <span className="font-medium wrap-anywhere">
              <Written text={name} />
              {user_id === you && <span className="font-normal text-muted"> (you)</span>}
            </span>
            {email !== '' && <span className="text-xs text-muted wrap-anywhere">{email}</span>}
          </span>
        </span>
      </th>
      <td className="md:w-56">{managed && !isOwner ? <RoleForm group={group} member={member} /> : ROLE_WORDS[role]}</td>
      <td className="whitespace-nowrap text-muted max-md:hidden md:w-32">
        <Time at={joined_at} />
      </td>
      {managed && <td className="text-right md:w-28">{!isOwner && user_id !== you && <Remove group={group} member={member} />}</td>}
    </tr>
  )
}

/** The button is in sight once another role is chosen than the present one, before JavaScript too. */
const ONCE_CHOSEN =
  'supports-[selector(:has(a))]:opacity-0 focus-visible:opacity-100 group-has-[option:checked:not(:default)]/role:opacity-100'

function RoleForm({ group, member: { user_id, name, role } }: { group: Group; member: Member }) {
  const act = useAct(updateMember, {
    said: ({ data }) => `${isolated(data.name)} is ${data.role === 'admin' ? 'an admin' : 'a member'} now.`,
  })
  return (
    <form {...act.form} className="group/role flex flex-wrap items-center gap-1.5">
      <input type="hidden" name="group_id" value={group.group_id} />
      <input type="hidden" name="user_id" value={user_id} />
      <SelectField key={role} label={`Role of ${isolated(name)}`} hideLabel name="role" defaultValue={role} className="w-28">
        <option value="admin">Admin</option>
        <option value="member">Member</option>
      </SelectField>
      <Button type="submit" aria-label={`Save the role of ${isolated(name)}`} busy={act.pending} className={ONCE_CHOSEN}>
        Save
      </Button>
      <Outcome act={act} />
    </form>
  )
}

function Remove({ group, member: { user_id, name, email } }: { group: Group; member: Member }) {
  const act = useAct(removeMember, {
    said: () => `${isolated(name)} is removed from the group.`,
    leadsTo: headingOfPage,
  })
  return (
    <Confirm
      words="Remove"
      look="quiet"
      label={`Remove ${isolated(name)}`}
      title={`Remove ${isolated(name)} from this group?`}
      open={act.trouble !== null}
    >
      {email !== '' && <p className="wrap-anywhere">{email}</p>}
      <p className="text-muted">
        What they hold claimed here is released, their keys of this group end for good, and their agents pass to the owner of the group.
        What they have done stays in the history, under their name.
      </p>
      <form {...act.form}>
        <input type="hidden" name="group_id" value={group.group_id} />
        <input type="hidden" name="user_id" value={user_id} />
        <Button type="submit" look="danger" busy={act.pending}>
          Remove {isolated(name)}
        </Button>
      </form>
      <Outcome act={act} />
    </Confirm>
  )
}
