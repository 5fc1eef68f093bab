import { domainToUnicode } from 'node:url'
import * as z from 'zod'
import { LIMITS } from '@/lib/domain/limits'
import { INVISIBLE, nameOfCharacter } from '@/lib/domain/schemas/text'
import { URL_ISSUE } from './input'

const TOO_LONG = `is longer than ${LIMITS.url.toLocaleString('en')} characters`

/** Why a text is no address that can be stored, or null. The parser takes many more, and makes of them something else than was written. */
const faultIn = (text: string): string | null => {
  if (text.length > LIMITS.url) return TOO_LONG
  if (!text.isWellFormed()) return 'contains a lone surrogate'
  const [invisible] = INVISIBLE.exec(text) ?? []
  if (invisible) return `contains ${nameOfCharacter(invisible)}, which an address may have only with percent-encoding`
  if (text.includes('\\')) return 'contains a backslash'
  const [, authority] = /^https?:\/\/([^/?#]*)/i.exec(text) ?? []
  if (authority === undefined) return 'does not begin with http:// or https://'
  const host = authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d*$/, '')
  if (host === '') return 'has no host'
  if (!URL.canParse(text)) return 'is not a valid URL'
  const url = new URL(text)
  if (authority.includes('@')) return `carries ${secretsIn(url)}; leave out what is before the @, so that it begins with ${url.origin}/`
  if (!isReadAsWritten(host, url.hostname))
    return `has a host that would be read as ${url.hostname}; if you mean that one, write it that way`
  return url.href.length > LIMITS.url ? `${TOO_LONG} once it is percent-encoded` : null
}

const secretsIn = ({ username, password }: URL): string => {
  if (password === '') return username === '' ? 'an empty user name' : 'a user name'
  return username === '' ? 'a password' : 'a user name and a password'
}

/** Whether the parser has only encoded the host, and has not replaced or left out any of its characters, as it does with a full-width dot. */
const isReadAsWritten = (host: string, read: string): boolean =>
  (/^[!-~]+$/.test(host) && !host.includes('%')) || domainToUnicode(read) === host.toLowerCase().normalize('NFC')

/** An absolute http(s) URL without credentials, in the normal form of the URL standard. */
export const GitUrl = z
  .string()
  .meta({ format: 'uri' })
  .transform((given, { addIssue }) => {
    const text = given.trim()
    const message = faultIn(text)
    if (message === null) return new URL(text).href
    addIssue({ code: 'custom', message, params: URL_ISSUE })
    return z.NEVER
  })
