import { expect, test } from 'vitest'
import { chainRows, moveRow, type Row, removeRow, rowSentAs } from './milestone-rows'

const rowsOf = (...rows: [title: string, depends_on: string][]): Row[] =>
  rows.map(([title, depends_on], key) => ({ key, title, depends_on, requires_consensus: false }))

const read = (rows: readonly Row[]) => rows.map(({ title, depends_on }) => `${title} <- ${depends_on}`)

test('removing a row keeps what the others wait for, and drops what waited for it', () => {
  const rows = rowsOf(['design', ''], ['build', '1'], ['test', '1, 2'], ['ship', '3, ms_other:2'])
  expect(read(removeRow(rows, 1))).toEqual(['design <- ', 'test <- 1', 'ship <- 2, ms_other:2'])
})

test('moving a row keeps what each waits for, as long as that still comes before it', () => {
  const rows = rowsOf(['design', ''], ['build', '1'], ['review', ''], ['ship', '2, 3'])
  expect(read(moveRow(rows, 1, 1))).toEqual(['design <- ', 'review <- ', 'build <- 1', 'ship <- 3, 2'])
  expect(read(moveRow(rows, 1, -1))).toEqual(['build <- ', 'design <- ', 'review <- ', 'ship <- 1, 3'])
})

test('moving past the end changes nothing', () => {
  const rows = rowsOf(['design', ''], ['build', '1'])
  expect(moveRow(rows, 1, 1)).toEqual(rows)
})

test('a chain joins the named rows that wait for nothing, and leaves what was chosen', () => {
  const rows = rowsOf(['design', ''], ['', ''], ['build', ''], ['docs', '1'], ['ship', ''])
  expect(read(chainRows(rows))).toEqual(['design <- ', ' <- ', 'build <- 1', 'docs <- 1', 'ship <- 4'])
})

test('a refused row is found by its number among the rows that were sent', () => {
  const rows = rowsOf(['design', ''], ['', ' '], ['build', '1'], ['', ''], ['', '9'])
  expect([1, 2, 3, 4, undefined].map((number) => rowSentAs(rows, number))).toEqual([0, 2, 4, null, null])
  const voted = rows.map((row, index) => ({ ...row, requires_consensus: index === 1 }))
  expect([1, 2, 3, 4].map((number) => rowSentAs(voted, number))).toEqual([0, 1, 2, 4])
})
