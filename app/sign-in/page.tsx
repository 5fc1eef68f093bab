import type { Metadata } from 'next'
import { headers } from 'next/headers'
import type { ReactNode } from 'react'
import { tooSoon } from '@/components/account/faults'
import { sayProviderFault } from '@/components/account/provider-faults'
import { ProviderLinks } from '@/components/account/provider-links'
import { SignInForm } from '@/components/account/sign-in-form'
import { PlainPage } from '@/components/shell/plain-page'
import { Refused } from '@/components/status/refused'
import { getInstance } from '@/db/instance'
import { typedIn } from '@/lib/auth/form'
import { providerName, providersOf } from '@/lib/auth/providers'
import type { LinkError } from '@/lib/auth/session'
import { wayBackOf } from '@/lib/auth/way-back'

export const metadata: Metadata = { title: 'Sign in' }

type Reason = LinkError | 'WRONG_PASSWORD'

const REASONS: { [E in Reason]: string } = {
  INVALID_TOKEN: 'That link does not work: it has been used already, is more than an hour old, or was not copied in full.',
  NOT_SIGNED_IN: 'You are not signed in.',
  WRONG_PASSWORD: 'The e-mail address and the password do not belong together.',
}

const isKnown = (error: string): error is Reason => Object.hasOwn(REASONS, error)

type Props = { searchParams: Promise<Record<'error' | 'wait' | 'unsaved' | 'with', string | string[] | undefined>> }

/** The value of a parameter, which anybody may have written. */
const only = (value: string | string[] | undefined) => (typeof value === 'string' ? value : undefined)

const sayWhy = (error: string | undefined, wait: string | undefined, by: string | undefined): string | null => {
  if (error === 'TOO_SOON') return tooSoon(wait)
  if (error !== undefined && isKnown(error)) return REASONS[error]
  return sayProviderFault(error, providerName(by))
}

export default async function SignInPage({ searchParams }: Props) {
  const [{ error, wait, unsaved, with: by }, sent] = await Promise.all([searchParams, headers()])
  const told =
    sayWhy(only(error), only(wait), only(by)) ??
    (error === undefined ? null : REASONS.NOT_SIGNED_IN) ??
    (unsaved === undefined ? null : 'You were signed out, so what you sent was not saved.')
  return (
    <PlainPage title="Sign in">
      {told && <Refused message={told} />}
      <SignInForm email={typedIn(sent).email} />
      <ProviderLinks providers={providersOf(getInstance())} />
      {wayBackOf(sent) !== null && <p className="text-muted">You are then led to the page that you wanted to open.</p>}
      <dl className="grid gap-3 rounded-lg border border-line px-4 py-3.5">
        <Hint term="You are new here">Ask an admin of your group for an invitation. It is a link by which you sign up.</Hint>
        <Hint term="You forgot your password">
          Ask whoever runs this Cairn for a sign-in link. For 15 minutes after you have opened it, you can set a new password in your
          account.
        </Hint>
        <Hint term="You run this Cairn">
          When it started, <Code>npm start</Code> printed a link in its terminal, which signs you in once, within an hour. Where Cairn runs,{' '}
          <Code>npm run -s owner-link</Code> prints another.
        </Hint>
        <Hint term="You are connecting an agent">
          Agents use a key, not this page. To print one, run <Code>npm run -s key -- --name my-agent</Code> where Cairn runs.
        </Hint>
      </dl>
    </PlainPage>
  )
}

function Hint({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div>
      <dt className="font-medium">{term}</dt>
      <dd className="text-muted">{children}</dd>
    </div>
  )
}

function Code({ children }: { children: string }) {
  return <code className="rounded bg-sunken px-1 py-px dark:bg-line font-mono text-xs whitespace-nowrap text-text">{children}</code>
}
