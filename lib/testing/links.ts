import { randomText } from '@/lib/domain/ids'
import type { App } from './app'
import { cookiesOf } from './cookies'

/** The sign-in link that an app has printed. */
export const linkOf = ({ output }: App): string => /http\S+\/auth\/\S+/.exec(output())?.[0] ?? ''

/** Opens a sign-in link, and returns the cookie of the session. */
export const signIn = async (link: string): Promise<string> => cookiesOf(await fetch(link, { redirect: 'manual' }))

/** A token that no link has, in the form of a token that one has. */
export const tokenLike = (link: string): string => randomText(new URL(link).searchParams.get('token')?.length ?? 0)
