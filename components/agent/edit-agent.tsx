'use client'
import { useRef } from 'react'
import { updateAgentProfile } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { useFocusOnWrong } from '@/lib/client/focus'
import { fieldError } from '@/lib/client/refusal'
import { isolated } from '@/lib/domain/bidi'
import { wasField } from '@/lib/domain/form-fields'
import { LIMITS } from '@/lib/domain/limits'
import type { AgentProfile } from '@/lib/domain/schemas/agent'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { DraftField } from '../ui/draft-field'
import { SelectField } from '../ui/field'
import { Panel } from '../ui/panel'
import { sheetClass } from '../ui/sheet'
import type { Person } from './agent-item'

export function EditAgent({ agent, people }: { agent: AgentProfile; people: readonly Person[] | null }) {
  const element = useRef<HTMLFormElement>(null)
  const panelOf = () => element.current?.closest('details') ?? null
  const act = useAct(updateAgentProfile, {
    said: ({ data }) => `The agent ${isolated(data.name)} is saved.`,
    onDone: () => panelOf()?.removeAttribute('open'),
    leadsTo: () => panelOf()?.querySelector('summary') ?? null,
  })
  const { refusal, sent } = act
  useFocusOnWrong(element, refusal)
  const [wrongName, wrongText, wrongPerson] = ['name', 'description', 'accountable_id'].map((path) => fieldError(refusal, path))
  return (
    <Panel summary="Edit" label={`Edit ${isolated(agent.name)}`} open={act.trouble !== null} className={sheetClass.right}>
      <form {...act.form} ref={element} className="grid gap-3 p-1">
        <input type="hidden" name="group_id" value={agent.group_id} />
        <input type="hidden" name="agent_profile_id" value={agent.agent_profile_id} />
        <DraftField label="Name" name="name" now={agent.name} sent={sent} required maxLength={LIMITS.title} error={wrongName} />
        <DraftField
          label="What it is for"
          name="description"
          now={agent.description}
          sent={sent}
          lines
          maxLength={LIMITS.description}
          error={wrongText}
        />
        {people && (
          <>
            <input type="hidden" name={wasField('accountable_id')} value={agent.accountable_id} />
            <SelectField
              key={agent.accountable_id}
              label="Who answers for it"
              name="accountable_id"
              defaultValue={sent('accountable_id') ?? agent.accountable_id}
              hint="The history says for whom it acts: from now on, for this person."
              error={wrongPerson}
            >
              {people.map(({ user_id, name }) => (
                <option key={user_id} value={user_id}>
                  {isolated(name)}
                </option>
              ))}
            </SelectField>
          </>
        )}
        <Outcome act={act} placed={[wrongName, wrongText, wrongPerson].some((wrong) => wrong !== undefined)} />
        <Button type="submit" busy={act.pending} className="justify-self-start">
          Save changes
        </Button>
      </form>
    </Panel>
  )
}
