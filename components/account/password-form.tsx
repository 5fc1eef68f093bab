import { LIMITS } from '@/lib/domain/limits'
import { Refused } from '../status/refused'
import { Button } from '../ui/button'
import { TextField } from '../ui/field'
import { PresentPassword } from './email-form'

type PasswordFormProps = { email: string; asksOld: boolean; hasPassword: boolean; refused: string | null }

/** Posted by the browser, so that no script ever holds a password. */
export function PasswordForm({ email, asksOld, hasPassword, refused }: PasswordFormProps) {
  return (
    <form action="/auth/password" method="post" className="grid max-w-md gap-3">
      {refused && <Refused message={refused} />}
      {/* Password managers look for the account that a password belongs to. */}
      <input type="text" name="email" value={email} autoComplete="username" readOnly hidden />
      {asksOld && <PresentPassword />}
      <TextField
        label="New password"
        name="new_password"
        type="password"
        required
        minLength={LIMITS.password_least}
        maxLength={LIMITS.password}
        autoComplete="new-password"
        hint={`${LIMITS.password_least} characters or more. Your other sessions end.`}
      />
      <div>
        <Button type="submit">{hasPassword ? 'Change password' : 'Set password'}</Button>
      </div>
    </form>
  )
}
