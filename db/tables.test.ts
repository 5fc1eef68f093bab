import { expect, it } from 'vitest'
import { KIND_NAMES, KINDS } from '@/lib/domain/kinds'
import { listsOf, primaryKeyOf, TABLES } from './tables'

it.each(KIND_NAMES)('the id of a %s is the primary key of its table, by which its row is deleted', (kind) => {
  expect(primaryKeyOf(TABLES[kind]).map(({ name }) => name)).toEqual([...KINDS[kind].id])
})

it('the rows of a list belong to an entity whose id is one field', () => {
  const owners = KIND_NAMES.flatMap((kind) => listsOf(kind).map(([, { owner }]) => [[owner], [...KINDS[kind].id]]))
  expect(owners.length).toBeGreaterThan(0)
  for (const [owner, id] of owners) expect(owner).toEqual(id)
})
