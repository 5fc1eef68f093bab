import type { Metadata } from 'next'
import { PlainPage } from '@/components/shell/plain-page'

export const metadata: Metadata = { title: 'Sign in' }

// The sign-in library's codes: it forgets a used link, and so cannot tell it from one that never was.
const REASONS: Record<string, string> = {
  INVALID_TOKEN: 'That link does not work: it was used already, is older than an hour, or was not copied to its end.',
  EXPIRED_TOKEN: 'That link has expired: it is older than an hour.',
}
const OTHER_REASON = 'That link did not sign you in.'

type Props = { searchParams: Promise<{ error?: string | string[] }> }

export default async function SignInPage({ searchParams }: Props) {
  const { error } = await searchParams
  const refused = typeof error === 'string' ? (REASONS[error] ?? OTHER_REASON) : undefined
  return (
    <PlainPage title="Sign in">
      {refused && (
        <p role="alert" className="rounded-md border border-refused/30 bg-refused-tint px-3 py-2">
          {refused}
        </p>
      )}
      <p>
        Cairn has no passwords. When it started, <Code>npm start</Code> printed a link in its terminal: open it in this browser and you are
        signed in. It works once, within an hour.
      </p>
      <dl className="grid gap-3 rounded-lg border border-line bg-panel px-4 py-3.5">
        <div>
          <dt className="font-medium">The link is used or lost</dt>
          <dd className="text-muted">
            Run <Code>npm run -s link</Code> where Cairn runs: it prints a new one.
          </dd>
        </div>
        <div>
          <dt className="font-medium">You are connecting an agent</dt>
          <dd className="text-muted">
            Agents use a key, not this page. To print one, run <Code>npm run -s key -- --name my-agent</Code> where Cairn runs.
          </dd>
        </div>
      </dl>
    </PlainPage>
  )
}

function Code({ children }: { children: string }) {
  return <code className="rounded bg-sunken px-1 py-px font-mono text-xs whitespace-nowrap text-text">{children}</code>
}
