'use client'
import { useRouter } from 'next/navigation'
import { useId, useRef, useState } from 'react'
import { createProposal } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { headingOf, useFocusOnWrong } from '@/lib/client/focus'
import { fieldError, fieldErrorWithin } from '@/lib/client/refusal'
import { isolated, shown } from '@/lib/domain/bidi'
import { LIMITS } from '@/lib/domain/limits'
import { Outcome } from '../status/outcome'
import { CreationFoot } from '../ui/creation-foot'
import { SelectField, TextArea, TextField } from '../ui/field'
import type { GroupChoice } from './proposal-list'

const TYPES = [
  { value: 'yes_no', word: 'Yes or no', hint: 'Everybody says yes or no.' },
  { value: 'single', word: 'One of several', hint: 'Everybody chooses one option.' },
  { value: 'ranked', word: 'Ranked', hint: 'Everybody puts all options in order; the weakest leave until one has a majority.' },
] as const

const THRESHOLDS = [
  ['majority', 'More than half of the ballots'],
  ['two_thirds', 'At least two thirds of the ballots'],
  ['unanimous', 'All ballots'],
  ['quorum', 'Half of the members vote, and more than half of the ballots'],
] as const

const DEADLINES = [
  ['', 'It stays open until somebody finalizes it'],
  ['4', 'In 4 hours'],
  ['24', 'In a day'],
  ['72', 'In 3 days'],
  ['168', 'In a week'],
  ['336', 'In 2 weeks'],
] as const

type ProposalFormProps = { groups: readonly GroupChoice[]; group: GroupChoice | null; cancel: string }

/** Asks a group to vote. The field of the options is there as long as the kind of vote has options, also before JavaScript. */
export function ProposalForm({ groups, group, cancel }: ProposalFormProps) {
  const router = useRouter()
  const act = useAct(createProposal, {
    said: ({ data }) => `The vote on ${isolated(data.title)} is open.`,
    leadsTo: ({ data }) => headingOf(shown(data.title)),
    goTo: ({ data }) => router.push(`/proposals/${data.proposal_id}`),
  })
  const { refusal, done, sent } = act
  const element = useRef<HTMLFormElement>(null)
  const id = useId()
  useFocusOnWrong(element, refusal)
  const [type, setType] = useState<string | null>(null)
  const wrong = {
    title: fieldError(refusal, 'title'),
    description: fieldError(refusal, 'description'),
    options: fieldErrorWithin(refusal, 'options'),
    deadline_hours: fieldError(refusal, 'deadline_hours'),
  }
  const first = sent('voting_type') ?? 'yes_no'
  return (
    <form {...act.form} ref={element} className="group/ask grid max-w-2xl gap-4 px-5 py-4.5">
      {groups.length > 1 ? (
        <SelectField label="Group" name="group_id" defaultValue={sent('group_id') ?? group?.group_id}>
          {groups.map(({ group_id, name }) => (
            <option key={group_id} value={group_id}>
              {isolated(name)}
            </option>
          ))}
        </SelectField>
      ) : (
        <input type="hidden" name="group_id" value={groups[0]?.group_id ?? ''} />
      )}
      <TextField
        label="Question"
        name="title"
        required
        autoFocus
        maxLength={LIMITS.title}
        placeholder="Which database do we use?"
        defaultValue={sent('title')}
        error={wrong.title}
      />
      <TextArea
        label="Description (optional)"
        name="description"
        rows={4}
        maxLength={LIMITS.description}
        placeholder="What one should know to decide."
        defaultValue={sent('description')}
        error={wrong.description}
      />
      <fieldset className="grid gap-1">
        <legend className="mb-1 text-xs font-medium text-muted">How people vote</legend>
        <div className="grid gap-2 sm:grid-cols-3">
          {TYPES.map(({ value, word, hint }) => (
            <label
              key={value}
              className="flex cursor-pointer gap-2.5 rounded-md border border-line-strong bg-panel px-3 py-2 transition-colors duration-100 hover:bg-sunken has-checked:border-accent has-checked:bg-ready-tint"
            >
              <input
                type="radio"
                name="voting_type"
                aria-label={word}
                aria-describedby={`${id}-${value}`}
                value={value}
                data-plain={value === 'yes_no' ? '' : undefined}
                defaultChecked={first === value}
                onChange={() => setType(value)}
                className="mt-0.5 size-4 flex-none accent-accent"
              />
              <span className="grid content-start gap-0.5">
                <span className="font-medium">{word}</span>
                <span id={`${id}-${value}`} className="text-xs text-muted">
                  {hint}
                </span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <div className={wrong.options ? undefined : 'group-has-[[data-plain]:checked]/ask:hidden'}>
        <TextArea
          label="Options"
          name="options"
          rows={5}
          disabled={type === 'yes_no'}
          placeholder={'PostgreSQL\nSQLite'}
          hint={`One on each line, from 2 to ${LIMITS.options}, without commas.`}
          defaultValue={sent('options')}
          error={wrong.options}
        />
      </div>
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField label="It passes with" name="threshold_type" defaultValue={sent('threshold_type') ?? 'majority'}>
          {THRESHOLDS.map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </SelectField>
        <SelectField label="Voting closes" name="deadline_hours" defaultValue={sent('deadline_hours') ?? ''} error={wrong.deadline_hours}>
          {DEADLINES.map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </SelectField>
      </div>
      <Outcome act={act} placed={Object.values(wrong).some((one) => one !== undefined)} />
      <CreationFoot noun="vote" busy={act.pending} created={done && `/proposals/${done.data.proposal_id}`} cancel={cancel} />
    </form>
  )
}
