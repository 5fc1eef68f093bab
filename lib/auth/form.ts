/** More than any of our forms sends. */
const MOST_BYTES = 16_384

/** The fields of a plain HTML form that a browser posts, or null for anything else. */
export const readForm = async (request: Request): Promise<URLSearchParams | null> => {
  const { headers } = request
  if (!/^application\/x-www-form-urlencoded\b/i.test(headers.get('content-type') ?? '')) return null
  if (Number(headers.get('content-length') ?? 0) > MOST_BYTES) return null
  const text = await request.text()
  return text.length > MOST_BYTES ? null : new URLSearchParams(text)
}

const COOKIE = 'cairn.typed'
const SECONDS = 300

/** What a person typed into a form that was refused, and need not type again. A password is never among it. */
export type Typed = { name: string; email: string }

/** The cookie that keeps it for the page that says why. It is not in the address, which is kept in histories and logs. */
export const typedCookie = (typed: Typed | null, origin: string): string => {
  const secure = origin.startsWith('https:') ? '; Secure' : ''
  const value = typed === null ? '' : encodeURIComponent(JSON.stringify([typed.name.slice(0, 200), typed.email.slice(0, 254)]))
  return `${COOKIE}=${value}; Path=/; Max-Age=${typed === null ? 0 : SECONDS}; HttpOnly; SameSite=Lax${secure}`
}

export const typedIn = (headers: Headers): Typed => {
  const [, value = ''] = /(?:^|;\s*)cairn\.typed=([^;]*)/.exec(headers.get('cookie') ?? '') ?? []
  try {
    const [name, email] = JSON.parse(decodeURIComponent(value))
    return { name: typeof name === 'string' ? name : '', email: typeof email === 'string' ? email : '' }
  } catch {
    return { name: '', email: '' }
  }
}
