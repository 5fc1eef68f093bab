import { LIMITS } from '@/lib/domain/limits'
import { Refused } from '../status/refused'
import { Button } from '../ui/button'
import { TextField } from '../ui/field'

type EmailFormProps = { email: string; typed: string; asksPassword: boolean; refused: string | null }

/** Posted by the browser, so that no script ever holds a password. */
export function EmailForm({ email, typed, asksPassword, refused }: EmailFormProps) {
  return (
    <form action="/auth/email" method="post" className="grid max-w-md gap-3">
      {refused && <Refused message={refused} />}
      <TextField
        label="Address"
        name="email"
        type="email"
        required
        maxLength={LIMITS.email}
        autoComplete="email"
        defaultValue={refused && typed ? typed : email}
        hint="Admins of your groups can see it."
      />
      {asksPassword && <PresentPassword />}
      <div>
        <Button type="submit">Change address</Button>
      </div>
    </form>
  )
}

/** Asked for where a change could take the account over. */
export function PresentPassword() {
  return (
    <TextField
      label="Present password"
      name="password"
      type="password"
      required
      maxLength={LIMITS.password}
      autoComplete="current-password"
    />
  )
}
