import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { PlainPage } from '@/components/shell/plain-page'
import { Refused } from '@/components/status/refused'
import type { LinkError } from '@/lib/auth/session'
import { wayBackOf } from '@/lib/auth/way-back'

export const metadata: Metadata = { title: 'Sign in' }

const REASONS: { [E in LinkError]: string } = {
  INVALID_TOKEN: 'That link does not work: it has been used already, is more than an hour old, or was not copied in full.',
  NOT_SIGNED_IN: 'That link did not sign you in.',
}

const isKnown = (error: string): error is LinkError => Object.hasOwn(REASONS, error)

type Props = { searchParams: Promise<{ error?: string | string[]; unsaved?: string | string[] }> }

export default async function SignInPage({ searchParams }: Props) {
  const { error, unsaved } = await searchParams
  const refused = error === undefined ? null : REASONS[typeof error === 'string' && isKnown(error) ? error : 'NOT_SIGNED_IN']
  const told = refused ?? (unsaved === undefined ? null : 'You were signed out, so what you sent was not saved.')
  const isLedBack = wayBackOf(await headers()) !== null
  return (
    <PlainPage title="Sign in">
      {told && <Refused message={told} />}
      <p>
        Cairn has no passwords. When it started, <Code>npm start</Code> printed a link in its terminal: open it in this browser and you are
        signed in. It works once, within an hour.
        {isLedBack && ' It then leads to the page that you wanted to open.'}
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
  return <code className="rounded bg-sunken px-1 py-px dark:bg-line font-mono text-xs whitespace-nowrap text-text">{children}</code>
}
