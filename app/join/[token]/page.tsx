import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { sayFault } from '@/components/account/faults'
import { JoinButton } from '@/components/account/join-button'
import { SignUpForm } from '@/components/account/sign-up-form'
import { PlainPage } from '@/components/shell/plain-page'
import { buttonClass } from '@/components/ui/button'
import { Written } from '@/components/ui/written'
import { getInstance } from '@/db/instance'
import { typedIn } from '@/lib/auth/form'
import { findSession } from '@/lib/auth/session'
import { type InvitationOffer, readJoined, readOffer } from '@/lib/operations/people'
import { readPerson } from '@/lib/transport/page'

export const metadata: Metadata = { title: 'Invitation' }

type Props = { params: Promise<{ token: string }>; searchParams: Promise<{ error?: string | string[] }> }

/** Looking at an invitation changes nothing, because programs that scan messages open the links in them. */
export default async function JoinPage({ params, searchParams }: Props) {
  const [{ token }, { error }, sent] = await Promise.all([params, searchParams, headers()])
  if (!/^[a-z2-7]{1,100}$/.test(token)) return <Ended />
  const session = sent.get('cookie') === null ? null : await findSession(sent)
  const offer = await readOffer(getInstance(), token)
  if (!offer) {
    const joined = session && (await readJoined(getInstance(), token, session.principal_id))
    return joined ? <Joined {...joined} /> : <Ended />
  }
  const refused = typeof error === 'string' ? sayFault(error) : null
  return (
    <PlainPage title="You are invited">
      <Offer offer={offer} />
      {session ? (
        <JoinAs token={token} offer={offer} />
      ) : (
        <>
          <SignUpForm token={token} typed={typedIn(sent)} refused={refused} />
          <p className="text-muted">
            You have an account already?{' '}
            <a href={`/sign-in/to?page=${encodeURIComponent(`/join/${token}`)}`} className="text-accent underline underline-offset-2">
              Sign in
            </a>{' '}
            to join with it.
          </p>
        </>
      )}
    </PlainPage>
  )
}

async function JoinAs({ token, offer: { group, slug } }: { token: string; offer: InvitationOffer }) {
  const { name, email } = await readPerson()
  return (
    <>
      <JoinButton token={token} group={group} slug={slug} />
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1 text-muted">
        <p className="wrap-anywhere">
          You are signed in as <Written text={name} /> ({email}).
        </p>
        <form action="/auth/sign-out" method="post">
          <button type="submit" className="text-accent underline underline-offset-2">
            Sign out
          </button>
        </form>
      </div>
    </>
  )
}

function Offer({ offer: { group, invited_by, role } }: { offer: InvitationOffer }) {
  return (
    <p>
      <Written text={invited_by} /> invites you to the group{' '}
      <strong className="font-semibold">
        <Written text={group} />
      </strong>{' '}
      {role === 'admin' ? 'as one of its admins.' : 'as a member.'}
    </p>
  )
}

/** Before there are scripts, whoever has just joined sees this page again. */
function Joined({ group, slug }: { group: string; slug: string }) {
  return (
    <PlainPage title="You have joined">
      <p>
        You are a member of the group{' '}
        <strong className="font-semibold">
          <Written text={group} />
        </strong>
        .
      </p>
      <a href={`/?group=${slug}`} className={buttonClass('primary', 'justify-self-start')}>
        Go to the group
      </a>
    </PlainPage>
  )
}

function Ended() {
  return (
    <PlainPage title="This invitation does not work">
      <p>
        It has been accepted already, has expired or was revoked, or its link was not copied in full. Ask whoever invited you for a new one.
      </p>
      <a href="/" className={buttonClass('plain', 'justify-self-start')}>
        Go to Cairn
      </a>
    </PlainPage>
  )
}
