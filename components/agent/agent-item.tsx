import clsx from 'clsx'
import Link from 'next/link'
import type { UsedAgentProfile } from '@/lib/domain/schemas/agent'
import { clientName } from '../key/client-name'
import { Avatar } from '../ui/avatar'
import { Time } from '../ui/time'
import { Written } from '../ui/written'
import { DeleteAgent } from './delete-agent'
import { EditAgent } from './edit-agent'
import { SuspendAgent } from './suspend-agent'

/** A checkpoint that an agent holds, with its title and that of its milestone. */
export type HeldCheckpoint = { href: string; title: string; milestone: string }

export type Person = { user_id: string; name: string }

type AgentItemProps = {
  agent: UsedAgentProfile
  /** The people of the group, for an admin of it, who may give the agent to one of them and delete it. */
  people: readonly Person[] | null
  yours: boolean
  titles: ReadonlyMap<string, HeldCheckpoint>
  slug: string
}

export function AgentItem({ agent, people, yours, slug, titles }: AgentItemProps) {
  const { name, accountable_name, description, status, held, key_count, last_used_at, last_client } = agent
  const suspended = status === 'suspended'
  return (
    <li className="grid grid-cols-[minmax(0,1fr)] gap-x-6 gap-y-2 px-4 py-3 md:grid-cols-[minmax(0,1fr)_auto]">
      <div className="flex min-w-0 items-start gap-2.5">
        <Avatar name={name} agent size={24} />
        <div className="grid min-w-0 gap-1">
          <h3 className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium wrap-anywhere">
            <span>
              <Written text={name} />
              <span className="font-normal text-muted">
                , for <Written text={accountable_name} />
                {yours && ' (you)'}
              </span>
            </span>
            <span
              className={clsx('rounded-full px-2 text-xs leading-5', suspended ? 'bg-refused-tint text-refused' : 'bg-done-tint text-done')}
            >
              {suspended ? 'Suspended' : 'Active'}
            </span>
          </h3>
          {description !== '' && (
            <p className="max-w-[80ch] whitespace-pre-line text-muted wrap-anywhere">
              <Written text={description} />
            </p>
          )}
          <p className="text-muted wrap-anywhere">
            {held.length === 0 ? 'Holds nothing' : 'Holds '}
            {held.map((reference, index) => (
              <span key={reference}>
                {index > 0 && ', '}
                <Held reference={reference} known={titles.get(reference)} />
              </span>
            ))}
            {' · '}
            {last_used_at === null ? (
              'never used'
            ) : (
              <>
                last used <Time at={last_used_at} />, {clientName(last_client)}
              </>
            )}
            {' · '}
            <Link href={`/g/${slug}/keys`} className="text-accent underline">
              {key_count === 0 ? 'no keys' : key_count === 1 ? 'one key' : `${key_count} keys`}
            </Link>
          </p>
        </div>
      </div>
      {(yours || people) && (
        <div className="flex flex-wrap items-start gap-2 md:justify-end">
          <EditAgent agent={agent} people={people} />
          <SuspendAgent agent={agent} />
          {people && <DeleteAgent agent={agent} />}
        </div>
      )}
    </li>
  )
}

/** A checkpoint that is held, by its title; where that is not known, by its reference. */
function Held({ reference, known }: { reference: string; known: HeldCheckpoint | undefined }) {
  if (!known) return <code className="font-mono text-xs">{reference}</code>
  return (
    <>
      <Link href={known.href} className="text-accent underline">
        <Written text={known.title} />
      </Link>{' '}
      in <Written text={known.milestone} />
    </>
  )
}
