'use client'
import clsx from 'clsx'
import { useRouter } from 'next/navigation'
import { useRef } from 'react'
import { createProject, createProjectInNewGroup } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { headingOf, useFocusOnWrong } from '@/lib/client/focus'
import { fieldError } from '@/lib/client/refusal'
import { isolated } from '@/lib/domain/bidi'
import { DEFAULT_COLOR } from '@/lib/domain/color'
import { LIMITS } from '@/lib/domain/limits'
import type { Group } from '@/lib/domain/schemas/group'
import { Outcome } from '../status/outcome'
import { CreationFoot } from '../ui/creation-foot'
import { SelectField, TextField } from '../ui/field'

const USUAL = { color: '#3B82F6', name: 'Blue' }

const COLORS = [
  { color: DEFAULT_COLOR, name: 'Grey' },
  USUAL,
  { color: '#0D9488', name: 'Teal' },
  { color: '#16A34A', name: 'Green' },
  { color: '#CA8A04', name: 'Yellow' },
  { color: '#EA580C', name: 'Orange' },
  { color: '#DC2626', name: 'Red' },
  { color: '#DB2777', name: 'Pink' },
  { color: '#7C3AED', name: 'Violet' },
]

type ProjectFormProps = { groups: readonly Group[]; chosen: string | null; cancel: string }

/** A project in one of the person's groups. Somebody who is in no group names one here, which is created together with the project. */
export function ProjectForm({ groups, chosen, cancel }: ProjectFormProps) {
  const router = useRouter()
  const isFirst = groups.length === 0
  const act = useAct(isFirst ? createProjectInNewGroup : createProject, {
    said: ({ data }) => `The project ${isolated(data.title)} is created.`,
    leadsTo: ({ data }) => headingOf(data.title),
    goTo: ({ data }) => {
      router.push(`/p/${data.project_id}`)
      // The rail, which stays from page to page, is to show the new group.
      if (isFirst) router.refresh()
    },
  })
  const { refusal, done, sent } = act
  const element = useRef<HTMLFormElement>(null)
  useFocusOnWrong(element, refusal)
  const [wrongTitle, wrongGroup] = [fieldError(refusal, 'title'), fieldError(refusal, 'group_name')]
  const preferred = groups.find(({ slug }) => slug === chosen) ?? groups[0]

  return (
    <form {...act.form} ref={element} data-for-parameter="new" className="grid gap-4 border-b border-line bg-panel px-5 py-5">
      <h2 className="font-semibold">New project</h2>
      <div className={clsx('grid max-w-3xl gap-4', isFirst ? 'sm:grid-cols-2' : 'sm:grid-cols-[minmax(0,1fr)_220px]')}>
        <TextField
          label="Title"
          name="title"
          required
          maxLength={LIMITS.title}
          autoFocus
          defaultValue={sent('title')}
          placeholder="Q1 Roadmap"
          error={wrongTitle}
        />
        {isFirst ? (
          <TextField
            label="Group"
            name="group_name"
            required
            maxLength={LIMITS.title}
            defaultValue={sent('group_name')}
            placeholder="Backend team"
            hint="A project belongs to a group of people and agents. You are not in any yet, so a group with this name is created too."
            error={wrongGroup}
          />
        ) : (
          <SelectField label="Group" name="group_id" defaultValue={sent('group_id') ?? preferred?.group_id}>
            {groups.map(({ group_id, slug }) => (
              <option key={group_id} value={group_id}>
                {slug}
              </option>
            ))}
          </SelectField>
        )}
      </div>
      <fieldset>
        <legend className="mb-1 text-xs font-medium text-muted">Colour</legend>
        <div className="flex flex-wrap gap-1.5">
          {COLORS.map(({ color, name }) => (
            <label
              key={color}
              title={name}
              className="grid size-7 cursor-pointer place-items-center rounded-md transition-colors hover:bg-sunken has-checked:bg-sunken has-checked:ring-2 has-checked:ring-text has-focus-visible:outline-2 has-focus-visible:outline-offset-4 has-focus-visible:outline-focus"
            >
              <input
                type="radio"
                name="color"
                value={color}
                defaultChecked={color === (sent('color') ?? USUAL.color)}
                className="sr-only"
                aria-label={name}
              />
              <span aria-hidden="true" className="size-3.5 rounded-[4px]" style={{ background: color }} />
            </label>
          ))}
        </div>
      </fieldset>
      <Outcome act={act} placed={wrongTitle !== undefined || wrongGroup !== undefined} className="max-w-3xl" />
      <CreationFoot noun="project" busy={act.pending} created={done && `/p/${done.data.project_id}`} cancel={cancel} />
    </form>
  )
}
