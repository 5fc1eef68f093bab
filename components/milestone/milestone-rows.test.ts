import { expect, test } from 'vitest'
import { addRow, chainRows, changeRow, type Draft, draftOf, isFull, moveRow, packRows, removeRow, undoLoss } from './milestone-rows'

const rowsOf = (...rows: [title: string, depends_on: string][]): Draft =>
  draftOf(
    rows.map(([title, depends_on]) => ({ title, depends_on, requires_consensus: false })),
    0,
  )

const read = ({ rows }: Draft) => rows.map(({ title, depends_on }) => `${title} <- ${depends_on}`)

const told = ({ losses }: Draft) => losses.at(-1)?.said ?? null

test('removing a row keeps what the others wait for, and tells who no longer waits for it', () => {
  const draft = removeRow(rowsOf(['Design', ''], ['Build', '1'], ['Test', '1, 2'], ['Ship', '3, ms_other:2']), 1)
  expect(read(draft)).toEqual(['Design <- ', 'Test <- 1', 'Ship <- 2, ms_other:2'])
  expect(told(draft)).toBe('"Build" is removed. "Test" no longer waits for it.')
})

test('removing a row is told of whatever was in it, and of nothing where nothing was lost', () => {
  // What has no title is named by its number: the removed row by the one it had, the others by those they have now.
  const draft = rowsOf(['Design', ''], ['', '1'], ['', ''], ['Docs', '3'], ['Tests', '3 1'], ['', '3'], ['Ship', '3'])
  expect(told(removeRow(draft, 0))).toBe('"Design" is removed. Checkpoint 1 and "Tests" no longer wait for it.')
  expect(told(removeRow(draft, 1))).toBe('Checkpoint 2 is removed.')
  expect(told(removeRow(draft, 2))).toBe('Checkpoint 3 is removed. "Docs", "Tests", checkpoint 5 and 1 more no longer wait for it.')
  expect(told(removeRow(changeRow(rowsOf(['', '']), 0, { requires_consensus: true }), 0))).toBe('Checkpoint 1 is removed.')
  expect(told(removeRow(rowsOf(['Design', ''], ['', ' ']), 1))).toBeNull()
})

test('moving a row keeps what each waits for, and tells what would come too late', () => {
  const draft = rowsOf(['Design', ''], ['Build', '1'], ['Review', ''], ['Ship', '2, 3'])
  const down = moveRow(draft, 1, 1)
  expect(read(down)).toEqual(['Design <- ', 'Review <- ', 'Build <- 1', 'Ship <- 3, 2'])
  expect(told(down)).toBeNull()
  for (const [key, by] of [
    [1, -1],
    [0, 1],
  ] as const) {
    const moved = moveRow(draft, key, by)
    expect(read(moved)).toEqual(['Build <- ', 'Design <- ', 'Review <- ', 'Ship <- 1, 3'])
    expect(told(moved)).toBe('"Build" no longer waits for "Design", which now comes after it.')
    expect(read(undoLoss(moved))).toEqual(read(draft))
  }
})

test('moving past the end changes nothing', () => {
  const draft = rowsOf(['Design', ''], ['Build', '1'])
  expect(moveRow(draft, 1, 1)).toEqual(draft)
  expect(moveRow(draft, 0, -1)).toEqual(draft)
})

test('undoing a removal gives back the row, what it waited for and who waited for it, in their places', () => {
  const draft = changeRow(rowsOf(['Design', ''], ['Build', 'ms_x:1, 1'], ['Test', '2, 1'], ['Ship', '1 2 3']), 1, {
    requires_consensus: true,
  })
  const back = undoLoss(removeRow(draft, 1))
  expect(read(back)).toEqual(['Design <- ', 'Build <- ms_x:1, 1', 'Test <- 2, 1', 'Ship <- 1, 2, 3'])
  expect(back.rows[1]?.requires_consensus).toBe(true)
  expect(back.losses).toEqual([])
})

test('undoing keeps what was written since, and goes back step by step', () => {
  const draft = rowsOf(['Design', ''], ['Build', '1'], ['Test', '2'])
  const removed = removeRow(removeRow(draft, 0), 1)
  const since = changeRow(addRow(removed), 2, { title: 'All tests', depends_on: 'ms_x:1' })
  expect(read(since)).toEqual(['All tests <- ms_x:1', ' <- '])
  const once = undoLoss(since)
  expect(read(once)).toEqual(['Build <- ', 'All tests <- 1, ms_x:1', ' <- '])
  expect(read(undoLoss(once))).toEqual(['Design <- ', 'Build <- 1', 'All tests <- 2, ms_x:1', ' <- '])
  expect(new Set(undoLoss(once).rows.map(({ key }) => key)).size).toBe(4)
})

test('a row that is added after a removal is not taken for the removed one', () => {
  const draft = addRow(removeRow(rowsOf(['Design', ''], ['Build', '1']), 1))
  expect(read(undoLoss(draft))).toEqual(['Design <- ', 'Build <- 1', ' <- '])
})

test('a text that is not the number of a row stays as it was written, wherever the rows go', () => {
  const draft = rowsOf(['Design', ''], ['Build', '01, 9'], ['Test', '3 4'])
  expect(read(removeRow(draft, 0))).toEqual(['Build <- 01, 9', 'Test <- 2, 4'])
  expect(told(removeRow(draft, 0))).toBe('"Design" is removed.')
})

test('a chain joins the named rows that wait for nothing, and leaves what was chosen', () => {
  const draft = rowsOf(['Design', ''], ['', ''], ['Build', ''], ['Docs', '1'], ['Ship', ''])
  expect(read(chainRows(draft))).toEqual(['Design <- ', ' <- ', 'Build <- 1', 'Docs <- 1', 'Ship <- 4'])
})

test('rows have the numbers under which they are sent: blank ones go last, unless another row waits for them', () => {
  const draft = rowsOf(['Design', ''], ['', ' '], ['Build', '1'], ['', ''], ['Ship', '3, 4'])
  expect(read(packRows(draft))).toEqual(['Design <- ', 'Build <- 1', ' <- ', 'Ship <- 2, 3', ' <-  '])
  const voted = changeRow(draft, 1, { requires_consensus: true })
  expect(read(packRows(voted))).toEqual(read(voted))
})

test('rows that stay as they are are the same objects, so that they need not be drawn again', () => {
  const { rows } = rowsOf(['Design', ''], ['Build', '1'], ['Test', '1,2'], ['Ship', ''])
  const draft = { rows, losses: [] }
  expect(packRows(draft).rows.every((row, at) => row === rows[at])).toBe(true)
  expect(removeRow(draft, 3).rows.every((row, at) => row === rows[at])).toBe(true)
})

test('there are no more rows than a milestone may have checkpoints', () => {
  const draft = draftOf([], 500)
  expect(isFull(draft)).toBe(true)
  expect(addRow(draft)).toBe(draft)
})
