/** The base-32 alphabet of RFC 4648 in lower case. Each character stands for 5 bits. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

export type IdPrefix = 'proj' | 'ms' | 'cp' | 'prop' | 'ap' | 'usr' | 'key' | 'clm' | 'inv'

/** Turns each byte into one character, by the lowest 5 bits of the byte. */
export const textFrom = (bytes: Iterable<number>): string => {
  let text = ''
  for (const byte of bytes) text += ALPHABET.charAt(byte & 31)
  return text
}

export const randomText = (length: number): string => textFrom(crypto.getRandomValues(new Uint8Array(length)))

/** Ids are short, because agents pay for each token: 12 characters are 60 random bits. */
const ID_LENGTH = 12

export const newId = (prefix: IdPrefix): string => `${prefix}_${randomText(ID_LENGTH)}`

/** Whether a text has the form of a group's id. A slug never has this form, because clients tell the two apart by it. */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)

/** 160 random bits, which nobody finds by trying. */
const SECRET_LENGTH = 32

/** The source from which a call takes its new ids, the random part of a new key's secret, and one of several things that are equally good. */
export type IdSource = {
  newId(prefix: IdPrefix): string
  newGroupId(): string
  newSecret(): string
  /** One of these, by the chance of this call, or undefined if there are none. So calls that choose at the same time do not all choose the same. */
  pick<T>(from: readonly T[]): T | undefined
}

/**
 * The ids of one call. Each `start()` begins the same sequence again. A decision that is tried again, because something was not loaded or a
 * connection was lost, then makes the same ids and asks for the same units.
 */
export const repeatableIds = (): { start(): IdSource } => {
  const texts: string[] = []
  const groups: string[] = []
  const secrets: string[] = []
  const chance = Math.random()
  const nth = (drawn: string[], at: number, draw: () => string): string => {
    const text = drawn[at] ?? draw()
    drawn[at] = text
    return text
  }
  return {
    start() {
      let [text, group, secret] = [0, 0, 0]
      return {
        newId: (prefix) => `${prefix}_${nth(texts, text++, () => randomText(ID_LENGTH))}`,
        newGroupId: () => nth(groups, group++, () => crypto.randomUUID()),
        newSecret: () => nth(secrets, secret++, () => randomText(SECRET_LENGTH)),
        pick: (from) => from[Math.floor(chance * from.length)],
      }
    },
  }
}
