import { beforeAll, describe, expect, it } from 'vitest'
import { OPERATIONS } from '@/lib/operations'
import { type TestKey, userKey } from '@/lib/testing/client'
import { useInstance } from '@/lib/testing/instance'
import { type Agent, REVISIONS, useMcp } from '@/lib/testing/mcp'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'

describe.each(REVISIONS)('an agent that speaks MCP of %s', (revision) => {
  const test = useInstance()
  const mcp = useMcp(test)
  let key: TestKey
  let agent: Agent
  let group_id: string

  beforeAll(async () => {
    key = await userKey(test)
    group_id = await makeGroup(test)
    agent = await mcp.connect(key.secret, revision)
  })

  it('is told how to work here', () => {
    expect(agent.client.getNegotiatedProtocolVersion()).toBe(revision)
    expect(agent.client.getInstructions()).toContain('claim_next')
    expect(agent.client.getServerVersion()).toMatchObject({ name: 'cairn' })
  })

  it('is shown the tools of its daily work, and all of them if it asks', async () => {
    const { tools } = await agent.client.listTools()
    const everything = await (await mcp.connect(key.secret, revision, { query: '?tools=all' })).client.listTools()
    const names = (wanted: typeof OPERATIONS) => wanted.map(({ name }) => name)
    expect(tools.map(({ name }) => name)).toEqual(names(OPERATIONS.filter(({ atWork }) => atWork)))
    expect(everything.tools.map(({ name }) => name)).toEqual(names(OPERATIONS.filter(({ kind, secret }) => kind !== 'stream' && !secret)))
    expect(tools.length).toBeLessThan(everything.tools.length)
  })

  it('calls a tool that it is not shown', async () => {
    expect(await agent.call('get_group', { group: group_id })).toMatchObject({ isError: false, text: expect.stringContaining(group_id) })
  })

  it('plans, claims and completes in order, and is refused out of order', async () => {
    const planned = await agent.call('create_milestone', {
      group: group_id,
      title: 'Ship it',
      checkpoints: [{ title: 'Build' }, { title: 'Test', depends_on: [1] }],
    })
    const [milestone_id] = /ms_\w+/.exec(planned.text) ?? expect.fail(planned.text)
    const blocked = await agent.call('complete_checkpoint', { milestone_id, order: 2 })
    expect(blocked.isError).toBe(true)
    expect(blocked.text).toMatch(/^blocked: Checkpoint 2 depends on checkpoint 1 which is pending/)
    expect(blocked.text).toContain(`wait_for {"milestone_id":"${milestone_id}","order":2,"until":"ready"}`)
    const claimed = await agent.call('claim_next', { group: group_id, milestone_id })
    const [claim_id] = /clm_\w+/.exec(claimed.text) ?? expect.fail(claimed.text)
    expect(await agent.call('complete_checkpoint', { milestone_id, order: 1, claim_id })).toMatchObject({ isError: false })
    expect(await agent.call('complete_checkpoint', { milestone_id, order: 2 })).toMatchObject({ isError: false })
    expect((await agent.call('get_milestone', { milestone_id })).text).toMatch(new RegExp(`^${milestone_id} "Ship it" closed 2/2 `))
  })

  it('waits until what it waits for is true', async () => {
    const { milestone_id } = await makeMilestone(test, group_id, { A: [], B: ['A'] })
    const waiting = agent.call('wait_for', { milestone_id, order: 2, until: 'ready', timeout_seconds: 40 })
    await expect.poll(() => test.instance.waits.size).toBe(1)
    await agent.call('complete_checkpoint', { milestone_id, order: 1 })
    expect(await waiting).toMatchObject({ isError: false, text: expect.stringMatching(/^reached /) })
  })

  it('stops waiting when it leaves', async () => {
    const { milestone_id } = await makeMilestone(test, group_id, { A: [], B: ['A'] })
    const leaving = await mcp.connect(key.secret, revision)
    const waiting = leaving
      .call('wait_for', { milestone_id, order: 2, until: 'ready', timeout_seconds: 50 })
      .catch((error: unknown) => error)
    await expect.poll(() => test.instance.waits.size).toBe(1)
    await leaving.close()
    expect(await waiting).toBeInstanceOf(Error)
    await expect.poll(() => test.instance.waits.size).toBe(0)
  })

  it('is told of an unknown tool by an error of the protocol', async () => {
    await expect(agent.call('complete_everything', {})).rejects.toMatchObject({ code: -32_602 })
  })
})
