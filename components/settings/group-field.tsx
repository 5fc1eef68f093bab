'use client'
import { useRouter } from 'next/navigation'
import { leaveFor } from '@/lib/client/leave'
import { isolated } from '@/lib/domain/bidi'
import { Button } from '../ui/button'
import { SelectField } from '../ui/field'

export type GroupChoice = { slug: string; name: string }

/** The group in which the key works. Another one is another page, because its agents and its keys are others. */
export function GroupField({ groups, chosen }: { groups: readonly GroupChoice[]; chosen: string | null }) {
  const router = useRouter()

  function choose(slug: string) {
    const address = `/settings/connect?group=${encodeURIComponent(slug)}`
    leaveFor(address, () => router.push(address))
  }

  return (
    <form method="get" action="/settings/connect" className="flex items-end gap-2 self-start">
      <SelectField
        // Before JavaScript, and where one stays, it shows the group of the page.
        key={chosen}
        label="Group"
        name="group"
        className="w-full"
        value={chosen ?? ''}
        onChange={(event) => choose(event.target.value)}
      >
        {chosen === null && <option value="">Choose a group</option>}
        {groups.map(({ slug, name }) => (
          <option key={slug} value={slug}>
            {isolated(name)}
          </option>
        ))}
      </SelectField>
      <Button type="submit" className="without-js">
        Choose
      </Button>
    </form>
  )
}
