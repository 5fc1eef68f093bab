import { LIMITS } from '@/lib/domain/limits'
import { Refused } from '../status/refused'
import { Button } from '../ui/button'
import { TextField } from '../ui/field'

type SignUpFormProps = { token: string; typed: { name: string; email: string }; refused: string | null }

/** For somebody who is new here. Posted by the browser, so that no script ever holds a password. */
export function SignUpForm({ token, typed, refused }: SignUpFormProps) {
  return (
    <form action="/auth/join" method="post" className="grid gap-3 rounded-lg border border-line bg-panel px-4 py-4">
      <h2 className="font-semibold">New to Cairn</h2>
      {refused && <Refused message={refused} />}
      <input type="hidden" name="token" value={token} />
      <TextField label="Your name" name="name" required maxLength={LIMITS.title} autoComplete="name" defaultValue={typed.name} />
      <TextField
        label="E-mail address"
        name="email"
        type="email"
        required
        maxLength={LIMITS.email}
        autoComplete="username"
        defaultValue={typed.email}
      />
      <TextField
        label="Password"
        name="password"
        type="password"
        required
        minLength={LIMITS.password_least}
        maxLength={LIMITS.password}
        autoComplete="new-password"
        hint={`${LIMITS.password_least} characters or more. A few words are easy to remember.`}
      />
      <Button type="submit" look="primary" className="justify-self-start">
        Sign up and join
      </Button>
    </form>
  )
}
