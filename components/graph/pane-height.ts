import type { Graph } from '@/lib/client/graph'
import { columnLeft, GUTTER, LANE, stack } from './grid'
import { GUESS, MARGIN, openingZoom } from './opening'
import { placeAll, rowsOf, structureOf } from './structure'

/** Zoom and legend with the room around them. */
const TOOLS = 56
const MOST = 520

/** As high as the one lane of a milestone as it opens, with the tools below it; a high one is panned. */
export function paneHeight(graph: Graph): number {
  const structure = structureOf(graph)
  const [places = []] = placeAll(structure.lanes, structure)
  const columns = Math.max(LANE.columns, ...places.map(({ col }) => col + 1))
  const [band] = stack([{ rows: rowsOf(places), folded: false }])
  const zoom = openingZoom(columnLeft(columns) - GUTTER.x + 2 * LANE.side, GUESS.width)
  return Math.min(MOST, Math.round(MARGIN + (band?.height ?? 0) * zoom + TOOLS))
}
