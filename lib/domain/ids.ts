const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

export type IdPrefix = 'proj' | 'ms' | 'cp' | 'prop' | 'ap' | 'usr' | 'key' | 'clm'

/** `text` of random characters of RFC 4648's base-32 alphabet in lower case; 5 bits each. */
export const randomText = (length: number): string => {
  let text = ''
  for (const byte of crypto.getRandomValues(new Uint8Array(length))) text += ALPHABET.charAt(byte & 31)
  return text
}

/** Short, because agents pay for each token: 60 random bits behind the noun's prefix. */
export const newId = (prefix: IdPrefix): string => `${prefix}_${randomText(12)}`

/** A group's id; a slug never looks like one, since clients tell the two apart by that. */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)

export const newGroupId = (): string => crypto.randomUUID()
