import { createHmac, timingSafeEqual } from 'node:crypto'

const PREFIX = 'cairn'
const SESSION = `${PREFIX}.session_token`
const STATE = `${PREFIX}.sign_in_state`
const TOKEN = /^[A-Za-z0-9]{32}$/

/** The name of the cookie of a session. Behind https, no other host and no plain connection can set a cookie of such a name. */
export const sessionCookie = (origin: string): string => (origin.startsWith('https:') ? `__Host-${SESSION}` : SESSION)

/** The name of the cookie by which a browser is known again that comes back from a provider. */
export const stateCookie = (origin: string): string => (origin.startsWith('https:') ? `__Host-${STATE}` : STATE)

/** The session token in the cookie of a request, if its signature is right; otherwise null. */
export const tokenIn = (headers: Headers, origin: string, secret: string): string | null => {
  for (const part of (headers.get('cookie') ?? '').split(';')) {
    const [name, value = ''] = part.trim().split(/=(.*)/s)
    if (name !== sessionCookie(origin)) continue
    const [token = '', signature = ''] = decoded(value).split(/\.(.*)/s)
    if (TOKEN.test(token) && isSigned(token, signature, secret)) return token
  }
  return null
}

const decoded = (value: string): string => {
  try {
    return decodeURIComponent(value)
  } catch {
    return ''
  }
}

const isSigned = (token: string, signature: string, secret: string): boolean => {
  const right = Buffer.from(createHmac('sha256', secret).update(token).digest('base64'))
  const given = Buffer.from(signature)
  return given.length === right.length && timingSafeEqual(given, right)
}
