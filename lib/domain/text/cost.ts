const PLAIN = /^[\0-\x7f]*$/

/** Such letters are in no word, so nearly each of them costs a token. */
const UNSPEAKABLE = /[b-df-hj-np-tv-xz]{6}/i

/** An id costs about the same whatever its random part is, so that a text does not depend on that. */
const COST_OF_ID = 10

/** The words of which refusals and calls consist. They cost a token or two, although they are long. */
const OWN_WORDS =
  'checkpoints?|milestones?|depends|pending|completed|blocked|claimed?|failed|failure|ready|until|which|order|next|why|wait|last|GET|POST|api|cairn'

const PIECES = new RegExp(
  String.raw`\b((?:ms|cp|clm|prop|proj)_[a-z2-7]{12}\b)|((?:${OWN_WORDS}|Checkpoint)(?![A-Za-z]))|([A-Z]?[a-z]+|[A-Z]+|\d+)|([!-/:-@[-\x60{-~]+)|(\n)|([\u0080-\u07ff])|([^\0-\u07ff])`,
  'gu',
)

/**
 * About how many tokens a model pays for a text, at the upper end: it is made for nothing but to keep texts within a bound, and a real tokenizer would be
 * far larger than all of Cairn. Nobody can make a text of a few characters cost much more than this, in whatever script.
 */
export const costOf = (text: string): number => {
  let cost = 0
  for (const [piece, id, own, word, marks, lineEnd, two] of text.matchAll(PIECES)) {
    if (id) cost += COST_OF_ID
    else if (own) cost += own.length > 8 ? 2 : 1
    else if (word) cost += Math.ceil(piece.length / (UNSPEAKABLE.test(piece) ? 1.8 : 3))
    else if (marks) cost += Math.ceil(piece.length / 2)
    else cost += lineEnd || two ? 1 : piece.length + 2
  }
  return cost
}

/** The lengths to which titles and other stored texts are cut, one after another, until the whole is short enough. */
const LENGTHS = [160, 80, 60, 40, 30, 20, 10]
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
