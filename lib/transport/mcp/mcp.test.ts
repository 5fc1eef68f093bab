import { beforeAll, describe, expect, it } from 'vitest'
import { createMilestone, OPERATIONS } from '@/lib/operations'
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

  it('reads a vote, votes for the round that it has read, and then claims what was gated', async () => {
    const asked = { title: 'Deploy', requires_consensus: true }
    const { data } = await test.run(createMilestone, { group_id, title: 'Gated', checkpoints: [asked] })
    const [{ requires_proposal_id: proposal_id }] = data.checkpoints
    const of = { milestone_id: data.milestone_id, order: 1 }
    const shut = await agent.call('claim_checkpoint', of)
    expect(shut).toMatchObject({ isError: true, text: expect.stringMatching(/^consensus_required: Checkpoint 1 needs a vote/) })
    expect(shut.text).toContain('\nopen, round 1: yes 0, no 0 (needs 1 yes of 1)\n')
    expect(shut.text).toContain(`\nnext: get_proposal {"proposal_id":"${proposal_id}"}\n`)
    expect((await agent.call('get_milestone', of)).text).toContain(`\nnext: get_proposal {"proposal_id":"${proposal_id}"}`)
    expect((await agent.call('claim_next', { group: group_id, milestone_id: of.milestone_id })).text).toContain(
      `\nnext: get_proposal {"proposal_id":"${proposal_id}"}\n`,
    )
    const read = await agent.call('get_proposal', { proposal_id })
    expect(read.text).toContain(`\nread first: get_milestone {"milestone_id":"${of.milestone_id}","order":1}\n`)
    expect(read.text).toContain(`to vote yes or no: cast_vote {"proposal_id":"${proposal_id}","vote":"…","round":1}`)
    const other = await agent.call('cast_vote', { proposal_id, vote: 'yes', round: '2' })
    expect(other).toMatchObject({ isError: true, text: expect.stringMatching(/^version_mismatch: The ballot is for round 2, and /) })
    expect(other.text).toContain(`next: get_proposal {"proposal_id":"${proposal_id}"}`)
    const voted = await agent.call('cast_vote', { proposal_id, vote: 'yes', round: '1', comment: 'Tried on staging' })
    expect(voted).toMatchObject({ isError: false, text: expect.stringContaining('you voted "yes"') })
    expect(voted.text).toContain(`next: finalize_proposal {"proposal_id":"${proposal_id}"}`)
    expect((await agent.call('finalize_proposal', { proposal_id })).text).toMatch(/ approved "Deploy" /)
    expect((await agent.call('claim_checkpoint', of)).isError).toBe(false)
  })

  it('asks a group by the names of Clink, and ranks what it is asked', async () => {
    const created = await agent.call('create_proposal', {
      group: group_id,
      title: 'Which database?',
      voting_type: 'ranked',
      threshold_type: 'two_thirds',
      options: ['PostgreSQL', 'SQLite', 'Neither of them'],
      deadline_hours: '48',
    })
    const [proposal_id] = /prop_\w+/.exec(created.text) ?? expect.fail(created.text)
    const ranking = ['SQLite', 'Neither of them', 'PostgreSQL']
    const lacking = await agent.call('cast_vote', { proposal_id, vote: ranking.slice(1), round: 1 })
    expect(lacking).toMatchObject({ isError: true, text: expect.stringMatching(/^invalid: vote lacks "SQLite"/) })
    expect((await agent.call('cast_vote', { proposal_id, vote: ranking, round: 1 })).text).toContain(
      'you voted "SQLite,Neither of them,PostgreSQL"',
    )
    expect((await agent.call('list_proposals', { group: group_id, status: 'open', limit: 1 })).text).toMatch(
      new RegExp(`^${proposal_id} open "Which database\\?" ranked two_thirds round 1: "PostgreSQL" 0, "SQLite" 1, `),
    )
    const closed = await agent.call('finalize_proposal', { proposal_id, total_eligible_voters: 3 })
    expect(closed.text).toMatch(new RegExp(`^${proposal_id} passed `))
    expect(closed.text).toContain('\nresult "SQLite"')
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
