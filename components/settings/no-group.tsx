import Link from 'next/link'
import { buttonClass } from '../ui/button'
import { type GroupChoice, GroupField } from './group-field'

/** For somebody who is in no group, and so has nothing in which an agent could work. */
export function NoGroup() {
  return (
    <div className="grid max-w-[68ch] justify-items-start gap-3 border-t border-line py-5">
      <h2 className="text-[15px] font-semibold">You are in no group yet</h2>
      <p className="text-muted">An agent works in a group of people and agents. Create one, or ask an admin of a group to add you.</p>
      <Link href="/?new=group" className={buttonClass('primary')}>
        Create a group
      </Link>
    </div>
  )
}

/** For an address that names a group in which one cannot make keys. Whether there is such a group is not told. */
export function NotAMember({ groups }: { groups: readonly GroupChoice[] }) {
  return (
    <div className="grid gap-3.5 border-t border-line py-5">
      <h2 className="text-[15px] font-semibold">You are not a member of this group</h2>
      <p className="max-w-[68ch] text-muted">
        Only its members can create keys for a group. Ask one of its admins to add you, or choose another group.
      </p>
      <div className="max-w-md">
        <GroupField groups={groups} chosen={null} />
      </div>
    </div>
  )
}
