'use client'
import { useRef, useState } from 'react'
import type { Act } from '@/lib/client/act'
import { useFocusOnWrong } from '@/lib/client/focus'
import { fieldError } from '@/lib/client/refusal'
import { isolated } from '@/lib/domain/bidi'
import { LIMITS } from '@/lib/domain/limits'
import { isGrantedAtFirst, PERMISSIONS, type PermissionName } from '@/lib/domain/permission'
import type { NewKey } from '@/lib/domain/schemas/key'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { FieldError, SelectField, TextField } from '../ui/field'
import { useNow } from '../ui/time'
import { expiriesFrom, shortExpiriesFrom } from './expiries'
import { GROUP_PERMISSIONS } from './key-permissions'

export type GroupKeyFormProps = {
  act: Act<NewKey>
  group_id: string
  person: string
  /** Null for somebody who is no admin of the group, and cannot make keys for agents. */
  agents: readonly { agent_profile_id: string; name: string }[] | null
  milestones: readonly { milestone_id: string; title: string }[]
  /** Whether there are more milestones than these newest ones. */
  hasMore: boolean
}

const fieldOf = (name: PermissionName) => `permissions.${name}`

export function GroupKeyForm({ act, group_id, person, agents, milestones, hasMore }: GroupKeyFormProps) {
  const { refusal, sent } = act
  const now = useNow()
  const [owner, setOwner] = useState(sent('agent_profile_id') ?? '')
  const element = useRef<HTMLFormElement>(null)
  useFocusOnWrong(element, refusal)
  const [wrongName, wrongExpiry] = [fieldError(refusal, 'name'), fieldError(refusal, 'expires_at')]
  const wrongPermission = GROUP_PERMISSIONS.map((name) => fieldError(refusal, fieldOf(name))).find((wrong) => wrong !== undefined)
  const isForAgent = owner !== ''
  return (
    <form {...act.form} ref={element} className="grid max-w-4xl gap-4 rounded-lg border border-line bg-panel px-4 py-4 sm:grid-cols-2">
      <input type="hidden" name="group_id" value={group_id} />
      <TextField
        label="Name"
        name="name"
        required
        maxLength={LIMITS.title}
        defaultValue={sent('name')}
        placeholder="Nightly worker"
        hint="To tell this key from others later."
        error={wrongName}
      />
      <SelectField
        label="For whom"
        name="agent_profile_id"
        value={owner}
        onChange={(event) => setOwner(event.target.value)}
        hint={
          agents
            ? 'The history shows this name for everything that the key does.'
            : 'Only an admin of the group can create a key for an agent.'
        }
      >
        <option value="">You ({isolated(person)})</option>
        {agents?.map(({ agent_profile_id, name }) => (
          <option key={agent_profile_id} value={agent_profile_id}>
            {isolated(name)} (agent)
          </option>
        ))}
      </SelectField>
      <SelectField
        label="Works in"
        name="milestone_id"
        defaultValue={sent('milestone_id') ?? ''}
        hint={`A key of one milestone calls nothing outside of it, and ends when it is deleted.${hasMore ? ` Only the newest ${milestones.length} active milestones are listed.` : ''}`}
      >
        <option value="">The whole group</option>
        {milestones.map(({ milestone_id, title }) => (
          <option key={milestone_id} value={milestone_id}>
            {isolated(title)}
          </option>
        ))}
      </SelectField>
      <SelectField label="Expires" name="expires_at" defaultValue={sent('expires_at')} error={wrongExpiry}>
        {[...expiriesFrom(now), ...shortExpiriesFrom(now)].map(({ label, value }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same choice has another moment after a while
          <option key={index} value={value}>
            {label}
          </option>
        ))}
      </SelectField>
      <fieldset className="col-span-full grid gap-2">
        <legend className="mb-1 text-xs font-medium text-muted">What it may do</legend>
        <div className="grid gap-x-4 gap-y-1.5 sm:grid-cols-2">
          {GROUP_PERMISSIONS.map((name) => {
            const field = fieldOf(name)
            const before = sent(field)
            return (
              <label key={name} className="flex items-start gap-2">
                <input
                  type="checkbox"
                  name={field}
                  disabled={isForAgent && name === 'milestones:relax'}
                  defaultChecked={before === undefined ? isGrantedAtFirst(name) : before === 'on'}
                  aria-invalid={fieldError(refusal, field) ? true : undefined}
                  className="mt-px size-4 flex-none accent-accent"
                />
                {/* What is not checked is said too, because the default of a permission may be to have it. */}
                <input type="hidden" name={field} value="false" />
                <span>
                  {PERMISSIONS[name].description} <code className="font-mono text-xs text-muted">{name}</code>
                  {isForAgent && name === 'milestones:relax' && <span className="text-muted"> (an agent never may)</span>}
                </span>
              </label>
            )
          })}
        </div>
        {wrongPermission && <FieldError id="permission-error">{wrongPermission}</FieldError>}
      </fieldset>
      <Outcome
        act={act}
        className="col-span-full"
        placed={[wrongName, wrongExpiry, wrongPermission].some((wrong) => wrong !== undefined)}
      />
      <div className="col-span-full">
        <Button type="submit" look="primary" busy={act.pending}>
          Create key
        </Button>
      </div>
    </form>
  )
}
