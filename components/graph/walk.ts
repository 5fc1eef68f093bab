import { headNode, milestoneOf } from './drawing'
import type { CardBox, Layout } from './layout'

export type Step = 'left' | 'right' | 'up' | 'down' | 'lane-up' | 'lane-down' | 'first' | 'last'

/** Where an arrow leads: along dependencies to the sides, up and down within a column, from lane to lane with Ctrl. */
export function walk(layout: Layout, from: string, step: Step): string | null {
  const card = layout.cards.find(({ id }) => id === from)
  const lane = card ? card.lane : layout.lanes.findIndex(({ id }) => id === milestoneOf(from))
  if (step === 'lane-up' || step === 'lane-down')
    return headAt(layout, card && step === 'lane-up' ? lane : lane + (step === 'lane-up' ? -1 : 1))
  const here = layout.cards.filter((other) => other.lane === lane)
  if (step === 'first') return here[0]?.id ?? null
  if (step === 'last') return here.at(-1)?.id ?? null
  if (!card) return step === 'up' ? headAt(layout, lane - 1) : (here[0]?.id ?? headAt(layout, lane + 1))
  if (step === 'up' || step === 'down') return inColumn(layout, card, step === 'up' ? -1 : 1)
  return along(layout, card, step) ?? beside(here, card, step === 'left' ? -1 : 1)
}

function headAt(layout: Layout, lane: number) {
  const found = layout.lanes[lane]
  return found ? headNode(found.id) : null
}

function along({ routes, cards }: Layout, card: CardBox, step: 'left' | 'right') {
  const linked = new Set(routes.flatMap(({ from, to }) => (step === 'left' ? (to === card.id ? from : []) : from === card.id ? to : [])))
  return nearest(
    cards.filter(({ id }) => linked.has(id)),
    card,
  )
}

/** Where no dependency leads on: the nearest card in the next column on that side. */
function beside(here: readonly CardBox[], card: CardBox, side: -1 | 1) {
  return nearest(
    here.filter(({ col }) => (col - card.col) * side > 0),
    card,
  )
}

function inColumn({ cards }: Layout, card: CardBox, side: -1 | 1) {
  return nearest(
    cards.filter(({ col, y }) => col === card.col && (y - card.y) * side > 0),
    card,
  )
}

/** Its own lane before any other. */
function nearest(cards: readonly CardBox[], { x, y, lane }: CardBox): string | null {
  const away = (card: CardBox) => Math.abs(card.y - y) + Math.abs(card.x - x) + 1e6 * Math.abs(card.lane - lane)
  return cards.toSorted((a, b) => away(a) - away(b))[0]?.id ?? null
}
