'use client'
import { useRouter } from 'next/navigation'
import { useRef, useState } from 'react'
import { createGroup } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { headingOf, useFocusOnWrong } from '@/lib/client/focus'
import { useMadeSlug } from '@/lib/client/made-slug'
import { fieldError } from '@/lib/client/refusal'
import { isolated } from '@/lib/domain/bidi'
import { LIMITS } from '@/lib/domain/limits'
import { SLUG_LENGTH } from '@/lib/domain/slug'
import { Outcome } from '../status/outcome'
import { CreationFoot } from '../ui/creation-foot'
import { CheckField, TextField } from '../ui/field'

/** A slug, by which links and agents name a group, is sent only if the person has written one. Otherwise it is made from the name. */
export function GroupForm({ cancel }: { cancel: string }) {
  const router = useRouter()
  const act = useAct(createGroup, {
    said: ({ data }) => `The group ${isolated(data.name)} is created.`,
    leadsTo: ({ data }) => headingOf(data.name),
    goTo: ({ data }) => {
      router.push(`/?group=${data.slug}`)
      // The rail, which stays from page to page, is to show the new group.
      router.refresh()
    },
  })
  const { refusal, done, sent } = act
  const [name, setName] = useState(sent('name') ?? '')
  const element = useRef<HTMLFormElement>(null)
  useFocusOnWrong(element, refusal)
  const made = useMadeSlug(name, 'group-…')
  const wrongSlug = fieldError(refusal, 'slug') ?? (refusal?.error === 'slug_taken' ? refusal.message : undefined)
  const placed = fieldError(refusal, 'name') ?? wrongSlug

  return (
    <form {...act.form} ref={element} data-for-parameter="new" className="grid gap-4 border-b border-line bg-panel px-5 py-5">
      <h2 className="font-semibold">New group</h2>
      <div className="grid max-w-3xl gap-4 sm:grid-cols-2">
        <TextField
          label="Name"
          name="name"
          required
          maxLength={LIMITS.title}
          autoFocus
          value={name}
          onChange={(event) => setName(event.target.value)}
          placeholder="Backend team"
          error={fieldError(refusal, 'name')}
        />
        <TextField
          label="Slug"
          name="slug"
          maxLength={SLUG_LENGTH}
          defaultValue={sent('slug')}
          placeholder={name.trim() === '' ? 'backend-team' : made}
          hint="The group's name in links and for agents. If you leave this empty, it is made from the name, with a number if it is taken."
          error={wrongSlug}
        />
      </div>
      <CheckField
        label="Private: only its members know that it exists"
        name="visibility"
        value="private"
        defaultChecked={sent('visibility') !== undefined}
      />
      <Outcome act={act} placed={placed !== undefined} className="max-w-3xl" />
      <CreationFoot noun="group" busy={act.pending} created={done && `/?group=${done.data.slug}`} cancel={cancel} />
    </form>
  )
}
