import { expect, test } from 'vitest'
import { filtersOf, hrefOf, inputOf, searchOf, understand } from './filters'

const ACTORS = [
  { principal_id: 'ap_1', name: 'atlas' },
  { principal_id: 'usr_1', name: 'Maria Lopez' },
  { principal_id: 'ap_2', name: 'twin' },
  { principal_id: 'ap_3', name: 'Twin' },
]
const filters = (text: string) => understand(text, ACTORS).filters

test('a search sets the filters, and they make the same search again', () => {
  const search = 'actor:atlas action:checkpoint.completed ms:ms_x group:backend via:mcp after:2026-11-01 before:2026-11-02T09:30:00Z'
  const set = filters(search)
  expect(set).toEqual({
    actor: 'ap_1',
    action: 'checkpoint.completed',
    ms: 'ms_x',
    group: 'backend',
    via: 'mcp',
    since: '2026-11-01',
    until: '2026-11-02T09:30:00Z',
  })
  expect(searchOf(set ?? {}, ACTORS)).toBe(search)
  expect(inputOf(set ?? {})).toMatchObject({ actor_id: 'ap_1', type: 'checkpoint.completed', milestone_id: 'ms_x', group_id: 'backend' })
})

test('people are named in any case and with spaces, and by id where a name is not only theirs', () => {
  expect(filters('actor:"maria lopez"')).toEqual({ actor: 'usr_1' })
  expect(searchOf({ actor: 'usr_1' }, ACTORS)).toBe('actor:"Maria Lopez"')
  expect(understand('actor:twin', ACTORS).problem).toMatch(/^2 are named “twin”: write the id, such as actor:ap_2\./)
  expect(searchOf({ actor: 'ap_3' }, ACTORS)).toBe('actor:ap_3')
  expect(filters('actor:usr_left')).toEqual({ actor: 'usr_left' })
})

test('an action is a type, all of a noun, or a verb of several nouns', () => {
  expect(filters('action:claim.*')).toEqual({ action: 'claim.*' })
  expect(filters('action:completed')).toEqual({ action: 'project.completed,checkpoint.completed' })
  for (const text of ['action:complete', 'action:*', 'action:nothing.*', 'action:,'])
    expect(understand(text, ACTORS).problem, text).toContain('is no action')
})

test.each([
  'atlas',
  'actor:',
  ':x',
  'via:telex',
  'after:2026-02-30',
  'after:2026-11-01T25:00:00Z',
  'ms:x',
  'group:A/B',
  'via:mcp via:web',
  'who:atlas',
])('the search %j is refused with how to write one', (text) =>
  expect(understand(text, ACTORS).problem).toMatch(/Write terms such as actor:atlas/),
)

test('an address is read as it was written, and one that is no filter is named', () => {
  const set = { actor: 'ap_1', action: 'project.completed,checkpoint.completed', since: '2026-11-01T09:30:00+02:00' }
  const address = hrefOf(set, { before: '7' })
  expect(address).toContain('action=project.completed,checkpoint.completed')
  expect(filtersOf(Object.fromEntries(new URL(address, 'http://x').searchParams)).filters).toEqual(set)
  expect(filtersOf({ group: '', actor: undefined }).filters).toEqual({})
  for (const wrong of [{ ms: ['ms_a', 'ms_b'] }, { actor: `usr_${'a'.repeat(300)}` }, { ms: 'ms_\0' }, { since: 'now' }])
    expect(filtersOf(wrong).problem, JSON.stringify(wrong)).not.toBe(null)
})
