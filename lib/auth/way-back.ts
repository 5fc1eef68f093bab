/** The cookie that says where a person was going when they were asked to sign in. It only lives in their browser: the link is printed in a terminal. */
const COOKIE = 'cairn.way_back'
const COOKIE_SECONDS = 60 * 60

const MOST_CHARACTERS = 1_000

/** A path of our pages and its query. Neither a dot nor an escape is in the path, so it means the same to everybody who reads it. */
const PAGE = /^\/(?:[\w-]+(?:\/[\w-]+)*)?(?:\?[!-~]*)?$/
const NO_PAGE = /^\/(?:api|auth|mcp|sign-in|_\w*)(?![\w-])/i

/** Whether a text, which anybody may have written, is the address of a page of ours to which one may be led after signing in. */
export const isWayBack = (text: string): boolean =>
  text.length <= MOST_CHARACTERS && PAGE.test(text) && !NO_PAGE.test(text) && !/[#\\]/.test(text)

/** The way back that a browser's cookies say, or null. */
export const wayBackOf = (headers: Headers): string | null => {
  const [, value = ''] = /(?:^|;\s*)cairn\.way_back=([^;]*)/.exec(headers.get('cookie') ?? '') ?? []
  try {
    const text = decodeURIComponent(value)
    return isWayBack(text) ? text : null
  } catch {
    return null
  }
}

/** The cookie that keeps the way back to a page for an hour, or forgets it for null. */
export const wayBackCookie = (to: string | null, origin: string): string => {
  const secure = origin.startsWith('https:') ? '; Secure' : ''
  const [value, seconds] = to === null ? ['', 0] : [encodeURIComponent(to), COOKIE_SECONDS]
  return `${COOKIE}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`
}
