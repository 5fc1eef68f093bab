import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cut, plain, quote, second } from './quote'
import { shortenedSentence } from './sentence'

const unicode = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string())

describe('[T4] a quotation', () => {
  it.each([
    ['Design approved', '"Design approved"'],
    ['say "done"', '"say \\"done\\""'],
    ['C:\\temp\\', '"C:\\\\temp\\\\"'],
    ['one\ntwo\r\n\tthree\u2028four\u0085five', '"one two three four five"'],
    ['\u001b[31mred\u001b[0m', '"[31mred[0m"'],
    ['\u202egnp.exe\u202c', '"gnp.exe"'],
    ['a\u200bb\u200cc\u2060d\ufeffe', '"abcde"'],
    ['x\u{e0041}\u{e007f}\u{e0100}\ufe0f', '"x"'],
    ['👩‍👩‍👧', '"👩👩👧"'],
    ['\u3164\u2800\u{1d159}', '""'],
    ['\ud800x\udc00', '"x"'],
    ['“2 done” ＂2＂', '"“2 done” ＂2＂"'],
    ['مرحبا', '"مرحبا"'],
  ])('of %j is %s', (text, told) => {
    expect(quote(text)).toBe(told)
  })

  it('is one line that ends where it ends, and is read back as the text without what nobody sees', () => {
    void fc.assert(
      fc.property(unicode, (text) => {
        const told = quote(text)
        expect(told).toMatch(/^"(?:[^"\\\n\r]|\\["\\])*"$/)
        expect(JSON.parse(told)).toBe(plain(text))
        expect(plain(plain(text))).toBe(plain(text))
      }),
      { numRuns: 2_000 },
    )
  })

  it('is cut between characters, with an ellipsis, to as many as are allowed', () => {
    expect(quote('abcdef', 4)).toBe('"abc…"')
    expect(quote('abcd', 4)).toBe('"abcd"')
    expect(quote('😀😀😀😀', 3)).toBe('"😀😀…"')
    expect(cut('😀😀', 3)).toBe('😀😀')
  })
})

describe('[T4] a sentence of Cairn', () => {
  it('keeps its own words, and shortens what it quotes', () => {
    expect(shortenedSentence('Claimed by "a \\"very\\" long name" until noon.', 8)).toBe('Claimed by "a \\"very…" until noon.')
  })

  it('is one line with closed quotations, however much the caller put into it', () => {
    void fc.assert(
      fc.property(unicode, unicode, fc.integer({ min: 3, max: 200 }), (name, given, most) => {
        const said = shortenedSentence(`The project ${quote(name)} is ${given} done.`, most)
        expect(said).not.toMatch(/[\n\r\u2028\u2029]/)
        expect(said.startsWith('The project "')).toBe(true)
        expect(said.length).toBeLessThanOrEqual(100 + 2 * most + 2)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('a time', () => {
  it('is told to the second', () => {
    expect(second('2026-11-28T12:00:00.123Z')).toBe('2026-11-28T12:00:00Z')
  })
})
