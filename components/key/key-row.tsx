'use client'
import Link from 'next/link'
import { revokeKey } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { headingOfPage } from '@/lib/client/focus'
import { isolated } from '@/lib/domain/bidi'
import type { UsedKey } from '@/lib/domain/schemas/key'
import { Caution } from '../status/caution'
import { Outcome } from '../status/outcome'
import { Who } from '../ui/avatar'
import { Button } from '../ui/button'
import { Confirm } from '../ui/confirm'
import { Time, TimeLeft, useNow } from '../ui/time'
import { Written } from '../ui/written'
import { clientName } from './client-name'
import { KeyPermissions } from './key-permissions'

type KeyRowProps = {
  made: UsedKey
  you: string
  /** For whom the agent acts whose key it is. */
  person: string | null
  /** The title of its milestone, if it works in one only and that is known. */
  milestone: string | null
}

export function KeyRow({ made, you, person, milestone }: KeyRowProps) {
  const { name, hint, owner_id, owner_name, milestone_id, created_at, expires_at, last_used_at, last_client, last_call } = made
  return (
    <li className="grid grid-cols-[minmax(0,1fr)] gap-x-5 gap-y-1.5 px-4 py-3 md:grid-cols-[minmax(0,1fr)_minmax(0,15rem)_minmax(0,13rem)_5.5rem]">
      <div className="grid min-w-0 content-start gap-0.5">
        <h3 className="font-medium wrap-anywhere">
          <Written text={name} />
        </h3>
        <p className="text-muted wrap-anywhere">
          <code className="font-mono text-xs">
            {made.scope_type === 'group' ? 'sk_live_g_' : 'sk_live_u_'}…{hint}
          </code>
          {' · '}
          {milestone_id === null ? (
            'the whole group'
          ) : (
            <>
              only{' '}
              <Link href={`/m/${milestone_id}`} className="text-accent underline">
                <Written text={milestone ?? milestone_id} />
              </Link>
            </>
          )}
        </p>
        <KeyPermissions made={made} />
      </div>
      <div className="grid min-w-0 content-start gap-0.5">
        <Who id={owner_id} name={owner_name} person={person} you={owner_id === you} />
        <p className="text-muted">
          Created <Time at={created_at} />
        </p>
        <p className="text-muted">{expires_at === null ? 'Never expires' : <TimeLeft until={expires_at} />}</p>
      </div>
      <div className="min-w-0 content-start text-muted wrap-anywhere">
        {last_used_at === null ? (
          'Never used'
        ) : (
          <>
            Last used <Time at={last_used_at} />
            <br />
            {clientName(last_client)}
            {last_call !== null && (
              <>
                : <code className="font-mono text-xs">{last_call}</code>
              </>
            )}
          </>
        )}
      </div>
      <div className="md:text-right">
        <RevokeKey made={made} />
      </div>
    </li>
  )
}

const DAY = 86_400_000

function RevokeKey({ made }: { made: UsedKey }) {
  const { key_id, hint, last_used_at, last_client } = made
  const name = isolated(made.name)
  const now = useNow()
  const act = useAct(revokeKey, { said: () => `The key ${name} is revoked.`, leadsTo: headingOfPage })
  const isInUse = last_used_at !== null && now - Date.parse(last_used_at) < DAY
  return (
    <Confirm
      words="Revoke"
      look="plain"
      label={`Revoke ${name}`}
      title={`Revoke the key ${name} (…\u2060${hint})?`}
      open={act.trouble !== null}
    >
      {isInUse && (
        <Caution>
          <p className="font-semibold">It is in use.</p>
          <p>
            {clientName(last_client)} used it <Time at={last_used_at} />.
          </p>
        </Caution>
      )}
      <p className="text-muted">Whatever uses it is refused from now on, and keys that were made with it end too. This cannot be undone.</p>
      <form {...act.form} className="grid gap-2">
        <input type="hidden" name="key_id" value={key_id} />
        <Button type="submit" look="danger" busy={act.pending} className="justify-self-start">
          Revoke it now
        </Button>
        <Outcome act={act} />
      </form>
    </Confirm>
  )
}
