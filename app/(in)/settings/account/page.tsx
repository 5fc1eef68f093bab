import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { EmailForm } from '@/components/account/email-form'
import { sayFault } from '@/components/account/faults'
import { Keys } from '@/components/account/keys'
import { PasswordForm } from '@/components/account/password-form'
import { ProfileForm } from '@/components/account/profile-form'
import { sayProviderFault } from '@/components/account/provider-faults'
import { Providers } from '@/components/account/providers'
import { Section } from '@/components/account/section'
import { Sessions } from '@/components/account/sessions'
import { SignInAgain } from '@/components/account/sign-in-again'
import { Page } from '@/components/shell/page'
import { PageTitle } from '@/components/ui/page-title'
import { getInstance } from '@/db/instance'
import { readSignIns } from '@/lib/auth/account'
import { typedIn } from '@/lib/auth/form'
import { providerName } from '@/lib/auth/providers'
import { readProviders } from '@/lib/auth/social'
import { listUserKeys } from '@/lib/operations/keys'
import { readPage, readPerson } from '@/lib/transport/page'

export const metadata: Metadata = { title: 'Your account' }

const SAVED: Record<string, string> = {
  email: 'Your e-mail address is saved. Sign in with it from now on.',
  providers: 'The ways by which you come in are saved.',
  password: 'Your password is saved. Your other sessions have ended.',
  sessions: 'The session has ended.',
}

type Props = { searchParams: Promise<Record<'error' | 'wait' | 'saved' | 'in' | 'with', string | string[] | undefined>> }

/** The value of a parameter, which anybody may have written. */
const only = (value: string | string[] | undefined) => (typeof value === 'string' ? value : undefined)

export default async function AccountPage({ searchParams }: Props) {
  const [asked, sent, person, { data }] = await Promise.all([searchParams, headers(), readPerson(), readPage(listUserKeys, { limit: 100 })])
  const [signIns, providers] = await Promise.all([readSignIns(getInstance(), sent), readProviders(getInstance(), person.user_id)])
  if (!signIns) redirect('/sign-in/to?page=%2Fsettings%2Faccount')
  const { current, sessions, hasPassword, isProven } = signIns
  const saved = only(asked.saved) ?? ''
  const told = Object.hasOwn(SAVED, saved) ? SAVED[saved] : null
  const say = (error: string | undefined) => sayFault(error, only(asked.wait)) ?? sayProviderFault(error, providerName(only(asked.with)))
  const refusedIn = (part: string) => (asked.in === part ? say(only(asked.error)) : null)
  const canProve = hasPassword || isProven
  return (
    <Page crumbs={[{ label: 'Your account' }]} group={null}>
      <div className="grid max-w-[980px] grid-cols-[minmax(0,1fr)] px-5 pt-4.5 pb-10">
        <div className="grid gap-1.5 pb-5">
          <PageTitle>Your account</PageTitle>
          <p className="max-w-[68ch] text-muted">How others see you, and how you sign in.</p>
          {told && (
            <p role="status" className="max-w-[68ch] rounded-md border border-line bg-panel px-3 py-2">
              {told}
            </p>
          )}
        </div>
        <Section id="profile" title="Profile" about="Your name stands beside everything that you do here.">
          <ProfileForm key={person.name} name={person.name} />
        </Section>
        <Section id="email" title="E-mail address" about="You sign in with it.">
          {canProve ? (
            <EmailForm email={person.email} typed={typedIn(sent).email} asksPassword={!isProven} refused={refusedIn('email')} />
          ) : (
            <p className="wrap-anywhere">{person.email}</p>
          )}
        </Section>
        <Section
          id="password"
          title="Password"
          about={
            hasPassword
              ? 'Change it when somebody else may know it.'
              : 'Without one, only a sign-in link lets you in. Set one to sign in here.'
          }
        >
          {canProve ? (
            <PasswordForm email={person.email} asksOld={!isProven} hasPassword={hasPassword} refused={refusedIn('password')} />
          ) : (
            <SignInAgain />
          )}
        </Section>
        {providers.length > 0 && (
          <Section id="providers" title="Other ways to sign in" about="An account elsewhere by which you come in too, once it is linked.">
            <Providers providers={providers} asksPassword={!isProven} canLink={canProve} refused={refusedIn('providers')} />
          </Section>
        )}
        <Section id="sessions" title="Sessions" about="The browsers in which you are signed in. End those that you do not know.">
          <Sessions
            current={current}
            sessions={sessions.map(({ created_at, last_seen_at, ...facts }) => ({
              ...facts,
              created_at: created_at.toISOString(),
              last_seen_at: last_seen_at.toISOString(),
            }))}
          />
        </Section>
        <Section
          id="keys"
          title="Your keys"
          about="Each acts as you, in all your groups. Keys of a single group are on the page of the group."
        >
          <Keys keys={data.keys} />
        </Section>
      </div>
    </Page>
  )
}
