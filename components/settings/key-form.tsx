'use client'
import { useRef, useState } from 'react'
import type { Act } from '@/lib/client/act'
import { useFocusOnWrong } from '@/lib/client/focus'
import { fieldError } from '@/lib/client/refusal'
import { isolated } from '@/lib/domain/bidi'
import { LIMITS } from '@/lib/domain/limits'
import type { NewKey } from '@/lib/domain/schemas/key'
import type { Expiry } from '../key/expiries'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { FieldError, SelectField, TextField } from '../ui/field'

export type Agent = { user_id: string; name: string }

type KeyFormProps = {
  act: Act<NewKey>
  group_id: string
  person: string
  /** The agents of the group, or null for somebody who is no admin of it and cannot make keys for agents. */
  agents: readonly Agent[] | null
  expiries: readonly Expiry[]
}

const RELAX = 'permissions.milestones:relax'

/** The value that asks for a new agent, as the operation takes it. */
const NEW_AGENT = 'new'

/** The fields of a key of a group, in the grid around them: how it is called, in whose name it acts, and for how long. */
export function KeyForm({ act, group_id, person, agents, expiries }: KeyFormProps) {
  const { refusal, sent } = act
  const [owner, setOwner] = useState(sent('agent_profile_id') ?? '')
  const element = useRef<HTMLFormElement>(null)
  useFocusOnWrong(element, refusal)
  const [wrongName, wrongExpiry, wrongRelax] = [fieldError(refusal, 'name'), fieldError(refusal, 'expires_at'), fieldError(refusal, RELAX)]
  const isForAgent = owner !== ''

  return (
    <form {...act.form} ref={element} data-for-parameter="group" className="contents">
      <input type="hidden" name="group_id" value={group_id} />
      <TextField
        label="Name"
        name="name"
        required
        maxLength={LIMITS.title}
        defaultValue={sent('name')}
        placeholder="Claude Code on my laptop"
        hint="To tell this key from others later."
        error={wrongName}
      />
      <SelectField
        label="Acts as"
        name="agent_profile_id"
        value={owner}
        onChange={(event) => setOwner(event.target.value)}
        hint={
          agents === null
            ? 'Only an admin of the group can create a key for an agent.'
            : isForAgent
              ? 'The history shows the agent’s name. It has a vote of its own, and can never loosen plans.'
              : 'The history shows your name for everything that it does.'
        }
      >
        <option value="">You ({isolated(person)})</option>
        {agents?.map(({ user_id, name }) => (
          <option key={user_id} value={user_id}>
            {isolated(name)} (agent)
          </option>
        ))}
        {agents && <option value={NEW_AGENT}>A new agent with this name</option>}
      </SelectField>
      <SelectField label="Expires" name="expires_at" defaultValue={sent('expires_at') ?? expiries[0]?.value} error={wrongExpiry}>
        {expiries.map(({ label, value }) => (
          <option key={label} value={value}>
            {label}
          </option>
        ))}
      </SelectField>
      <div className="col-span-full grid gap-1">
        <label className="flex items-start gap-2">
          <input
            type="checkbox"
            name={RELAX}
            disabled={isForAgent}
            defaultChecked={sent(RELAX) !== undefined}
            aria-describedby={wrongRelax ? 'relax-hint relax-error' : 'relax-hint'}
            aria-invalid={wrongRelax ? true : undefined}
            className="mt-px size-4 flex-none accent-accent"
          />
          <span className="font-medium">It may loosen plans</span>
        </label>
        <p id="relax-hint" className="max-w-[68ch] pl-6 text-xs text-muted">
          It can then remove dependencies on unfinished work, withdraw checkpoints, and delete those that others created. Without this, it
          plans and works, but cannot undo what was agreed.{isForAgent && ' An agent never may.'}
        </p>
        {wrongRelax && <FieldError id="relax-error">{wrongRelax}</FieldError>}
      </div>
      <Outcome act={act} className="col-span-full" placed={[wrongName, wrongExpiry, wrongRelax].some((wrong) => wrong !== undefined)} />
      <div className="col-span-full">
        <Button type="submit" look="primary" busy={act.pending}>
          Create key
        </Button>
      </div>
    </form>
  )
}
