import clsx from 'clsx'
import type { ProposalSummary } from '@/lib/domain/schemas/proposal'
import { StatusGlyph } from '../status/status'
import { type Standing, standingOf } from './words'

const LOOKS: Record<Standing['look'], { glyph: 'awaiting_consensus' | 'completed' | 'refused' | 'blocked'; className: string }> = {
  open: { glyph: 'awaiting_consensus', className: 'bg-vote-tint text-vote' },
  passed: { glyph: 'completed', className: 'bg-done-tint text-done' },
  failed: { glyph: 'refused', className: 'bg-refused-tint text-refused' },
  closed: { glyph: 'blocked', className: 'bg-blocked-tint text-muted' },
}

/** How a vote stands, by sign, word and colour. */
export function StandingLabel({ proposal, className }: { proposal: ProposalSummary; className?: string }) {
  const { word, look } = standingOf(proposal)
  return (
    <span
      className={clsx(
        'inline-flex flex-none items-center gap-1.5 rounded-md px-1.5 text-xs leading-5 font-medium whitespace-nowrap',
        LOOKS[look].className,
        className,
      )}
    >
      <StatusGlyph state={LOOKS[look].glyph} size={12} />
      {word}
    </span>
  )
}
