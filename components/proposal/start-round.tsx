'use client'
import { startRound } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { headingOfPage } from '@/lib/client/focus'
import { fieldError } from '@/lib/client/refusal'
import { LIMITS } from '@/lib/domain/limits'
import type { ProposalSummary } from '@/lib/domain/schemas/proposal'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { Disclosure } from '../ui/disclosure'
import { TextArea } from '../ui/field'
import { WhileUnsent } from '../ui/while-unsent'

type StartRoundProps = {
  proposal: ProposalSummary
  /** Finds what gets the focus once the round is open; the heading of the page if it is not given. */
  leadsTo?: () => HTMLElement | null
}

/** Begins another round of a gate that was rejected, with the same content and a reason. */
export function StartRound({ proposal: { proposal_id, status, threshold_met }, leadsTo = headingOfPage }: StartRoundProps) {
  const act = useAct(startRound, { said: ({ data }) => `Round ${data.round} is open.`, leadsTo })
  const wrong = fieldError(act.refusal, 'reason')
  return (
    <WhileUnsent
      offered={status === 'finalized' && threshold_met === false}
      notice="Another round is open already. What you entered is still here."
    >
      <Disclosure summary="Begin a new round" open={act.trouble !== null}>
        <form {...act.form} className="grid gap-2">
          <input type="hidden" name="proposal_id" value={proposal_id} />
          <TextArea
            label="Why should they vote again?"
            name="reason"
            required
            rows={2}
            maxLength={LIMITS.remark}
            defaultValue={act.sent('reason')}
            error={wrong}
          />
          <Outcome act={act} placed={wrong !== undefined} />
          <Button type="submit" busy={act.pending} className="justify-self-start">
            Begin the round
          </Button>
        </form>
      </Disclosure>
    </WhileUnsent>
  )
}
