import { writeFileSync } from 'node:fs'
import os from 'node:os'
import { isMeasured, type Missing, type Row, verdictOf } from './table'

const rounded = (value: number) => Number(value.toPrecision(4))

/** Writes the rows to results.json. `load` is that of the machine before the benchmark. */
export const save = (rows: readonly (Row | Missing)[], { quick, load }: { quick: boolean; load: number }): void => {
  const machine = { processors: os.availableParallelism(), node: process.versions.node, load_before: rounded(load) }
  const results = rows.map((row) => {
    if (!isMeasured(row)) return { ...row, verdict: verdictOf(row) }
    const limit = row.limit ? { limit: rounded(row.limit.figure), limit_is: row.limit.what } : {}
    const ratio = row.ratio === undefined ? {} : { ratio: rounded(row.ratio) }
    const { what, unit, figure, target, note } = row
    return { what: what.trim(), unit, figure: rounded(figure), ...limit, ...ratio, target, note, verdict: verdictOf(row) || undefined }
  })
  writeFileSync('bench/results.json', `${JSON.stringify({ at: new Date().toISOString(), quick, machine, rows: results }, null, 2)}\n`)
}
