/** RFC 4648's base-32 alphabet in lower case: 5 bits a character. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

export type IdPrefix = 'proj' | 'ms' | 'cp' | 'prop' | 'ap' | 'usr' | 'key' | 'clm'

/** Each byte as one character, by its lowest 5 bits. */
export const textFrom = (bytes: Iterable<number>): string => {
  let text = ''
  for (const byte of bytes) text += ALPHABET.charAt(byte & 31)
  return text
}

export const randomText = (length: number): string => textFrom(crypto.getRandomValues(new Uint8Array(length)))

/** Short, because agents pay for each token: 60 random bits behind the noun's prefix. */
const ID_LENGTH = 12

export const newId = (prefix: IdPrefix): string => `${prefix}_${randomText(ID_LENGTH)}`

/** Whether a text has the form of a group's id. A slug never has it, since clients tell the two apart by that. */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)

/** Where a decision takes its new ids from. */
export type IdSource = { newId(prefix: IdPrefix): string; newGroupId(): string }

/**
 * The ids of one call. Each `start()` begins the same sequence again, so that a decision which is tried again, because something was not
 * loaded or a connection was lost, makes the same ids and asks for the same things.
 */
export const repeatableIds = (): { start(): IdSource } => {
  const texts: string[] = []
  const groups: string[] = []
  const nth = (drawn: string[], at: number, draw: () => string): string => {
    const text = drawn[at] ?? draw()
    drawn[at] = text
    return text
  }
  return {
    start() {
      let [text, group] = [0, 0]
      return {
        newId: (prefix) => `${prefix}_${nth(texts, text++, () => randomText(ID_LENGTH))}`,
        newGroupId: () => nth(groups, group++, () => crypto.randomUUID()),
      }
    },
  }
}
