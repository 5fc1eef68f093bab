import type { ReactNode } from 'react'
import { Shell } from '@/components/shell/shell'
import { listGroups } from '@/lib/operations/groups'
import { countVotes, MOST_WAITING } from '@/lib/operations/proposals'
import { readPage, readPerson } from '@/lib/transport/page'

/** Every page behind the sign-in. What is read here is read once for all of them: going from page to page does not ask for it again. */
export default async function SignedInLayout({ children }: { children: ReactNode }) {
  const [person, { data }, { data: votes }] = await Promise.all([readPerson(), readPage(listGroups, {}), readPage(countVotes, {})])
  const groups = data.groups.map(({ group_id, slug, name, role }) => ({ group_id, slug, name, own: role !== null }))
  return (
    <Shell person={person} groups={groups} waiting={{ count: votes.waiting, more: votes.waiting >= MOST_WAITING }}>
      {children}
    </Shell>
  )
}
