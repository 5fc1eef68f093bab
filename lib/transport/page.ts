import { headers } from 'next/headers'
import { notFound, redirect } from 'next/navigation'
import { cache } from 'react'
import type * as z from 'zod'
import { getInstance } from '@/db/instance'
import { findAccount } from '@/db/sign-in/accounts'
import { actorOfBrowser } from '@/lib/auth/credentials'
import { DomainError } from '@/lib/domain/errors'
import type { Query, Subject } from '@/lib/operations/define'
import { dataOf, execute } from '@/lib/operations/execute'
import { tellFront } from './fault'

/** The front tells in it which page was asked for: Next does not say that to a page. */
const PAGE_HEADER = 'x-cairn-page'

/** The person who is signed in. */
const getActor = cache(async () => actorOfBrowser(await headers(), { changes: false }).catch(fail))

/** Ends the page because of an error. Whoever is not signed in is asked to, and led back here afterwards. */
const fail = async (error: unknown): Promise<never> => {
  if (error instanceof DomainError && error.code === 'unauthenticated') {
    const page = (await headers()).get(PAGE_HEADER) ?? '/'
    redirect(`/sign-in/to?page=${encodeURIComponent(page)}`)
  }
  if (error instanceof DomainError && error.code === 'not_found') notFound()
  tellFront(error)
  throw error
}

/** Reads the data of a query for a page, and the sequence number at which it was read. It redirects to the sign-in page, or shows "not found" for what the person may not read. */
export const readPage = async <I extends z.ZodType, O extends z.ZodType, S extends Subject>(
  operation: Query<I, O, S>,
  input: z.input<I>,
): Promise<{ data: z.output<O>; seq: number }> => {
  const actor = await getActor()
  const executed = await execute(getInstance(), operation, { input, actor }).catch(fail)
  return { data: dataOf(operation, executed), seq: executed.seq }
}

export const readPerson = async (): Promise<{ user_id: string; name: string; email: string }> => {
  const { actor_id } = await getActor()
  const account = await findAccount(getInstance(), actor_id).catch(fail)
  return { user_id: actor_id, name: account?.name ?? '', email: account?.email ?? '' }
}
