'use client'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { createProject } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { headingOf } from '@/lib/client/focus'
import { fieldError } from '@/lib/client/refusal'
import { DEFAULT_COLOR } from '@/lib/domain/color'
import { LIMITS } from '@/lib/domain/limits'
import type { Group } from '@/lib/domain/schemas/group'
import { Outcome } from '../status/outcome'
import { Button, buttonClass } from '../ui/button'
import { inputClass, TextField } from '../ui/field'

const COLORS = [
  { color: DEFAULT_COLOR, name: 'Grey' },
  { color: '#3B82F6', name: 'Blue' },
  { color: '#0D9488', name: 'Teal' },
  { color: '#16A34A', name: 'Green' },
  { color: '#CA8A04', name: 'Yellow' },
  { color: '#EA580C', name: 'Orange' },
  { color: '#DC2626', name: 'Red' },
  { color: '#DB2777', name: 'Pink' },
  { color: '#7C3AED', name: 'Violet' },
]

export function ProjectForm({ groups, chosen, cancel }: { groups: readonly Group[]; chosen: string | null; cancel: string }) {
  const router = useRouter()
  const act = useAct(createProject, {
    said: ({ data }) => `The project ${data.title} is created.`,
    leadsTo: ({ data }) => headingOf(data.title),
    onDone: ({ data }) => router.push(`/p/${data.project_id}`),
  })
  const { done } = act
  const placed = fieldError(act.refusal, 'title')
  if (groups.length === 0) {
    return (
      <p className="border-b border-line bg-panel px-5 py-4">
        A project belongs to a group, and you are in none yet.{' '}
        <Link href="/?new=group" className="font-medium text-accent underline">
          Create a group
        </Link>
      </p>
    )
  }

  return (
    <form {...act.form} className="grid gap-4 border-b border-line bg-panel px-5 py-5">
      <h2 className="font-semibold">New project</h2>
      <div className="grid max-w-3xl gap-4 sm:grid-cols-[minmax(0,1fr)_220px]">
        <TextField label="Title" name="title" required maxLength={LIMITS.title} autoFocus placeholder="Q1 Roadmap" error={placed} />
        <div className="grid content-start gap-1">
          <label htmlFor="project-group" className="text-xs font-medium text-muted">
            Group
          </label>
          <select
            id="project-group"
            name="group_id"
            defaultValue={(groups.find(({ slug }) => slug === chosen) ?? groups[0])?.group_id}
            className={`${inputClass} h-8`}
          >
            {groups.map(({ group_id, slug }) => (
              <option key={group_id} value={group_id}>
                {slug}
              </option>
            ))}
          </select>
        </div>
      </div>
      <fieldset>
        <legend className="mb-1 text-xs font-medium text-muted">Colour</legend>
        <div className="flex flex-wrap gap-1.5">
          {COLORS.map(({ color, name }, index) => (
            <label
              key={color}
              title={name}
              className="grid size-7 cursor-pointer place-items-center rounded-md transition-colors hover:bg-sunken has-checked:bg-sunken has-checked:ring-2 has-checked:ring-text has-focus-visible:outline-2 has-focus-visible:outline-offset-4 has-focus-visible:outline-focus"
            >
              <input type="radio" name="color" value={color} defaultChecked={index === 1} className="sr-only" aria-label={name} />
              <span aria-hidden="true" className="size-3.5 rounded-[4px]" style={{ background: color }} />
            </label>
          ))}
        </div>
      </fieldset>
      <Outcome act={act} placed={placed !== undefined} className="max-w-3xl" />
      {done && (
        <p role="status">
          Created.{' '}
          <Link href={`/p/${done.data.project_id}`} className="font-medium text-accent underline">
            Open the project
          </Link>
        </p>
      )}
      <div className="flex gap-2">
        <Button type="submit" look="primary" busy={act.pending}>
          Create project
        </Button>
        <Link href={cancel} className={buttonClass('quiet')}>
          Cancel
        </Link>
      </div>
    </form>
  )
}
