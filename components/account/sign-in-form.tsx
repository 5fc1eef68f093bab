import { LIMITS } from '@/lib/domain/limits'
import { Button } from '../ui/button'
import { TextField } from '../ui/field'

/** Posted by the browser, so that no script ever holds a password. */
export function SignInForm({ email }: { email: string }) {
  return (
    <form action="/auth/sign-in" method="post" className="grid gap-3 rounded-lg border border-line bg-panel px-4 py-4">
      <TextField
        label="E-mail address"
        name="email"
        type="email"
        required
        maxLength={LIMITS.email}
        autoComplete="username"
        defaultValue={email}
      />
      <TextField label="Password" name="password" type="password" required maxLength={LIMITS.password} autoComplete="current-password" />
      <Button type="submit" look="primary" className="justify-self-start">
        Sign in
      </Button>
    </form>
  )
}
