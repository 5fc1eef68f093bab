import type { Key } from '@/lib/domain/schemas/key'
import { Written } from '../ui/written'

/** What one should know of a key in a line: in whose name it works, until when, and whether it may loosen a plan. */
export function KeyFacts({ made }: { made: Key }) {
  const { owner_name, owner_type, expires_at, permissions } = made
  return (
    <p className="text-muted">
      It works in the name of <Written text={owner_name} />
      {owner_type === 'agent_profile' && ', an agent'}
      {expires_at === null ? ', without an end' : `, until ${expires_at.slice(0, 10)}`}
      {permissions['milestones:relax'] === true && ', and may loosen a plan'}.
    </p>
  )
}
