'use client'
import { useState } from 'react'
import { transferGroup } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { headingOfPage } from '@/lib/client/focus'
import { isolated } from '@/lib/domain/bidi'
import type { Group } from '@/lib/domain/schemas/group'
import { Outcome } from '../status/outcome'
import { Confirm } from '../ui/confirm'
import { SelectField } from '../ui/field'
import { Section } from '../ui/section'
import { TypedConfirmation } from '../ui/typed-confirmation'

type Other = { user_id: string; name: string }

/** The owner gives the group to another person of it. */
export function TransferGroup({ group, others }: { group: Group; others: readonly Other[] }) {
  const act = useAct(transferGroup, { said: () => 'The group has another owner now. You are an admin of it.', leadsTo: headingOfPage })
  const [chosen, setChosen] = useState(act.sent('user_id') ?? '')
  return (
    <Section
      title="Ownership"
      hint="A group has exactly one owner, who cannot leave it. To leave, give the group to another person first; you then stay as an admin."
    >
      {others.length === 0 ? (
        <p className="text-muted">You are the only person in this group. Invite somebody to whom you can give it.</p>
      ) : (
        <div>
          <Confirm
            words="Give the group to somebody"
            title={`Give ${isolated(group.name)} to another owner?`}
            side="left"
            open={act.trouble !== null}
          >
            <form {...act.form} className="grid gap-3">
              <input type="hidden" name="group_id" value={group.group_id} />
              <p className="text-muted">Only the new owner, or the owner of this instance, can give it back to you.</p>
              <SelectField label="New owner" name="user_id" required value={chosen} onChange={(event) => setChosen(event.target.value)}>
                <option value="">Choose a person</option>
                {others.map(({ user_id, name }) => (
                  <option key={user_id} value={user_id}>
                    {isolated(name)}
                  </option>
                ))}
              </SelectField>
              <TypedConfirmation word={group.slug} noun="slug of the group" submit="Give the group away" busy={act.pending} />
              <Outcome act={act} />
            </form>
          </Confirm>
        </div>
      )}
    </Section>
  )
}
