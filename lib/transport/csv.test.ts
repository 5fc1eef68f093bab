import { expect, test } from 'vitest'
import { csvLine } from './csv'

test('a line of a table quotes what would end a cell, and leaves out what is nothing', () => {
  expect(csvLine(['a', 1, null, undefined, true])).toBe('a,1,,,true\r\n')
  expect(csvLine(['a,b', 'say "hi"', 'two\nlines', 'cr\r'])).toBe('"a,b","say ""hi""","two\nlines","cr\r"\r\n')
  expect(csvLine([{ title: 'A, B' }])).toBe('"{""title"":""A, B""}"\r\n')
})

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '\u00a0=1', '＝1'])('the cell %j is no formula', (text) => {
  expect(csvLine([text]).replace(/^"/, '').startsWith("'")).toBe(true)
})

test('a number that an event has is a number, and an ordinary text stays as it is', () => {
  expect(csvLine([-1, 'a=b', 'A - B', "it's"])).toBe("-1,a=b,A - B,it's\r\n")
})
