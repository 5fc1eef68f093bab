import { DomainError } from '@/lib/domain/errors'
import { log } from '@/lib/log.mjs'
import { PLAIN_PAGE_HEADERS, plainPage } from '@/lib/plain-page.mjs'

// How the paths for signing in answer a browser.

export const NO_STORE = { 'cache-control': 'no-store' }

/** A redirect, with cookies that are set. */
export const goOn = (location: string, cookies: readonly string[] = []): Response => {
  const headers = new Headers({ ...NO_STORE, location })
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return new Response(null, { status: 303, headers })
}

/** The page for an error. `next` says what the person can do after it. */
export const failed = (error: unknown, title: string, next: string): Response => {
  if (error instanceof DomainError) {
    log.warn('A sign-in or sign-out was refused, because the database did not do what it was asked.', error.cause)
    return say(503, title, `${error.message} ${next}`, { 'retry-after': String(error.details.retry_after_seconds) })
  }
  log.error('A sign-in or sign-out failed because of an error in Cairn.', error)
  return say(500, title, `Something went wrong in Cairn. Try again shortly. ${next}`)
}

/** A page that needs no other part of the application, because none may work when this is needed. */
export const say = (status: number, title: string, text: string, headers: Record<string, string> = {}): Response =>
  new Response(plainPage(title, text, { href: '/', label: 'Go to Cairn' }), {
    status,
    headers: { ...PLAIN_PAGE_HEADERS, ...headers },
  })
