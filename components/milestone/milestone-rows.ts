import { quoted } from '@/lib/domain/bidi'
import { LIMITS } from '@/lib/domain/limits'
import { capital, firstOf } from '@/lib/domain/words'
import { refsOf } from '../plan/references'

/** A checkpoint that is being written; `depends_on` is text such as "1, ms_x:3", where a number is a row of this form. */
export type Row = { key: number; title: string; depends_on: string; requires_consensus: boolean }

/** The rows of the form, and what moving and removing took from them. The latest loss is last. */
export type Draft = { rows: readonly Row[]; losses: readonly Loss[] }

/** What a row waits for: the key of another row, or a text that names none of them. */
type Wait = number | string

type Linked = { row: Row; waits: readonly Wait[] }

/** That one row no longer waits for another, by their keys. `at` is the place that it had in what the row waited for. */
type Cut = { waiting: number; awaited: number; at: number }

/** What a step took, so that it can be told and undone: the row that it removed, if it did, and who no longer waits for whom. */
export type Loss = { moved: Linked; removed: boolean; from: number; cuts: readonly Cut[]; said: string }

const FEWEST_ROWS = 4

/** How many rows stand ready where the address asks for so many. */
export const rowCount = (asked: unknown): number =>
  Math.min(Math.max(Math.trunc(Number(asked)) || 0, FEWEST_ROWS), LIMITS.checkpoints_per_milestone)

const blank = (key: number): Row => ({ key, title: '', depends_on: '', requires_consensus: false })

/** These rows, and blank ones up to `count`. */
export const draftOf = (filled: readonly Omit<Row, 'key'>[], count: number): Draft => ({
  rows: Array.from({ length: Math.max(filled.length, count) }, (_, key) => ({ ...blank(key), ...filled[key] })),
  losses: [],
})

export const isFull = ({ rows }: Draft): boolean => rows.length >= LIMITS.checkpoints_per_milestone

export function addRow(draft: Draft): Draft {
  if (isFull(draft)) return draft
  const keys = [...draft.rows, ...draft.losses.map(({ moved }) => moved.row)].map(({ key }) => key)
  return { ...draft, rows: [...draft.rows, blank(Math.max(-1, ...keys) + 1)] }
}

export const changeRow = (draft: Draft, key: number, patch: Partial<Row>): Draft => ({
  ...draft,
  rows: draft.rows.map((row) => (row.key === key ? { ...row, ...patch } : row)),
})

/** Lets each named row that waits for nothing wait for the named one above it: the plan that most plans begin as. */
export function chainRows({ rows, losses }: Draft): Draft {
  let above = 0
  const chained = rows.map((row, index) => {
    if (row.title.trim() === '') return row
    const next = above > 0 && refsOf(row.depends_on).length === 0 ? { ...row, depends_on: String(above) } : row
    above = index + 1
    return next
  })
  return { rows: chained, losses }
}

/** Puts blank rows last, which are not sent: then the number of a row on screen is the number of the checkpoint that is made of it. */
export function packRows({ rows, losses }: Draft): Draft {
  const linked = link(rows)
  const awaited = new Set(linked.flatMap(({ waits }) => waits))
  const isSent = ({ row, waits }: Linked) => row.title !== '' || waits.length > 0 || row.requires_consensus || awaited.has(row.key)
  return { rows: unlink([...linked.filter(isSent), ...linked.filter((one) => !isSent(one))]), losses }
}

/** Removes a row. Numbers go on meaning the same rows, and whoever waited for the removed one no longer does. */
export function removeRow({ rows, losses }: Draft, key: number): Draft {
  const linked = link(rows)
  const from = linked.findIndex(({ row }) => row.key === key)
  const moved = linked[from]
  if (!moved) return { rows, losses }
  const { rest, cuts } = cutFrom(
    linked.filter((one) => one !== moved),
    (_waiting, awaited) => awaited === key,
  )
  const { title, requires_consensus } = moved.row
  if (title.trim() === '' && moved.waits.length === 0 && !requires_consensus && cuts.length === 0) return { rows: unlink(rest), losses }
  const left = unlink(rest)
  const names = left.filter((row) => cuts.some(({ waiting }) => waiting === row.key)).map((row) => nameOf(row, left))
  const consequence = names.length > 0 ? ` ${capital(firstOf(names, 3))} no longer ${names.length > 1 ? 'wait' : 'waits'} for it.` : ''
  const said = `${capital(nameOf(moved.row, rows))} is removed.${consequence}`
  return { rows: left, losses: [...losses, { moved, removed: true, from, cuts, said }] }
}

