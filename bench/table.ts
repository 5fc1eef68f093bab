/** The target of a row: its figure or its ratio must be at least or at most `value`. */
export type Target = { of: 'figure' | 'ratio'; at: 'least' | 'most'; value: number }

export const atMost = (value: number): Target => ({ of: 'figure', at: 'most', value })

export type Row = {
  what: string
  unit: '/s' | 'ms' | 'MB' | 'MB/min' | 'kB' | 's' | 'descriptors'
  figure: number
  limit?: { what: string; figure: number }
  ratio?: number
  target?: Target
  /** What a reader must know to understand the figure. */
  note?: string
}

export type Missing = { what: string; error: string }

export const isMeasured = (row: Row | Missing): row is Row => 'figure' in row

export const verdictOf = (row: Row | Missing): 'ok' | 'missed' | 'not measured' | '' => {
  if (!isMeasured(row)) return 'not measured'
  const { target, figure, ratio = Number.NaN } = row
  if (!target) return ''
  const value = target.of === 'ratio' ? ratio : figure
  return (target.at === 'least' ? value >= target.value : value <= target.value) ? 'ok' : 'missed'
}

const digits = (value: number) => (value >= 100 ? 0 : value >= 10 ? 1 : 2)
const number = (value: number) => value.toLocaleString('en', { minimumFractionDigits: digits(value), maximumFractionDigits: digits(value) })
const inUnit = (value: number, unit: Row['unit']) => {
  if (unit === 'descriptors') return `${value.toLocaleString('en')} ${unit}`
  return unit === '/s' ? `${number(value)}/s` : `${number(value)} ${unit}`
}

const targetText = ({ unit, target }: Row): string => {
  if (!target) return ''
  const value = target.value.toLocaleString('en')
  return `${target.at === 'least' ? '≥' : '≤'} ${target.of === 'ratio' ? `${value} ×` : `${value} ${unit}`}`
}

const HEADINGS = ['', 'figure', 'limit', 'ratio', 'target', '']

const cells = (row: Row | Missing): string[] => {
  if (!isMeasured(row)) return [row.what, '', '', '', '', verdictOf(row)]
  const { what, figure, unit, limit, ratio } = row
  return [
    what,
    inUnit(figure, unit),
    limit ? inUnit(limit.figure, unit) : '',
    ratio === undefined ? '' : `${ratio.toFixed(2)} ×`,
    targetText(row),
    verdictOf(row),
  ]
}

/** Renders the rows as a table, followed by a description of their limits and their notes. */
export const render = (rows: readonly (Row | Missing)[]): string => {
  const table = [HEADINGS, ...rows.map(cells)]
  const widths = HEADINGS.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)))
  const lines = table.map((line) =>
    line
      .map((cell, column) => (column === 0 || column === 5 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
  lines.splice(1, 0, '─'.repeat(Math.max(...lines.map((line) => line.length))))
  return [...lines, '', ...rows.flatMap(remarks)].join('\n')
}

const remarks = (row: Row | Missing): string[] => {
  if (!isMeasured(row)) return [`${row.what}: ${row.error}`]
  const said = [row.limit && `the limit is ${row.limit.what}`, row.note].filter((text) => text !== undefined)
  return said.length > 0 ? [`${row.what}: ${said.join('; ')}`] : []
}
