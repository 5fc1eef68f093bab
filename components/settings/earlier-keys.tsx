import Link from 'next/link'
import type { UsedKey } from '@/lib/domain/schemas/key'
import { clientName } from '../key/client-name'
import { Disclosure } from '../ui/disclosure'
import { Time } from '../ui/time'
import { Written } from '../ui/written'

/** The keys that there are, each with its last use: to look whether one of them works, without making another. */
export function EarlierKeys({ keys, group }: { keys: readonly UsedKey[]; group: string }) {
  return (
    <Disclosure summary={keys.length === 1 ? 'Or use the existing key' : `Or use one of ${keys.length} existing keys`}>
      <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-panel">
        {keys.map(({ key_id, name, hint, owner_name, owner_type, last_used_at, last_client }) => (
          <li key={key_id} className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 px-3 py-2">
            <Link
              href={`/settings/connect?group=${group}&key=${key_id}`}
              className="min-w-0 flex-1 basis-48 font-medium wrap-anywhere hover:underline"
            >
              <Written text={name} /> <span className="font-mono text-xs font-normal text-muted">…{hint}</span>
            </Link>
            <span className="text-muted wrap-anywhere sm:w-36">
              <Written text={owner_name} />
              {owner_type === 'agent_profile' && ' (agent)'}
            </span>
            <span className="text-muted wrap-anywhere sm:w-48 sm:text-right">
              {last_used_at === null ? (
                'Never used'
              ) : (
                <>
                  {clientName(last_client)}, <Time at={last_used_at} />
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Disclosure>
  )
}
