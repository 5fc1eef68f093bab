import { nounOf } from '../reference'
import type { Blocker } from '../schemas/checkpoint'
import { enumerated } from '../words'
import { cut, plain, quote, second } from './quote'

const QUOTATION = /"((?:[^"\\]|\\.)*)"/g

const TIME = /\b\d{4}-\d\d-\d\dT[\d:.]+Z/g

/** Neither an id nor a word of Cairn is as long as this. */
const LONG = /\S{25,}/g

/** So many characters are left of a sentence in any case. */
const OWN = 100

/**
 * A sentence of Cairn as data for a model: on one line and without what nobody could see. Of each quotation in it, at most `most` characters are left. What
 * the caller gave itself may stand in it without quotation marks, so the whole is cut too.
 */
export const shortenedSentence = (sentence: string, most: number): string =>
  cutWhole(
    plain(sentence)
      .replace(TIME, second)
      .replace(QUOTATION, (_all, inner: string) => quote(inner.replace(/\\(.)/g, '$1'), most))
      .replace(LONG, (given) => (given.includes('"') ? given : cut(given, Math.max(most, 24)))),
    OWN + 2 * most,
  )

/** A model pays more for what is rare. */
const widthOf = (character: string): number => (character > '\u007f' ? 4 : 1)

const cutWhole = (sentence: string, most: number): string => {
  let width = 0
  let kept = ''
  for (const character of sentence) {
    width += widthOf(character)
    if (width > most) return `${closed(kept)}…`
    kept += character
  }
  return kept
}

/** A quotation that was cut open ends again. */
const closed = (cutOpen: string): string => {
  const text = /(^|[^\\])(\\\\)*\\$/.test(cutOpen) ? cutOpen.slice(0, -1) : cutOpen
  const marks = text.replace(/\\./g, '').split('"').length - 1
  return marks % 2 === 1 ? `${text}"` : text
}

/** The sentence of D1 with the number of several blockers, where the first of them follow, each on a line. */
export const withCount = (sentence: string, blockers: readonly Blocker[]): string => {
  const names = blockers.map(({ ref }) => nounOf(ref))
  return names.length > 1 ? sentence.replace(enumerated(names), `${names.length} checkpoints`) : sentence
}
