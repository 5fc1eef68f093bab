'use client'
import { useRouter } from 'next/navigation'
import { revokeKey } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { isolated } from '@/lib/domain/bidi'
import type { UsedKey } from '@/lib/domain/schemas/key'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { Time } from '../ui/time'
import { Written } from '../ui/written'

/** The keys that act as their person in all groups. */
export function Keys({ keys }: { keys: readonly UsedKey[] }) {
  if (keys.length === 0) return <p className="text-muted">You have no key that works in all your groups.</p>
  return (
    <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-panel">
      {keys.map((key) => (
        <KeyRow key={key.key_id} facts={key} />
      ))}
    </ul>
  )
}

function KeyRow({ facts: { key_id, name, hint, last_used_at, expires_at } }: { facts: UsedKey }) {
  const router = useRouter()
  const act = useAct(revokeKey, { said: () => `The key ${isolated(name)} is revoked.`, onDone: () => router.refresh() })
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3.5 py-2.5">
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-medium wrap-anywhere">
          <Written text={name} /> <span className="font-mono text-xs font-normal text-muted">…{hint}</span>
        </p>
        <p className="text-muted">
          {last_used_at === null ? (
            'Never used'
          ) : (
            <>
              Last used <Time at={last_used_at} />
            </>
          )}
          {expires_at === null ? '' : `, ends on ${expires_at.slice(0, 10)}`}
        </p>
      </div>
      <form {...act.form} className="grid justify-items-end gap-1">
        <input type="hidden" name="key_id" value={key_id} />
        <Button type="submit" look="danger" busy={act.pending} aria-label={`Revoke the key ${isolated(name)}`}>
          Revoke
        </Button>
        <Outcome act={act} />
      </form>
    </li>
  )
}
