'use client'
import { useRouter } from 'next/navigation'
import { useRef } from 'react'
import { updatePerson } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import { useFocusOnWrong } from '@/lib/client/focus'
import { fieldError } from '@/lib/client/refusal'
import { LIMITS } from '@/lib/domain/limits'
import { Outcome } from '../status/outcome'
import { Button } from '../ui/button'
import { TextField } from '../ui/field'

/** The name and the e-mail address of the person who is signed in. */
export function ProfileForm({ name, email }: { name: string; email: string }) {
  const router = useRouter()
  // The top bar, which stays from page to page, shows the name too.
  const act = useAct(updatePerson, { said: () => 'Your profile is saved.', onDone: () => router.refresh() })
  const { refusal, sent } = act
  const element = useRef<HTMLFormElement>(null)
  useFocusOnWrong(element, refusal)
  const wrongName = fieldError(refusal, 'name')
  const wrongEmail = fieldError(refusal, 'email') ?? (refusal?.error === 'email_taken' ? refusal.message : undefined)
  return (
    <form {...act.form} ref={element} className="grid max-w-md gap-3">
      <TextField
        label="Name"
        name="name"
        required
        maxLength={LIMITS.title}
        autoComplete="name"
        defaultValue={sent('name') ?? name}
        error={wrongName}
      />
      <TextField
        label="E-mail address"
        name="email"
        type="email"
        required
        maxLength={LIMITS.email}
        autoComplete="email"
        defaultValue={sent('email') ?? email}
        hint="You sign in with it. Admins of your groups can see it."
        error={wrongEmail}
      />
      <Outcome act={act} placed={(wrongName ?? wrongEmail) !== undefined} />
      <div>
        <Button type="submit" look="primary" busy={act.pending}>
          Save
        </Button>
      </div>
    </form>
  )
}
