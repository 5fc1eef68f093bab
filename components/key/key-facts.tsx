import type { Key } from '@/lib/domain/schemas/key'
import { Written } from '../ui/written'
import { dayOf } from './expiries'

/** What one should know of a key in a line: in whose name it acts, until when, and whether it may loosen plans. */
export function KeyFacts({ made }: { made: Key }) {
  const { owner_name, owner_type, expires_at, permissions } = made
  return (
    <p className="text-muted">
      It acts as <Written text={owner_name} />
      {owner_type === 'agent_profile' && ', an agent,'}
      {permissions['milestones:relax'] === true && ', may loosen plans,'}
      {expires_at === null ? ' and never expires' : ` and expires on ${dayOf(expires_at)}`}.
    </p>
  )
}
