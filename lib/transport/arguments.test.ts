import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { OPERATIONS } from '@/lib/operations'
import { fromArguments } from './arguments'

const Dependency = z.union([z.int(), z.string()])
const Input = z.strictObject({
  group_id: z.string(),
  order: z.union([z.int(), z.string()]).optional(),
  ttl_seconds: z.int().optional(),
  cascade: z.boolean().default(false),
  depends_on: z.array(Dependency).default([]),
  numbers: z.array(z.int()).optional(),
  git_pr_url: z.string().nullable().optional(),
  title: z.string().optional(),
  vote: z.string().meta({ 'x-joined-by': ',' }).optional(),
  checkpoints: z
    .array(
      z.strictObject({ title: z.string(), requires_consensus: z.boolean().default(false), depends_on: z.array(Dependency).default([]) }),
    )
    .default([]),
})

const read = (given: Record<string, unknown>) => fromArguments(Input, given)

describe('arguments that a model wrote slightly wrong', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['a number as text', { ttl_seconds: '60' }, { ttl_seconds: 60 }],
    ['a truth value as text', { cascade: 'true' }, { cascade: true }],
    ['another truth value as text', { cascade: 'False' }, { cascade: false }],
    ['one number for a list', { depends_on: 2 }, { depends_on: [2] }],
    ['one text for a list', { depends_on: 'ms_x:3' }, { depends_on: ['ms_x:3'] }],
    ['a list as JSON', { depends_on: '[1, "ms_x:3"]' }, { depends_on: [1, 'ms_x:3'] }],
    ['numbers as texts in a list', { numbers: ['1', '2'] }, { numbers: [1, 2] }],
    ['one number as text for a list of numbers', { numbers: '3' }, { numbers: [3] }],
    ['an object as JSON in a list', { checkpoints: ['{"title":"A"}'] }, { checkpoints: [{ title: 'A' }] }],
    ['one object as JSON for a list', { checkpoints: '{"title":"A"}' }, { checkpoints: [{ title: 'A' }] }],
    [
      'objects as JSON, themselves slightly wrong',
      { checkpoints: '[{"title":"A","dependsOn":"1","requires_consensus":"true"}]' },
      { checkpoints: [{ title: 'A', depends_on: ['1'], requires_consensus: true }] },
    ],
    ['a list for a text that joins one', { vote: ['Red', 'Dark blue'] }, { vote: 'Red,Dark blue' }],
    ['null for an optional argument', { order: null, ttl_seconds: null, depends_on: null }, {}],
    ['null where it means something', { git_pr_url: null }, { git_pr_url: null }],
    ['the name of the field', { group_id: 'core' }, { group_id: 'core' }],
    ['the name of the argument', { group: 'core' }, { group_id: 'core' }],
    ['names in camel case', { groupId: 'core', ttlSeconds: 60, gitPrUrl: 'x' }, { group_id: 'core', ttl_seconds: 60, git_pr_url: 'x' }],
  ])('%s', (_what, given, input) => {
    expect(read(given)).toEqual(input)
  })

  it.each<[string, Record<string, unknown>]>([
    ['a text that is no number', { ttl_seconds: 'soon' }],
    ['a broken number', { ttl_seconds: '1.5' }],
    ['a number that would be rounded', { ttl_seconds: '9007199254740993' }],
    ['an empty text for a list', { depends_on: '' }],
    ['a number for a text', { title: 5 }],
    ['a list for a text', { title: ['a'] }],
    ['a list of something else for a text that joins one', { vote: [1, 2] }],
    ['a list that could be read as a longer one', { vote: ['a,b', 'c'] }],
    ['a text that looks like JSON, for a text', { title: '["a"]' }],
    ['an object for a list', { depends_on: { a: 1 } }],
    ['a list for a number', { ttl_seconds: [60] }],
    ['null for what is needed', { group_id: null }],
    ['an unknown argument', { owner: 'x' }],
    ['an unknown argument in camel case', { ownerId: 'x' }],
    ['a number and a text at once', { order: '3' }],
  ])('%s stays as it is, for the operation to judge', (_what, given) => {
    expect(read(given)).toEqual(given)
  })

  it('is refused under two names', () => {
    for (const given of [
      { group: 'a', group_id: 'b' },
      { ttl_seconds: 1, ttlSeconds: 1 },
    ])
      expect(() => read(given)).toThrow(expect.objectContaining({ code: 'invalid' }))
    expect(() => read({ group: 'a', groupId: 'a' })).toThrow('group is given twice')
  })

  it('never becomes the prototype of anything', () => {
    const given = JSON.parse('{"__proto__":{"admin":true},"checkpoints":[{"__proto__":{"title":"x"}}]}')
    const input = read(given)
    expect(Object.hasOwn(input, '__proto__')).toBe(true)
    expect('admin' in input).toBe(false)
  })

  it.each(OPERATIONS)('leaves every input that $name accepts as it is', ({ input }) => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), (given) => {
        const accepted = input.safeParse(given)
        if (accepted.success) expect(input.parse(fromArguments(input, given))).toEqual(accepted.data)
        else expect(() => fromArguments(input, given)).not.toThrow()
      }),
      { numRuns: 50 },
    )
  })
})
