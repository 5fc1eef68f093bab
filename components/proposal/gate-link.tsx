import clsx from 'clsx'
import Link from 'next/link'
import type { ProposalSummary } from '@/lib/domain/schemas/proposal'
import { Written } from '../ui/written'

/** The checkpoint that a vote gates, as a link, and how many wait for it; nothing for a vote that gates nothing. */
export function GateLink({ proposal, className }: { proposal: ProposalSummary; className?: string }) {
  const { linked_milestone_id, linked_checkpoint_id, description, unblocks } = proposal
  if (linked_checkpoint_id === null) return null
  return (
    <p className={clsx('wrap-anywhere', className)}>
      Gate:{' '}
      <Link href={`/m/${linked_milestone_id}?cp=${linked_checkpoint_id}`} className="relative rounded font-medium text-accent underline">
        <Written text={description} />
      </Link>
      {unblocks > 0 && (unblocks === 1 ? ', for which 1 other waits' : `, for which ${unblocks} others wait`)}
    </p>
  )
}
