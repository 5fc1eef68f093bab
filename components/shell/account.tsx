import clsx from 'clsx'
import Link from 'next/link'
import { isolated } from '@/lib/domain/bidi'
import { Avatar } from '../ui/avatar'
import { buttonClass } from '../ui/button'
import { menuClass } from '../ui/menu'
import { Written } from '../ui/written'

export type Person = { name: string; email: string }

export function Account({ person }: { person: Person }) {
  return (
    <>
      <button
        type="button"
        popoverTarget="account"
        aria-label={`Account of ${isolated(person.name)}`}
        className="grid size-8 flex-none place-items-center rounded-full"
      >
        <Avatar name={person.name} agent={false} size={24} />
      </button>
      <div id="account" popover="auto" className={clsx(menuClass, 'w-64 p-3')}>
        <p className="truncate font-semibold">
          <Written text={person.name} />
        </p>
        <p className="truncate text-muted">{person.email}</p>
        <div className="mt-3 grid gap-2 border-t border-line pt-3">
          <Link href="/settings/account" className={buttonClass('plain', 'w-full')}>
            Your account
          </Link>
        </div>
        <form action="/auth/sign-out" method="post" className="mt-2">
          <button type="submit" className={buttonClass('plain', 'w-full')}>
            Sign out
          </button>
        </form>
      </div>
    </>
  )
}