/** Swaps a row with its neighbour. What each waits for stays the same, unless one of the two would then wait for a later row. */
export function moveRow({ rows, losses }: Draft, key: number, by: -1 | 1): Draft {
  const linked = link(rows)
  const from = linked.findIndex(({ row }) => row.key === key)
  const [upper, lower] = [linked[Math.min(from, from + by)], linked[Math.max(from, from + by)]]
  const moved = linked[from]
  if (!moved || !upper || !lower) return { rows, losses }
  const swapped = linked.map((one) => (one === upper ? lower : one === lower ? upper : one))
  const { rest, cuts } = cutFrom(swapped, (waiting, awaited) => waiting === lower.row.key && awaited === upper.row.key)
  if (cuts.length === 0) return { rows: unlink(rest), losses }
  const said = `${capital(nameOf(lower.row, rows))} no longer waits for ${nameOf(upper.row, rows)}, which now comes after it.`
  return { rows: unlink(rest), losses: [...losses, { moved, removed: false, from, cuts, said }] }
}

/** Gives back what the latest loss took. What was written since then stays. */
export function undoLoss({ rows, losses }: Draft): Draft {
  const loss = losses.at(-1)
  if (!loss) return { rows, losses }
  const { moved, removed, from, cuts } = loss
  const linked = link(rows)
  const present = linked.find(({ row }) => row.key === moved.row.key)
  const others = linked.filter((one) => one !== present)
  const back = removed ? moved : present
  const placed = back ? others.toSpliced(from, 0, back) : others
  const keys = new Set(placed.map(({ row }) => row.key))
  const mended = placed.map((one) => {
    const waits = [...one.waits]
    for (const { waiting, awaited, at } of cuts)
      if (waiting === one.row.key && keys.has(awaited) && !waits.includes(awaited)) waits.splice(at, 0, awaited)
    return { ...one, waits }
  })
  return { rows: unlink(mended), losses: losses.slice(0, -1) }
}

/** Takes the waits away that are to be cut, and says which these were. */
function cutFrom(linked: readonly Linked[], isCut: (waiting: number, awaited: Wait) => boolean): { rest: Linked[]; cuts: Cut[] } {
  const cuts: Cut[] = []
  const rest = linked.map(({ row, waits }) => {
    for (const [at, awaited] of waits.entries())
      if (typeof awaited === 'number' && isCut(row.key, awaited)) cuts.push({ waiting: row.key, awaited, at })
    return { row, waits: waits.filter((awaited) => !isCut(row.key, awaited)) }
  })
  return { rest, cuts }
}

const ROW_NUMBER = /^[1-9]\d*$/

/** The rows with what they wait for by key, which stays the same wherever the rows go. */
function link(rows: readonly Row[]): Linked[] {
  const waitFor = (ref: string): Wait => (ROW_NUMBER.test(ref) ? (rows[Number(ref) - 1]?.key ?? ref) : ref)
  return rows.map((row) => ({ row, waits: refsOf(row.depends_on).map(waitFor) }))
}

/** The rows with what they wait for by number. A row in which nothing changed is the same object as before. */
function unlink(linked: readonly Linked[]): Row[] {
  const numbers = new Map(linked.map(({ row }, index) => [row.key, index + 1]))
  return linked.map(({ row, waits }) => {
    const depends_on = waits.map((wait) => (typeof wait === 'number' ? numbers.get(wait) : wait)).join(', ')
    return depends_on === refsOf(row.depends_on).join(', ') ? row : { ...row, depends_on }
  })
}

const nameOf = (row: Row, rows: readonly Row[]) =>
  row.title.trim() === '' ? `checkpoint ${rows.findIndex(({ key }) => key === row.key) + 1}` : quoted(row.title.trim())
