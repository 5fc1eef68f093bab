import { beforeAll, describe, expect, it } from 'vitest'
import { OPERATIONS } from '@/lib/operations'
import type { Operation } from '@/lib/operations/define'
import { type TestKey, userKey } from '@/lib/testing/client'
import { useInstance } from '@/lib/testing/instance'
import { type CallTool, toolAs } from '@/lib/testing/mcp'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { type Input, requestOf, sampleOf } from '@/lib/testing/samples'
import { eventsAfter, positionOf } from '@/lib/testing/watch'
import { handleRest } from '../rest'
import { findTool } from './tools'

const TOOLS = OPERATIONS.flatMap(({ name }) => findTool(name) ?? [])

describe('a call says the same by REST and by MCP', () => {
  const test = useInstance()
  let key: TestKey
  let tool: CallTool
  let group_id: string

  beforeAll(async () => {
    key = await userKey(test)
    tool = toolAs(test, key.secret)
    group_id = await makeGroup(test)
    // With the first milestone, a group also gets its default project.
    await makeMilestone(test, group_id, { A: [] })
  })

  const sample = (operation: Operation): Promise<Input> => sampleOf(operation, { test, group_id, by: test.owner })

  /** The short text that REST answers. */
  const rest = async (operation: Operation, input: Input): Promise<string> => {
    const { method, path, body } = requestOf(operation, input)
    const headers = { authorization: `Bearer ${key.secret}`, accept: 'text/plain', ...(body && { 'content-type': 'application/json' }) }
    const sent = new Request(`http://cairn.test/api${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    return (await (await handleRest(test.instance, sent)).text()).trimEnd()
  }

  /** Without what differs from call to call, and without the lines that tell the next calls, which each says in its own form. */
  const facts = (text: string): string[] =>
    text
      .split('\n')
      .filter((line) => !/^(next|when done|if it fails|for more time|read first|to (vote|rank) [^:]*): /.test(line))
      .map((line) =>
        line
          .replace(/\b(ms|cp|clm|proj|prop|usr|ap|key|inv)_[a-z2-7]{12}\b/g, '$1_')
          .replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'uuid')
          .replace(/ v\d+$/, ' v')
          .replace(/…[a-z2-7]{4}\b/, 'hint')
          .replace(/last used .*/, 'last used')
          .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time')
          .replace(/\b(Plan|Project|Group|About|Renamed|Step|Done|Key|Person|Agent|Beside|Question|Gated)[ -]\d+/gi, '$1'),
      )

  const written = async (run: () => Promise<unknown>): Promise<string[]> => {
    const { seq } = await positionOf(test)
    await run()
    return (await eventsAfter(test, seq)).map(({ type }) => type)
  }

  it.each(TOOLS.map((operation) => [operation.name, operation] as const))('%s', async (name, operation) => {
    const isChange = operation.kind === 'mutation'
    const input = await sample(operation)
    let byRest = ''
    const eventsByRest = await written(async () => {
      byRest = await rest(operation, input)
    })
    const again = isChange ? await sample(operation) : input
    let byMcp = ''
    const eventsByMcp = await written(async () => {
      const { text, isError } = await tool(name, again)
      expect(isError, text).toBe(false)
      byMcp = text
    })
    expect(eventsByMcp).toEqual(eventsByRest)
    expect(isChange).toBe(eventsByMcp.length > 0)
    expect(facts(byMcp)).toEqual(facts(byRest))
  })

  it.each(TOOLS.map((operation) => [operation.name, operation] as const))('%s, refused', async (name, operation) => {
    const wrong = { ...(await sample(operation)), no_such_field: 1 }
    const { text, isError } = await tool(name, wrong)
    expect(isError).toBe(true)
    expect(text).toMatch(/^invalid: no_such_field is not a field of this call\n/)
    expect(facts(text)[0]).toBe(facts(await rest(operation, wrong))[0])
  })

  it('and the text of a call that makes a claim names the tools', async () => {
    const claim = TOOLS.find(({ name }) => name === 'claim_checkpoint') ?? expect.fail()
    const { text } = await tool('claim_checkpoint', await sample(claim))
    expect(text).toMatch(/^(when done|next): complete_checkpoint \{"milestone_id":"ms_\w+","order":1,"claim_id":"clm_\w+"\}$/m)
  })
})
