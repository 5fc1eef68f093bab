import { refsOf } from '../plan/dependency-field'

/** A checkpoint that is being written; `depends_on` is text such as "1, ms_x:3", where a number is a row of this form. */
export type Row = { key: number; title: string; depends_on: string; requires_consensus: boolean }

const blank = (key: number): Row => ({ key, title: '', depends_on: '', requires_consensus: false })

export const firstRows = (): Row[] => [0, 1, 2, 3].map(blank)

export const addRow = (rows: readonly Row[]): Row[] => [...rows, blank(Math.max(-1, ...rows.map(({ key }) => key)) + 1)]

export const changeRow = (rows: readonly Row[], index: number, patch: Partial<Row>): Row[] =>
  rows.map((row, at) => (at === index ? { ...row, ...patch } : row))

/** Lets each named row that waits for nothing wait for the named one above it: the plan that most plans begin as. */
export function chainRows(rows: readonly Row[]): Row[] {
  let above = 0
  return rows.map((row, index) => {
    if (row.title.trim() === '') return row
    const chained = above > 0 && refsOf(row.depends_on).length === 0 ? { ...row, depends_on: String(above) } : row
    above = index + 1
    return chained
  })
}

/** The index of the row that was sent as the checkpoint of this number: rows with nothing in them are not sent. */
export function rowSentAs(rows: readonly Row[], number: unknown): number | null {
  const sent = rows.filter(
    ({ title, depends_on, requires_consensus }) => title !== '' || refsOf(depends_on).length > 0 || requires_consensus,
  )
  const row = typeof number === 'number' ? sent[number - 1] : undefined
  return row ? rows.indexOf(row) : null
}

/** Removes a row; numbers that meant later rows follow them, and those that meant it go. */
export function removeRow(rows: readonly Row[], index: number): Row[] {
  const gone = index + 1
  return renumber(
    rows.filter((_, at) => at !== index),
    (number) => (number === gone ? null : number > gone ? number - 1 : number),
  )
}

/** Swaps a row with its neighbour; what each waits for stays the same, unless it would then come later. */
export function moveRow(rows: readonly Row[], index: number, by: -1 | 1): Row[] {
  const other = index + by
  const [from, to] = [rows[index], rows[other]]
  if (!from || !to) return [...rows]
  const swapped = rows.map((row, at) => (at === index ? to : at === other ? from : row))
  return renumber(swapped, (number) => (number === index + 1 ? other + 1 : number === other + 1 ? index + 1 : number))
}

function renumber(rows: readonly Row[], map: (number: number) => number | null): Row[] {
  return rows.map((row, at) => ({
    ...row,
    depends_on: refsOf(row.depends_on)
      .flatMap((ref) => {
        if (!/^\d+$/.test(ref)) return ref
        const number = map(Number(ref))
        return number === null || number > at ? [] : String(number)
      })
      .join(', '),
  }))
}
