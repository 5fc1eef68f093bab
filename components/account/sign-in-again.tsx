import { Button } from '../ui/button'

/** In the place of a form that asks for the present password, for somebody who has none and came in too long ago to do without. */
export function SignInAgain() {
  return (
    <div className="grid max-w-[60ch] gap-3 rounded-lg border border-line bg-panel px-4 py-3.5">
      <p>
        You have no password, and it is more than 15 minutes since you came in, so this could be somebody else at your browser. To set a
        password, sign out and come in by a new sign-in link. Where Cairn runs, this prints one:
      </p>
      <code className="justify-self-start rounded bg-sunken px-1.5 py-0.5 font-mono text-xs dark:bg-line">npm run -s owner-link</code>
      <form action="/auth/sign-out" method="post">
        <Button type="submit">Sign out</Button>
      </form>
    </div>
  )
}
