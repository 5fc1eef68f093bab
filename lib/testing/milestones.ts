import { createGroup, createMilestone } from '@/lib/operations'
import type { Data, TestInstance } from './instance'

let counter = 0

export const makeGroup = async (test: TestInstance, more: object = {}): Promise<string> => {
  const { data } = await test.run(createGroup, { name: `Team ${++counter}`, ...more })
  return data.group_id
}

/** Creates a milestone from a sketch: titles in order, each with the titles or references of its dependencies. */
export const makeMilestone = async (
  test: TestInstance,
  group_id: string,
  sketch: Record<string, (string | number)[]>,
  actor = test.owner,
): Promise<Data> => {
  const titles = Object.keys(sketch)
  const checkpoints = Object.entries(sketch).map(([title, on]) => ({
    title,
    depends_on: on.map((name) => (titles.includes(String(name)) ? titles.indexOf(String(name)) + 1 : name)),
  }))
  const { data } = await test.run(createMilestone, { group_id, title: `Plan ${++counter}`, checkpoints }, actor)
  return data
}

/** Draws a milestone as a line of text, with dependencies after `<`: `1A< 2B<1 3C<1+2`. */
export const drawn = (milestone: Data): string =>
  milestone.checkpoints.map((checkpoint: Data) => `${checkpoint.order}${checkpoint.title}<${checkpoint.depends_on.join('+')}`).join(' ')
