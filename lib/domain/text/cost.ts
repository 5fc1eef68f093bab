const PLAIN = /^[\0-\x7f]*$/

const PIECES = /([A-Z]?[a-z]+|[A-Z]+|\d+)|([!-/:-@[-`{-~]+)|(\n)|([\u0080-\u07ff])|([^\0-\u07ff])/gu

/**
 * About how many tokens a model pays for a text, at the upper end: it is made for nothing but to keep texts within a bound, and a real tokenizer would be
 * far larger than all of Cairn. Nobody can make a text of a few characters cost much more than this, in whatever script.
 */
export const costOf = (text: string): number => {
  let cost = 0
  for (const [piece, word, marks, lineEnd, two] of text.matchAll(PIECES)) {
    if (word) cost += Math.ceil(piece.length / 3)
    else if (marks) cost += Math.ceil(piece.length / 2)
    else cost += lineEnd || two ? 1 : piece.length + 2
  }
  return cost
}

/** The lengths to which titles and other stored texts are cut, one after another, until the whole is short enough. */
const LENGTHS = [160, 80, 40, 20, 10]
const SHORTEST = 3

/** A text with stored texts in it, which are as long as its bound allows. `tell` makes it with stored texts of at most so many characters. */
export const fitting = (most: number, tell: (length: number) => string): string => {
  for (const length of LENGTHS) {
    const text = tell(length)
    // No text of plain characters costs more than one token for each. Most texts are so short, and need not be counted.
    if ((text.length <= most && PLAIN.test(text)) || costOf(text) <= most) return text
  }
  return tell(SHORTEST)
}
