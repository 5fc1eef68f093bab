'use client'
import { revokeKey } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { isolated } from '@/lib/domain/bidi'
import type { Key } from '@/lib/domain/schemas/key'
import { Caution } from '../status/caution'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'

/** The answer with the secret did not arrive, and the same call again shows none. Such a key is of no use to anybody. */
export function LostKey({ made, onRevoked }: { made: Key; onRevoked: () => void }) {
  const act = useAct(revokeKey, { said: ({ data }) => `The key ${isolated(data.name)} is revoked.`, onDone: onRevoked })
  return (
    <Caution role="alert">
      <p className="font-semibold">
        The key {isolated(made.name)}, …{made.hint}, was created, but its secret did not arrive here.
      </p>
      <p>It is shown only once, so nobody can use this key. Revoke it, and create another one.</p>
      <form {...act.form}>
        <input type="hidden" name="key_id" value={made.key_id} />
        <Button type="submit" busy={act.pending}>
          Revoke it and start again
        </Button>
      </form>
      <Outcome act={act} />
    </Caution>
  )
}
