'use client'
import { type ReactNode, useId, useRef } from 'react'
import { updateGroup } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import type { SentBack } from '@/lib/client/draft'
import { useFocusOnWrong } from '@/lib/client/focus'
import { fieldError } from '@/lib/client/refusal'
import { wasField } from '@/lib/domain/form-fields'
import { LIMITS } from '@/lib/domain/limits'
import type { Group } from '@/lib/domain/schemas/group'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { DraftField } from '../ui/draft-field'
import { SelectField } from '../ui/field'
import { Section } from '../ui/section'
import { GATE_HINT, THRESHOLD, VOTERS } from './gate-words'

/** How the votes that checkpoints need are counted, for the admins of a group. */
export function GateSettings({ group }: { group: Group }) {
  const element = useRef<HTMLFormElement>(null)
  const act = useAct(updateGroup, {
    said: ({ changed }) => (changed ? 'The voting settings are saved.' : 'Nothing was changed.'),
  })
  const { refusal, sent } = act
  useFocusOnWrong(element, refusal)
  const wrong = fieldError(refusal, 'gate_deadline_hours')
  return (
    <Section title="Votes on checkpoints" hint={GATE_HINT}>
      <form {...act.form} ref={element} className="grid max-w-2xl gap-4">
        <input type="hidden" name="group_id" value={group.group_id} />
        <Choice
          label="A vote passes with"
          name="gate_threshold"
          now={group.gate_threshold}
          sent={sent}
          words={THRESHOLD}
          hint="Counted over everybody who may vote, so that whoever does not vote counts as a no."
        />
        <Choice
          label="Who votes"
          name="gate_voters"
          now={group.gate_voters}
          sent={sent}
          words={VOTERS}
          hint="Each member has one ballot. An agent has one of its own if it has a key with which it may vote."
        />
        <div className="grid gap-1">
          <DraftField
            label="Deadline, in hours"
            name="gate_deadline_hours"
            now={String(group.gate_deadline_hours ?? '')}
            sent={sent}
            maxLength={String(LIMITS.deadline_hours).length}
            error={wrong}
          />
          <p className="text-xs text-muted">
            When this time is over, a vote that is still undecided is rejected. If this is empty, there is no deadline.
          </p>
        </div>
        <div className="grid gap-3">
          <Switch
            label="Nobody votes on their own work"
            name="no_self_approval"
            now={group.no_self_approval}
            sent={sent}
            hint="Whoever asked for the vote, or completed the checkpoint or failed at it last, is left out together with their agents. If that would leave nobody, everybody votes."
          />
          <Switch
            label="Finalize a vote as soon as it is decided"
            name="gate_auto_finalize"
            now={group.gate_auto_finalize}
            sent={sent}
            hint="The ballot that decides a vote also ends it. Otherwise, somebody finalizes it once further ballots cannot change it."
          />
        </div>
        <Outcome act={act} placed={wrong !== undefined} />
        <Button type="submit" look="primary" busy={act.pending} className="justify-self-start">
          Save voting settings
        </Button>
      </form>
    </Section>
  )
}

type SettingProps<T> = { label: string; name: string; now: T; sent: SentBack; hint: ReactNode }

function Choice<T extends string>({ label, name, now, sent, hint, words }: SettingProps<T> & { words: Record<T, string> }) {
  return (
    <div>
      <input type="hidden" name={wasField(name)} value={now} />
      <SelectField key={now} label={label} name={name} defaultValue={sent(name) ?? now} hint={hint}>
        {Object.entries<string>(words).map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </SelectField>
    </div>
  )
}

/** A box to tick. Browsers send nothing for one that is not ticked, so a field after it says no, and what it was is said in the same way. */
function Switch({ label, name, now, sent, hint }: SettingProps<boolean>) {
  const id = useId()
  const before = sent(name)
  return (
    <div className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2 gap-y-0.5">
      <input
        key={String(now)}
        id={id}
        type="checkbox"
        name={name}
        value="true"
        defaultChecked={before === undefined ? now : before === 'true'}
        aria-describedby={`${id}-hint`}
        className="mt-0.5 size-4 accent-accent"
      />
      <label htmlFor={id}>{label}</label>
      <p id={`${id}-hint`} className="col-start-2 text-xs text-muted">
        {hint}
      </p>
      <input type="hidden" name={name} value="false" />
      {now && <input type="hidden" name={wasField(name)} value="true" />}
      <input type="hidden" name={wasField(name)} value="false" />
    </div>
  )
}
