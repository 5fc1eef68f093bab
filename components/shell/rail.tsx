import clsx from 'clsx'
import { Layers, Plus } from 'lucide-react'
import Link from 'next/link'
import type { Group } from '@/lib/domain/schemas/group'

type RailProps = { groups: readonly Group[]; current: string | undefined; projects: boolean }

export function Rail({ groups, current, projects }: RailProps) {
  return (
    <>
      <RailLink href="/" current={projects && !current}>
        <Layers size={15} aria-hidden="true" />
        Projects
      </RailLink>
      <h2 className="px-2 pt-4 pb-1 text-[11px] leading-4 font-semibold text-faint">Groups</h2>
      <ul className="grid grid-cols-[minmax(0,1fr)] gap-px">
        {groups.map((group) => (
          <li key={group.group_id}>
            <RailLink href={`/?group=${group.slug}`} current={current === group.slug}>
              <span className="truncate" title={group.slug}>
                {group.slug}
              </span>
              {group.role === null && <span className="ml-auto flex-none text-[11px] text-faint">read only</span>}
            </RailLink>
          </li>
        ))}
      </ul>
      <RailLink href="/?new=group" current={false}>
        <Plus size={15} aria-hidden="true" />
        New group
      </RailLink>
    </>
  )
}

function RailLink({ href, current, children }: { href: string; current: boolean; children: React.ReactNode }) {
  return (
    <Link
      href={href}
      aria-current={current ? 'page' : undefined}
      className={clsx(
        'flex h-[30px] min-w-0 items-center gap-2 rounded-md px-2 font-medium',
        current ? 'bg-sunken text-text' : 'text-muted hover:bg-sunken hover:text-text active:bg-line',
      )}
    >
      {children}
    </Link>
  )
}
