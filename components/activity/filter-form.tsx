import Link from 'next/link'
import { isolated } from '@/lib/domain/bidi'
import { VIAS } from '@/lib/domain/events'
import type { ActivityPage } from '@/lib/domain/schemas/activity'
import { Button, buttonClass } from '../ui/button'
import { Disclosure } from '../ui/disclosure'
import { SelectField, TextField } from '../ui/field'
import type { GroupChoice } from './activity-screen'
import { deedOf } from './event-words'
import { type Filters, hrefOf } from './filters'
import { EVENT_TYPES } from './many-words'
import { VIA_WORDS } from './via-words'

const NOUNS: Readonly<Record<string, string>> = {
  person: 'People',
  agent_profile: 'Agents',
  key: 'Keys',
  group: 'Groups',
  member: 'Members',
  invitation: 'Invitations',
  project: 'Projects',
  milestone: 'Milestones',
  checkpoint: 'Checkpoints',
  claim: 'Claims',
  proposal: 'Votes',
  ballot: 'Ballots',
}

/** The filters one by one. What is chosen but is no choice of a list, such as an action from a search, stays a choice. */
export function FilterForm({
  filters,
  actors,
  groups,
}: {
  filters: Filters
  actors: ActivityPage['actors']
  groups: readonly GroupChoice[]
}) {
  const count = Object.keys(filters).length
  return (
    <div className="max-w-5xl">
      <Disclosure summary={count === 0 ? 'Filters' : count === 1 ? '1 filter' : `${count} filters`} open={count > 0}>
        <form method="get" action="/activity" aria-label="Filters" className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
          <Choice
            label="Group"
            name="group"
            chosen={filters.group}
            none="All groups"
            choices={groups.map(({ slug, name }) => [slug, name])}
          />
          <Choice
            label="Who"
            name="actor"
            chosen={filters.actor}
            none="Everybody"
            choices={actors.map(({ principal_id, name, accountable_name }) => [
              principal_id,
              accountable_name === null ? isolated(name) : `${isolated(name)}, for ${isolated(accountable_name)}`,
            ])}
          />
          <ActionField chosen={filters.action} />
          <Choice label="Through" name="via" chosen={filters.via} none="Every way" choices={VIAS.map((via) => [via, VIA_WORDS[via]])} />
          <TextField
            label="Milestone"
            name="ms"
            defaultValue={filters.ms}
            placeholder="ms_…"
            pattern="ms_.*"
            title="The id of a milestone, which begins with ms_"
            maxLength={200}
            spellCheck={false}
          />
          <TimeField label="From" name="since" value={filters.since} />
          <TimeField label="Until before" name="until" value={filters.until} />
          <p className="flex items-end gap-2">
            <Button type="submit" look="primary">
              Apply
            </Button>
            {count > 0 && (
              <Link href={hrefOf({})} className={buttonClass('quiet')}>
                Clear
              </Link>
            )}
          </p>
        </form>
      </Disclosure>
    </div>
  )
}

type ChoiceProps = {
  label: string
  name: string
  chosen: string | undefined
  none: string
  choices: readonly (readonly [string, string])[]
}

function Choice({ label, name, chosen = '', none, choices }: ChoiceProps) {
  return (
    <SelectField label={label} name={name} defaultValue={chosen}>
      <option value="">{none}</option>
      {chosen !== '' && choices.every(([value]) => value !== chosen) && <option value={chosen}>{chosen}</option>}
      {choices.map(([value, word]) => (
        <option key={value} value={value}>
          {word}
        </option>
      ))}
    </SelectField>
  )
}

function ActionField({ chosen = '' }: { chosen: string | undefined }) {
  const isListed = EVENT_TYPES.includes(chosen) || Object.keys(NOUNS).some((noun) => chosen === `${noun}.*`)
  return (
    <SelectField label="Action" name="action" defaultValue={chosen}>
      <option value="">Everything</option>
      {chosen !== '' && !isListed && <option value={chosen}>{chosen.replaceAll(',', ', ')}</option>}
      {Object.entries(NOUNS).map(([noun, word]) => (
        <optgroup key={noun} label={word}>
          <option value={`${noun}.*`}>{word}: everything</option>
          {EVENT_TYPES.filter((type) => type.startsWith(`${noun}.`)).map((type) => (
            <option key={type} value={type}>
              {deedOf(type)}
            </option>
          ))}
        </optgroup>
      ))}
    </SelectField>
  )
}

/** A day, or a time if the address has one. */
function TimeField({ label, name, value }: { label: string; name: string; value: string | undefined }) {
  const isDay = value === undefined || value.length === 10
  return <TextField label={label} name={name} type={isDay ? 'date' : 'text'} defaultValue={value} hint="In UTC" />
}
