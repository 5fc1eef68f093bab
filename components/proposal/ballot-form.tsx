'use client'
import { type ReactNode, useRef, useState } from 'react'
import { castVote } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { headingOfPage } from '@/lib/client/focus'
import { fieldError } from '@/lib/client/refusal'
import { hasUnsentIn } from '@/lib/client/unsent'
import { isolated } from '@/lib/domain/bidi'
import { LIMITS } from '@/lib/domain/limits'
import type { Proposal } from '@/lib/domain/schemas/proposal'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { FieldError, TextArea } from '../ui/field'
import { WhileUnsent } from '../ui/while-unsent'
import { Written } from '../ui/written'
import { Ranking } from './ranking'
import { ballotWords } from './words'

type BallotFormProps = {
  proposal: Proposal
  /** Finds what gets the focus once the ballot is cast; the heading of the page if it is not given. */
  leadsTo?: () => HTMLElement | null
}

/** The ballot of somebody who may vote. It is for the round that was on the page when they began to fill it in. */
export function BallotForm({ proposal, leadsTo = headingOfPage }: BallotFormProps) {
  const { proposal_id, voting_type } = proposal
  const frame = useRef<HTMLDivElement>(null)
  const [round, setRound] = useState(proposal.round)
  // What was begun in one round is not sent for the next one before the server has said that it began.
  if (round !== proposal.round && !hasUnsentIn(frame.current)) setRound(proposal.round)
  const act = useAct(castVote, {
    said: ({ data }) =>
      `You have voted: ${isolated(ballotWords(data, data.your_vote ?? ''))}.${data.status === 'finalized' ? ' That decided the vote.' : ''}`,
    leadsTo,
    onRefused: ({ error, details }) => {
      if (error === 'version_mismatch') setRound(roundIn(details) ?? round)
    },
  })
  const wrong = fieldError(act.refusal, 'vote')
  return (
    <div ref={frame}>
      <WhileUnsent
        offered={proposal.you_may_vote}
        notice="You cannot vote on it any more, or you have voted elsewhere. What you entered is still here."
      >
        <form {...act.form} className="grid grid-cols-[minmax(0,1fr)] gap-3">
          <input type="hidden" name="proposal_id" value={proposal_id} />
          <input type="hidden" name="round" value={round} />
          <fieldset className="grid min-w-0 gap-1.5">
            <legend className="mb-1.5 font-medium">{voting_type === 'ranked' ? 'Your order, the best first' : 'Your vote'}</legend>
            <Choices proposal={proposal} sent={act.sent} />
            {wrong && <FieldError id="ballot-wrong">{wrong}</FieldError>}
          </fieldset>
          <TextArea
            label="Comment (optional)"
            name="comment"
            rows={2}
            maxLength={LIMITS.remark}
            defaultValue={act.sent('comment')}
            error={fieldError(act.refusal, 'comment')}
          />
          <Outcome act={act} placed={wrong !== undefined} />
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
            <Button type="submit" look="primary" busy={act.pending}>
              Cast your vote
            </Button>
            <p className="text-xs text-muted">A ballot stands: it cannot be changed{proposal.linked_checkpoint_id && ' in this round'}.</p>
          </div>
        </form>
      </WhileUnsent>
    </div>
  )
}

/** The round that a refusal says is the present one. */
const roundIn = ({ proposal }: Record<string, unknown>): number | null =>
  typeof proposal === 'object' && proposal !== null && 'round' in proposal && typeof proposal.round === 'number' ? proposal.round : null

type ChoicesProps = { proposal: Proposal; sent: (name: string) => string | undefined }

function Choices({ proposal: { voting_type, options }, sent }: ChoicesProps) {
  if (voting_type === 'ranked') return <Ranking options={options} sent={sent} />
  if (voting_type === 'single')
    return options.map((option) => (
      <Choice key={option} value={option} chosen={sent('vote') === option}>
        <Written text={option} className="min-w-0 wrap-anywhere" />
      </Choice>
    ))
  return (
    <div className="grid grid-cols-2 gap-2">
      <Choice value="yes" chosen={sent('vote') === 'yes'}>
        Yes
      </Choice>
      <Choice value="no" chosen={sent('vote') === 'no'}>
        No
      </Choice>
    </div>
  )
}

function Choice({ value, chosen, children }: { value: string; chosen: boolean; children: ReactNode }) {
  return (
    <label className="flex min-h-10 min-w-0 cursor-pointer items-center gap-2.5 rounded-md border border-line-strong bg-panel px-3 py-2 font-medium transition-colors duration-100 hover:bg-sunken has-checked:border-accent has-checked:bg-ready-tint">
      <input type="radio" name="vote" value={value} required defaultChecked={chosen} className="size-4 flex-none accent-accent" />
      {children}
    </label>
  )
}
