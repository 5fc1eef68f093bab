/** The characters that begin and end an embedding, an override or an isolate. */
const CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g

/** The blocks of all scripts that are written from right to left, and the right-to-left mark. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u

const FIRST_STRONG_ISOLATE = '\u2068'
const POP_DIRECTIONAL_ISOLATE = '\u2069'

/**
 * A text that people or agents wrote, as it is shown: without the characters that could make it read in another order than it was written in. The
 * directional marks U+200E, U+200F and U+061C stay, because mixed texts need them, and they only place the punctuation and the numbers beside
 * them. What is edited is the text as it was written.
 */
export const shown = (text: string): string => text.replace(CONTROLS, '')

/**
 * A text as it is shown inside a sentence of plain characters, such as a refusal, a title of a document or a label: nothing around it changes its
 * place because of it. Where there are elements, `<bdi>` or `dir="auto"` around the `shown` text does the same. A text that is written from left
 * to right needs no isolation, and so gets no invisible character.
 */
export const isolated = (text: string): string => {
  const plain = shown(text)
  return RIGHT_TO_LEFT.test(plain) ? FIRST_STRONG_ISOLATE + plain + POP_DIRECTIONAL_ISOLATE : plain
}

/** A text as a quotation inside such a sentence: a quotation mark in it does not end it. */
export const quoted = (text: string): string => `"${isolated(text.replace(/["\\]/g, '\\$&'))}"`
