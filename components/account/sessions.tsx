import { Button } from '../ui/button'
import { Time } from '../ui/time'
import { browserName } from './browser-name'

export type SessionFacts = {
  id: string
  by: string
  user_agent: string | null
  address: string | null
  created_at: string
  last_seen_at: string
}

const BEGUN: Record<string, string> = {
  link: 'by a sign-in link',
  password: 'with your password',
  invitation: 'with an invitation',
  github: 'with GitHub',
  google: 'with Google',
}

/** Where one is signed in. Each other session can be ended, and all of them at once. */
export function Sessions({ sessions, current }: { sessions: readonly SessionFacts[]; current: string }) {
  return (
    <>
      <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-panel">
        {sessions.map(({ id, by, user_agent, address, created_at, last_seen_at }) => (
          <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3.5 py-2.5">
            <div className="min-w-0 flex-1 basis-64">
              <p className="font-medium wrap-anywhere">
                {browserName(user_agent)}
                {id === current && (
                  <span className="ml-2 rounded-full bg-sunken px-2 py-0.5 text-xs font-normal text-muted">This browser</span>
                )}
              </p>
              <p className="text-muted wrap-anywhere">
                Signed in {BEGUN[by] ?? ''} <Time at={created_at} />
                {address && ` from ${address}`}
                {id !== current && (
                  <>
                    , last seen <Time at={last_seen_at} />
                  </>
                )}
              </p>
            </div>
            {id !== current && (
              <form action="/auth/sessions" method="post">
                <input type="hidden" name="session" value={id} />
                <Button type="submit" look="danger" aria-label={`End the session of ${browserName(user_agent)}`}>
                  End
                </Button>
              </form>
            )}
          </li>
        ))}
      </ul>
      {sessions.length > 1 && (
        <form action="/auth/sessions" method="post">
          <Button type="submit">End all other sessions</Button>
        </form>
      )}
    </>
  )
}
