/** The grid that cards stand on and edges run in; all in pixels at zoom 1. */
export const CARD = { width: 220, height: 64 } as const
export const PITCH = { x: 292, y: 88 } as const
export const GUTTER = { x: PITCH.x - CARD.width, y: PITCH.y - CARD.height } as const
/** `head` is the band with the lane's title, which takes about `title` of its length; `gap` lies between two lanes and carries the edges that run between them. */
export const LANE = { head: 40, side: 20, foot: 20, gap: 28, folded: 40, empty: 40, columns: 3, title: 560 } as const

/** A card's place: its column is the same in every lane, so that a gutter between columns is free from top to bottom. */
export type Cell = { id: string; lane: number; col: number; row: number }
export type Band = { top: number; height: number; rows: number }

export const columnLeft = (col: number) => col * PITCH.x
export const rowTop = (band: Band, row: number) => band.top + LANE.head + row * PITCH.y
export const rowMiddle = (band: Band, row: number) => rowTop(band, row) + CARD.height / 2

/** The bands of lanes stacked from 0 downwards. A folded lane has no rows. */
export function stack(lanes: readonly { rows: number; folded: boolean }[]): Band[] {
  let top = 0
  return lanes.map(({ rows, folded }) => {
    const height = folded ? LANE.folded : rows === 0 ? LANE.empty : LANE.head + rows * PITCH.y - GUTTER.y + LANE.foot
    const band = { top, height, rows }
    top += height + LANE.gap
    return band
  })
}
