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

/** The name of the person who is signed in. */
export function ProfileForm({ name }: { name: string }) {
  const router = useRouter()
  // The top bar, which stays from page to page, shows the name too.
  const act = useAct(updatePerson, { said: () => 'Your name is saved.', onDone: () => router.refresh() })
  const element = useRef<HTMLFormElement>(null)
  useFocusOnWrong(element, act.refusal)
  const wrong = fieldError(act.refusal, 'name')
  return (
    <form {...act.form} ref={element} className="grid max-w-md gap-3">
      <TextField
        label="Name"
        name="name"
        required
        maxLength={LIMITS.title}
        autoComplete="name"
        defaultValue={act.sent('name') ?? name}
        error={wrong}
      />
      <Outcome act={act} placed={wrong !== undefined} />
      <div>
        <Button type="submit" busy={act.pending}>
          Save name
        </Button>
      </div>
    </form>
  )
}
