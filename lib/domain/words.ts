/** "a", "a and b", "a, b and c". */
export const enumerated = (words: readonly string[], conjunction: 'and' | 'or' = 'and'): string => {
  const last = words.at(-1) ?? ''
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} ${conjunction} ${last}` : last
}

/** The text with a capital first letter. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** The first `most` of the words, and the number of the others: "a, b and 3 more". */
export const firstOf = (words: readonly string[], most: number): string =>
  words.length > most ? `${words.slice(0, most).join(', ')} and ${words.length - most} more` : enumerated(words)
