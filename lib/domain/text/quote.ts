/** What separates lines or columns. A title with one of these could otherwise look like a row of its own. */
const SEPARATORS = /[\t\n\v\f\r\u0085\u2028\u2029]+/g

/**
 * Characters that show nothing: controls, marks of direction, zero-width characters, variation selectors, tags, fillers and lone surrogates. They can
 * hide text from people that a model reads. U+200D and U+FE0F are among them, so an emoji that is joined from several is told as its parts.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}]/gu

/**
 * A text that people or agents wrote, as data in an answer that a model reads: in double quotes, on one line, and without what nobody could see. A
 * quotation mark in it does not end it. A text longer than `most` characters is cut, with an ellipsis.
 */
export const quote = (text: string, most = Number.POSITIVE_INFINITY): string => `"${cut(plain(text), most).replace(/["\\]/g, '\\$&')}"`

/** Most texts are of these characters alone, and need no closer look. */
const PRINTABLE = /^[ -~]*$/

/** A text on one line, without what nobody could see. */
export const plain = (text: string): string => (PRINTABLE.test(text) ? text : text.replace(SEPARATORS, ' ').replace(UNSEEN, '')).trim()

/** A text of which at most so many characters are left, with an ellipsis in place of the others. */
export const cut = (text: string, most: number): string => {
  const characters = text.length > most ? Array.from(text) : []
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text
}

/** A time to the second. */
export const second = (time: string): string => time.replace(/\.\d+Z$/, 'Z')

/** "1 link", "2 links". */
export const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

/** The parts that there are, separated by blanks. */
export const words = (...parts: readonly (string | number | null | false)[]): string => parts.filter(isThere).join(' ')

/** The lines that there are. */
export const lines = (...parts: readonly (string | null | false | readonly string[])[]): string => parts.flat().filter(isThere).join('\n')

const isThere = <T>(part: T | null | false | ''): part is T => part !== null && part !== false && part !== ''

/** The first of some entries, each on a line, and how many there are besides. */
export const listed = <T>(entries: readonly T[], total: number, line: (entry: T) => string): string[] => [
  ...entries.map(line),
  ...(total > entries.length ? [`and ${total - entries.length} more`] : []),
]
