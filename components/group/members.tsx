import { isolated } from '@/lib/domain/bidi'
import type { Group, Member } from '@/lib/domain/schemas/group'
import type { Invitation } from '@/lib/domain/schemas/invitation'
import { buttonClass } from '../ui/button'
import { FilterForm } from '../ui/filter-form'
import { Section } from '../ui/section'
import { Invitations } from './invitations'
import { LeaveGroup } from './leave-group'
import { MemberRow } from './member-row'
import { Roles } from './roles'
import { TransferGroup } from './transfer-group'

type MembersProps = {
  group: Group
  you: string
  people: readonly Member[]
  /** Null for somebody who is no admin of the group. */
  invitations: readonly Invitation[] | null
  /** Whether this instance sends mail. */
  mails: boolean
  wanted: string
}

const RANK = { owner: 0, admin: 1, member: 2 } as const

/** From so many people on, one looks for somebody by name. */
const MANY = 12

/** The people of a group, who is invited to it, and the ways out of it. */
export function Members({ group, you, people, invitations, mails, wanted }: MembersProps) {
  const managed = invitations !== null
  const text = wanted.trim().toLowerCase()
  const found = people
    .filter(({ name, email }) => name.toLowerCase().includes(text) || email.toLowerCase().includes(text))
    .sort((a, b) => RANK[a.role] - RANK[b.role] || a.name.localeCompare(b.name, 'en', { numeric: true }))
  const owner = people.find(({ user_id }) => user_id === group.owner_id)
  return (
    <>
      <Section
        title={people.length === 1 ? 'One person' : `${people.length} people`}
        hint={managed ? undefined : <WhoHelps owner={owner} people={people} />}
        action={
          people.length > MANY && (
            <div className="flex flex-wrap gap-2">
              <FilterForm name="find" label="Find a member" wanted={wanted} />
              {managed && (
                <a href="#section-invite-by-link" className={buttonClass()}>
                  Invite somebody
                </a>
              )}
            </div>
          )
        }
      >
        {found.length > 0 ? (
          <div className="rounded-lg border border-line bg-panel">
            <table className="w-full text-left max-md:block max-md:[&_tbody]:block">
              <thead className="max-md:sr-only">
                <tr className="border-b border-line text-xs text-muted *:px-3 *:py-2 *:font-medium">
                  <th scope="col">Name</th>
                  <th scope="col">Role</th>
                  <th scope="col">Joined</th>
                  {managed && (
                    <th scope="col">
                      <span className="sr-only">Remove</span>
                    </th>
                  )}
                </tr>
              </thead>
              <tbody className="divide-y divide-line">
                {found.map((member) => (
                  <MemberRow key={member.user_id} group={group} member={member} you={you} managed={managed} />
                ))}
              </tbody>
            </table>
          </div>
        ) : (
          <p className="rounded-lg border border-line bg-panel px-4 py-6 text-muted">
            Nobody in this group has “{isolated(wanted)}” in their name.
          </p>
        )}
        <Roles />
      </Section>
      {invitations && <Invitations group={group} invitations={invitations} mails={mails} />}
      {group.role === 'owner' && (
        <TransferGroup
          group={group}
          others={people.filter(({ user_id }) => user_id !== group.owner_id).map(({ user_id, name }) => ({ user_id, name }))}
        />
      )}
      {group.role !== null && group.role !== 'owner' && <LeaveGroup group={group} owner={owner?.name ?? 'its owner'} />}
    </>
  )
}

function WhoHelps({ owner, people }: { owner: Member | undefined; people: readonly Member[] }) {
  const admins = people.filter(({ role }) => role === 'admin').slice(0, 3)
  const names = [...(owner ? [owner] : []), ...admins].map(({ name }) => isolated(name))
  return <>To invite or remove somebody, ask an admin of the group: {names.join(', ') || 'the owner of this instance'}.</>
}
