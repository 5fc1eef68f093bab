import type { Metadata } from 'next'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { Keys } from '@/components/account/keys'
import { PasswordForm } from '@/components/account/password-form'
import { sayPassword } from '@/components/account/password-words'
import { ProfileForm } from '@/components/account/profile-form'
import { Section } from '@/components/account/section'
import { Sessions } from '@/components/account/sessions'
import { Page } from '@/components/shell/page'
import { PageTitle } from '@/components/ui/page-title'
import { getInstance } from '@/db/instance'
import { readSignIns } from '@/lib/auth/account'
import { listUserKeys } from '@/lib/operations/keys'
import { readPage, readPerson } from '@/lib/transport/page'

export const metadata: Metadata = { title: 'Your account' }

const SAVED: Record<string, string> = {
  password: 'Your password is saved. Your other sessions have ended.',
  sessions: 'The session has ended.',
}

type Props = { searchParams: Promise<Record<'error' | 'wait' | 'saved', string | string[] | undefined>> }

export default async function AccountPage({ searchParams }: Props) {
  const [{ error, wait, saved }, person, { data }] = await Promise.all([searchParams, readPerson(), readPage(listUserKeys, { limit: 100 })])
  const signIns = await readSignIns(getInstance(), await headers())
  if (!signIns) redirect('/sign-in/to?page=%2Fsettings%2Faccount')
  const { current, sessions, hasPassword, mayForget } = signIns
  const refused = typeof error === 'string' ? sayPassword(error, typeof wait === 'string' ? wait : undefined) : null
  const told = typeof saved === 'string' && Object.hasOwn(SAVED, saved) ? SAVED[saved] : null
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
          <ProfileForm key={`${person.name} ${person.email}`} name={person.name} email={person.email} />
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
          <PasswordForm email={person.email} asksOld={hasPassword && !mayForget} hasPassword={hasPassword} refused={refused} />
        </Section>
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
