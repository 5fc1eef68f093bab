import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { readInput, readLine, requestFor } from '@/cli/cairn/arguments.mjs'
import { callsOf, findCall } from '@/cli/cairn/document.mjs'
import { PROBLEM_CODES } from '@/lib/domain/errors'
import { refusalText } from '@/lib/domain/text/refusal'
import type { Say } from '@/lib/domain/text/say'
import { OPERATIONS } from '@/lib/operations'
import { execute } from '@/lib/operations/execute'
import { useInstance } from '@/lib/testing/instance'
import { makeGroup } from '@/lib/testing/milestones'
import { type Ground, type Input, operationNamed, requestOf, sampleOf } from '@/lib/testing/samples'
import { splitLine } from '@/lib/testing/split-line'
import { openApi } from './openapi'
import { sayCommand } from './say'

const calls = callsOf(openApi('http://cairn.test'))

/** The parameters of a query may come in any order. */
const placeOf = (target: string) => {
  const [path, query] = target.split('?')
  return { path, query: Object.fromEntries(new URLSearchParams(query)) }
}

/** The request that the command line makes of a line that a text says. */
const requestOfLine = async (line: string) => {
  const [program, ...args] = splitLine(line)
  expect(program).toBe('cairn')
  const { command, rest } = readLine(args)
  const call = findCall(calls, command ?? '')
  if (!call) throw new Error(`${line} names no call`)
  const { input } = await readInput(call, rest, async () => null)
  const { method, path, body } = requestFor(call, input)
  return { method, ...placeOf(path), body: body === undefined ? undefined : JSON.parse(body) }
}

const expected = (name: string, input: Input) => {
  const operation = OPERATIONS.find((candidate) => candidate.name === name)
  if (!operation) throw new Error(`there is no ${name}`)
  const known = Object.entries(input).filter(([, value]) => value !== null && value !== undefined)
  const { method, path, body } = requestOf(operation, Object.fromEntries(known))
  return { method, ...placeOf(`/api${path}`), body }
}

describe('a call as a command', () => {
  const test = useInstance()
  let ground: Ground

  beforeAll(async () => {
    ground = { test, group_id: await makeGroup(test), by: test.owner }
  })

  it.each(OPERATIONS.map(({ name }) => name))('%s is read by the script as the call that it says', async (name) => {
    const operation = OPERATIONS.find((candidate) => candidate.name === name)
    const input = operation ? await sampleOf(operation, ground) : {}
    expect(await requestOfLine(sayCommand(name, input))).toEqual(expected(name, input))
  })

  it('addresses a checkpoint in words, wherever its fields stand', () => {
    const of = { milestone_id: 'ms_x', order: 3 }
    expect(sayCommand('complete_checkpoint', { ...of, claim_id: 'clm_y' })).toBe('cairn complete ms_x 3 --claim-id clm_y')
    expect(sayCommand('get_milestone', of)).toBe('cairn show ms_x 3')
    expect(sayCommand('get_milestone', { milestone_id: 'ms_x' })).toBe('cairn show ms_x')
    expect(sayCommand('wait_for', { ...of, until: 'ready' })).toBe('cairn wait ms_x 3 --until ready')
    expect(sayCommand('list_ready', { group_id: 'team', milestone_id: 'ms_x' })).toBe('cairn ready team --milestone-id ms_x')
    expect(sayCommand('fail_checkpoint', { ...of, reason: '…' })).toBe('cairn fail ms_x 3 --reason …')
    expect(sayCommand('complete_checkpoint', {})).toBe('cairn complete … …')
    expect(sayCommand('cast_vote', { proposal_id: 'prop_x', vote: 'yes', round: 2 })).toBe('cairn vote prop_x yes --round 2')
    expect(sayCommand('cast_vote', { proposal_id: 'prop_x', round: 2 })).toBe('cairn vote prop_x … --round 2')
  })

  it('says any value so that a shell and the script read it back', async () => {
    const word = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => !/\p{Cc}|[\u2028\u2029]|^\.{1,2}$/u.test(text) && text.isWellFormed())
    const given = fc.record({
      milestone_id: word.filter((text) => !text.startsWith('cp_') && !/^ms_[^:]+:./.test(text)),
      order: fc.integer({ min: 1, max: 500 }),
      title: word,
      depends_on: fc.array(
        fc.oneof(
          fc.integer({ min: 1, max: 9 }),
          word.filter((text) => !/^-?\d+$/.test(text)),
        ),
      ),
    })
    await fc.assert(
      fc.asyncProperty(given, async (input) => {
        expect(await requestOfLine(sayCommand('update_checkpoint', input))).toEqual(expected('update_checkpoint', input))
      }),
      { numRuns: 500 },
    )
    const reopening = { milestone_id: 'ms_x', order: 1, reason: '--help', cascade: false }
    expect(await requestOfLine(sayCommand('reopen_checkpoint', reopening))).toEqual(expected('reopen_checkpoint', reopening))
    expect(sayCommand('fail_checkpoint', { milestone_id: 'ms_x', order: 1, reason: 'a\nb' })).toBe('cairn fail ms_x 1 --reason …')
  })

  it('what a text or a refusal says is read by the script as the call that was meant', async () => {
    const said: [name: string, input: Input, line: string][] = []
    const say: Say = (name, input) => {
      const line = sayCommand(name, input)
      said.push([name, { ...input }, line])
      return line
    }
    for (const { name, kind } of OPERATIONS) {
      const input = await sampleOf({ ...operationNamed(kind === 'stream' ? 'get_my_permissions' : name), name }, ground)
      if (kind !== 'stream') await execute(test.instance, operationNamed(name), { input, actor: ground.by, say })
      for (const error of PROBLEM_CODES) refusalText({ error, message: '', details: {} }, input, say)
    }
    expect(said.length).toBeGreaterThan(100)
    expect(new Set(said.map(([name]) => name)).size).toBeGreaterThan(5)
    for (const [name, input, line] of said) {
      if (!line.includes('…')) expect(await requestOfLine(line), line).toEqual(expected(name, input))
      else await requestOfLine(line)
    }
  })
})
