import { headers } from 'next/headers'
import { notFound, redirect } from 'next/navigation'
import { cache } from 'react'
import type * as z from 'zod'
import { getInstance } from '@/db/instance'
import { findAccount } from '@/db/sign-in/accounts'
import { actorOfBrowser } from '@/lib/auth/credentials'
import { DomainError } from '@/lib/domain/errors'
import type { Query, Subject } from '@/lib/operations/define'
import { execute } from '@/lib/operations/execute'

/** The signed-in person of this request; everybody else is sent to sign in. */
const getActor = cache(async () => {
  try {
    return await actorOfBrowser(await headers(), { changes: false })
  } catch (error) {
    if (error instanceof DomainError && error.code === 'unauthenticated') redirect('/sign-in')
    throw error
  }
})

const parsed = <O extends z.ZodType>(_output: O, json: string): z.output<O> => JSON.parse(json)

/** What an operation reads, for a page: a stranger is sent to sign in, what one may not read is not found. */
export const readPage = async <I extends z.ZodType, O extends z.ZodType, S extends Subject>(
  operation: Query<I, O, S>,
  input: z.input<I>,
): Promise<z.output<O>> => {
  const actor = await getActor()
  try {
    const { data } = await execute(getInstance(), operation, { input, actor })
    return parsed(operation.output, data)
  } catch (error) {
    if (error instanceof DomainError && error.code === 'not_found') notFound()
    if (error instanceof DomainError && error.code === 'unauthenticated') redirect('/sign-in')
    throw error
  }
}

export const readPerson = async (): Promise<{ name: string; email: string }> => {
  const { actor_id } = await getActor()
  const account = await findAccount(getInstance(), actor_id)
  return { name: account?.name ?? '', email: account?.email ?? '' }
}
