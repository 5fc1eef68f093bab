import type { GraphEdge } from '@/lib/domain/schemas/graph'

export type Place = { id: string; col: number; row: number }

export type LanePlan = {
  /** The milestone's checkpoints, in their order. */
  cards: readonly string[]
  /** Checkpoints of elsewhere, drawn beside the card that waits for them or that they wait for. */
  before: readonly string[]
  after: readonly string[]
  /** Edges whose two ends are drawn in this lane. */
  edges: readonly GraphEdge[]
}

/**
 * Columns by the longest path, so that left always means before; rows one card at a time, so that an addition at the end
 * moves nothing that stands. A saved row is kept where its cell is free.
 */
export function placeLane(plan: LanePlan, saved?: ReadonlyMap<string, number>): Place[] {
  const columns = columnsOf(plan)
  const grid = new Grid()
  const order = [...plan.cards, ...plan.before, ...plan.after]
  const known = new Set(plan.cards)
  for (const id of order) {
    const row = saved?.get(id)
    if (row !== undefined) grid.take(id, columns.get(id) ?? 0, row)
  }
  const beside = groupBy(plan.edges, (edge) => edge.to)
  const ahead = groupBy(plan.edges, (edge) => edge.from)
  for (const id of order) {
    if (grid.rows.has(id)) continue
    const ins = beside.get(id)?.map((edge) => edge.from) ?? []
    const outs = ahead.get(id)?.map((edge) => edge.to) ?? []
    // Guests follow the cards they belong to, never the other way round: they must not move what they visit.
    const near = known.has(id) ? ins.filter((from) => known.has(from)) : [...ins, ...outs]
    grid.put(id, columns.get(id) ?? 0, meanOf(near.flatMap((other) => grid.rows.get(other) ?? [])))
  }
  return order.map((id) => ({ id, col: columns.get(id) ?? 0, row: grid.rows.get(id) ?? 0 }))
}

function columnsOf({ cards, before, after, edges }: LanePlan): Map<string, number> {
  const columns = new Map<string, number>(before.map((id) => [id, 0]))
  const into = groupBy(edges, (edge) => edge.to)
  // Inside a milestone every dependency points backwards, so one pass in order sees each predecessor before it is needed.
  for (const id of [...cards, ...after]) {
    const behind = into.get(id)?.flatMap((edge) => columns.get(edge.from) ?? []) ?? []
    columns.set(id, behind.length === 0 ? 0 : Math.max(...behind) + 1)
  }
  const visitors = new Set(before)
  const outOf = groupBy(
    edges.filter((edge) => !visitors.has(edge.to)),
    (edge) => edge.from,
  )
  for (const id of before) {
    const ahead = outOf.get(id)?.flatMap((edge) => columns.get(edge.to) ?? []) ?? []
    if (ahead.length > 0) columns.set(id, Math.min(...ahead) - 1)
  }
  return columns
}

class Grid {
  readonly rows = new Map<string, number>()
  private readonly taken = new Set<string>()

  take(id: string, col: number, row: number) {
    const cell = `${col}:${row}`
    if (row < 0 || this.taken.has(cell)) return false
    this.taken.add(cell)
    this.rows.set(id, row)
    return true
  }

  put(id: string, col: number, wish: number) {
    // Of two rows equally near, the upper: a diamond leans on the line that it left.
    const start = Math.ceil(wish - 0.5)
    for (let step = 0; ; step += 1) {
      const [first, second] = start > wish ? [start - step, start + step] : [start + step, start - step]
      if (this.take(id, col, Math.max(0, first)) || this.take(id, col, Math.max(0, second))) return
    }
  }
}

const meanOf = (rows: readonly number[]) => (rows.length === 0 ? 0 : rows.reduce((sum, row) => sum + row, 0) / rows.length)

export function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return groups
}
