'use client'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { createGroup } from '@/app/actions'
import { fieldError, useAction } from '@/lib/client/action'
import { Refused } from '../checkpoint/refused'
import { Button, buttonClass } from '../ui/button'
import { CheckField, TextField } from '../ui/field'

/** A group is named by its slug in references and by agents; it is proposed from the name until someone writes their own. */
export function GroupForm({ cancel }: { cancel: string }) {
  const router = useRouter()
  const [name, setName] = useState('')
  const [slug, setSlug] = useState<string | null>(null)
  const { form, refusal, result, pending } = useAction<{ slug: string }>(createGroup, (answer) => {
    if (answer.success) router.push(`/?group=${answer.data.slug}`)
  })
  const placed = fieldError(refusal, 'name') ?? fieldError(refusal, 'slug')

  return (
    <form {...form} className="grid gap-4 border-b border-line bg-panel px-5 py-5">
      <h2 className="font-semibold">New group</h2>
      <div className="grid max-w-3xl gap-4 sm:grid-cols-2">
        <TextField
          label="Name"
          name="name"
          required
          maxLength={200}
          autoFocus
          value={name}
          onChange={(event) => setName(event.target.value)}
          placeholder="Backend team"
          error={fieldError(refusal, 'name')}
        />
        <TextField
          label="Slug"
          name="slug"
          required
          maxLength={64}
          value={slug ?? slugOf(name)}
          onChange={(event) => setSlug(event.target.value)}
          placeholder="backend-team"
          hint="Its name in links and for agents: lower-case letters, digits, hyphens"
          error={fieldError(refusal, 'slug')}
        />
      </div>
      <CheckField label="Private: only its members know that it exists" name="visibility" value="private" />
      {refusal && !placed && <Refused message={refusal.message} className="max-w-3xl" />}
      {result?.success && <p role="status">Created.</p>}
      <div className="flex gap-2">
        <Button type="submit" look="primary" busy={pending}>
          Create group
        </Button>
        <Link href={cancel} className={buttonClass('quiet')}>
          Cancel
        </Link>
      </div>
    </form>
  )
}

function slugOf(name: string) {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64)
}
