import { useId } from 'react'
import type { SentBack } from '@/lib/client/draft'
import { CheckField } from '../ui/field'

/** Whether a checkpoint gets a gate, in a form that writes it. */
export function GateChoice({ sent }: { sent: SentBack }) {
  const id = useId()
  return (
    <div>
      <CheckField
        label="Needs a vote of the group"
        name="requires_consensus"
        value="true"
        defaultChecked={sent('requires_consensus') !== undefined}
        aria-describedby={id}
      />
      <p id={id} className="pl-6 text-xs text-muted">
        It can be completed once the group has agreed to it. Only an admin can lift that again.
      </p>
    </div>
  )
}
