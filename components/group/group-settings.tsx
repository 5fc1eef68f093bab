'use client'
import { useRouter } from 'next/navigation'
import { useRef } from 'react'
import { updateGroup } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { useFocusOnWrong } from '@/lib/client/focus'
import { fieldError } from '@/lib/client/refusal'
import { wasField } from '@/lib/domain/form-fields'
import { LIMITS } from '@/lib/domain/limits'
import type { Group } from '@/lib/domain/schemas/group'
import { SLUG_LENGTH } from '@/lib/domain/slug'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { DraftField } from '../ui/draft-field'
import { SelectField } from '../ui/field'
import { Section } from '../ui/section'
import { Written } from '../ui/written'

const VISIBILITY = {
  workspace: 'Everybody who can sign in here can read it',
  private: 'Private: only its members know that it exists',
} as const

export function GroupSettings({ group }: { group: Group }) {
  const router = useRouter()
  const element = useRef<HTMLFormElement>(null)
  const act = useAct(updateGroup, {
    said: () => 'The settings are saved.',
    goTo: ({ data }) => {
      if (data.slug !== group.slug) router.replace(`/g/${data.slug}/settings`)
      // The rail, which stays from page to page, is to show the new name.
      router.refresh()
    },
    repeats: true,
  })
  const { refusal, sent } = act
  useFocusOnWrong(element, refusal)
  const wrong = {
    name: fieldError(refusal, 'name'),
    slug: fieldError(refusal, 'slug') ?? (refusal?.error === 'slug_taken' ? refusal.message : undefined),
    description: fieldError(refusal, 'description'),
    max_failures: fieldError(refusal, 'max_failures'),
  }
  return (
    <Section title="Settings">
      <form {...act.form} ref={element} className="grid max-w-2xl gap-4">
        <input type="hidden" name="group_id" value={group.group_id} />
        <DraftField label="Name" name="name" now={group.name} sent={sent} required maxLength={LIMITS.title} error={wrong.name} />
        <div className="grid gap-1">
          <DraftField label="Slug" name="slug" now={group.slug} sent={sent} required maxLength={SLUG_LENGTH} error={wrong.slug} />
          <p className="text-xs text-muted">
            The group’s name in links and for agents. If you change it, addresses and instructions with the old one stop working; ids and
            keys go on.
          </p>
        </div>
        <DraftField
          label="Description"
          name="description"
          now={group.description}
          sent={sent}
          lines
          maxLength={LIMITS.description}
          error={wrong.description}
        />
        <input type="hidden" name={wasField('visibility')} value={group.visibility} />
        <SelectField
          key={group.visibility}
          label="Visibility"
          name="visibility"
          defaultValue={sent('visibility') ?? group.visibility}
          hint="Work in a private group is found by its members only: for everybody else, it is as if the group did not exist. Only members can change anything in either case."
        >
          <option value="workspace">{VISIBILITY.workspace}</option>
          <option value="private">{VISIBILITY.private}</option>
        </SelectField>
        <div className="grid gap-1">
          <DraftField
            label="Failed attempts in a row"
            name="max_failures"
            now={String(group.max_failures)}
            sent={sent}
            required
            maxLength={String(LIMITS.max_failures).length}
            error={wrong.max_failures}
          />
          <p className="text-xs text-muted">
            After so many, from 1 to {LIMITS.max_failures}, a checkpoint is given to nobody until a person has looked at it.
          </p>
        </div>
        <Outcome act={act} placed={Object.values(wrong).some((one) => one !== undefined)} />
        <Button type="submit" look="primary" busy={act.pending} className="justify-self-start">
          Save changes
        </Button>
      </form>
    </Section>
  )
}

/** The settings, for somebody who cannot change them. */
export function GroupFacts({ group }: { group: Group }) {
  return (
    <Section title="Settings" hint="Only an admin of the group can change these. Its page of members says who they are.">
      <dl className="grid max-w-2xl grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-2 rounded-lg border border-line bg-panel px-4 py-3 [&_dt]:text-muted">
        <dt>Name</dt>
        <dd className="wrap-anywhere">
          <Written text={group.name} />
        </dd>
        <dt>Slug</dt>
        <dd className="font-mono text-xs wrap-anywhere">{group.slug}</dd>
        <dt>Visibility</dt>
        <dd>{VISIBILITY[group.visibility]}</dd>
        <dt>Failed attempts in a row</dt>
        <dd>{group.max_failures}</dd>
      </dl>
    </Section>
  )
}
