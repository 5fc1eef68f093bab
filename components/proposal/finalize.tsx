'use client'
import { finalizeProposal } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { headingOfPage } from '@/lib/client/focus'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { Confirm } from '../ui/confirm'

type FinalizeProps = {
  proposal_id: string
  offered: boolean
  /** What it would come to now, in a sentence. */
  outcome: string
  /** How many could still vote. */
  missing: number
  gate: boolean
  /** Finds what gets the focus once it is done; the heading of the page if it is not given. */
  leadsTo?: () => HTMLElement | null
}

/** Closes a vote for good, after it has shown what that comes to. */
export function Finalize({ proposal_id, offered, outcome, missing, gate, leadsTo = headingOfPage }: FinalizeProps) {
  const act = useAct(finalizeProposal, {
    said: ({ data }) => `The vote is finalized: ${data.threshold_met ? 'it has passed' : 'it has not passed'}.`,
    leadsTo,
  })
  if (!offered) return null
  return (
    <div>
      <Confirm words="Finalize" look={gate ? 'primary' : 'plain'} side="left" title="Finalize this vote?" open={act.trouble !== null}>
        <p className="font-medium wrap-anywhere">{outcome}</p>
        <p className="text-muted">
          {missing > 0 &&
            `${missing === 1 ? 'One who may vote has' : `${missing} who may vote have`} not voted yet${gate ? ', and cannot change this any more' : ''}. `}
          The outcome is computed once more when you confirm, and it cannot be undone.
        </p>
        <form {...act.form}>
          <input type="hidden" name="proposal_id" value={proposal_id} />
          <Button type="submit" look="primary" busy={act.pending}>
            Finalize for good
          </Button>
        </form>
        <Outcome act={act} />
      </Confirm>
    </div>
  )
}
