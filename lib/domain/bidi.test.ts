import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isolated, quoted, shown } from './bidi'

const RLE = '\u202b'
const RLO = '\u202e'
const PDF = '\u202c'
const LRI = '\u2066'
const FSI = '\u2068'
const PDI = '\u2069'
const RLM = '\u200f'
const LRM = '\u200e'
const ALM = '\u061c'
const CONTROLS = [...'\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069']

/** Texts in which what matters here is frequent. */
const texts = fc
  .array(
    fc.oneof(fc.constantFrom(...CONTROLS, RLM, LRM, ALM, 'a', 'ש', 'ع', '1', ' ', '"', '\\', '→', '😀'), fc.string({ unit: 'binary' })),
  )
  .map((parts) => parts.join(''))

describe('a text as it is shown', () => {
  it.each([
    [`invoice${RLO}fdp.exe`, 'invoicefdp.exe'],
    [`${RLE}x${PDF} ${LRI}y${PDI}`, 'x y'],
    [`${FSI}${PDI}`, ''],
    [`C++${RLM} ${LRM}${ALM}`, `C++${RLM} ${LRM}${ALM}`],
    ['שלום, 2 🏳️‍🌈', 'שלום, 2 🏳️‍🌈'],
  ])('is of %j: %j', (text, expected) => {
    expect(shown(text)).toBe(expected)
  })

  it('has no character that begins or ends a direction, and every other one in its order', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(shown(text)).toBe(Array.from(text, (character) => (CONTROLS.includes(character) ? '' : character)).join(''))
        expect(shown(shown(text))).toBe(shown(text))
      }),
    )
  })
})

describe('a text in a sentence', () => {
  it('is isolated if it has a character that is written from right to left, and else has no invisible character more', () => {
    expect(isolated('Łódź → 后端 2')).toBe('Łódź → 后端 2')
    expect(isolated(`${RLO}Tests`)).toBe('Tests')
    for (const text of ['שלום', 'API عربي', '١٢', `1${RLM}-2`, '𞤀𞤣', '\ufb1d', 'ﷺ'])
      expect(isolated(`${RLO}${text}`)).toBe(`${FSI}${text}${PDI}`)
  })

  it('is isolated in every script that is written from right to left, and in no other', () => {
    const rightToLeft = /[\p{sc=Hebr}\p{sc=Arab}\p{sc=Syrc}\p{sc=Thaa}\p{sc=Nkoo}\p{sc=Samr}\p{sc=Mand}\p{sc=Adlm}\p{sc=Phnx}\p{sc=Rohg}]/u
    const leftToRight =
      /[\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}\p{sc=Armn}\p{sc=Geor}\p{sc=Hani}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Deva}\p{sc=Thai}]/u
    const wrong: string[] = []
    for (let code = 0; code <= 0x1ffff; code++) {
      const character = String.fromCodePoint(code)
      if (!/\p{L}/u.test(character)) continue
      const isIsolated = isolated(character) !== character
      if (isIsolated ? leftToRight.test(character) : rightToLeft.test(character)) wrong.push(code.toString(16))
    }
    expect(wrong).toEqual([])
  })

  it('opens no direction that it does not close, and closes none that it has not opened', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const told = isolated(text)
        const inner = told.startsWith(FSI) ? told.slice(1, -1) : told
        expect(inner).toBe(shown(text))
        expect(told === inner || told === `${FSI}${inner}${PDI}`).toBe(true)
        expect(isolated(told)).toBe(told)
      }),
    )
  })

  it('is quoted so that its own quotation marks do not end it', () => {
    expect(quoted('Ship "v2" \\o/')).toBe('"Ship \\"v2\\" \\\\o/"')
    expect(quoted(`ש${RLO}`)).toBe(`"${FSI}ש${PDI}"`)
    fc.assert(
      fc.property(texts, (text) => {
        const printable = text.replace(/\p{Cc}/gu, '')
        expect(JSON.parse(quoted(printable))).toBe(isolated(printable))
      }),
    )
  })
})
