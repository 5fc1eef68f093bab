import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  acceptInvitation,
  claimCheckpoint,
  completeCheckpoint,
  connectAgent,
  createInvitation,
  createKey,
  deleteAgentProfile,
  failCheckpoint,
  leaveGroup,
  removeMember,
  reopenCheckpoint,
  resumeAgentProfile,
  revokeKey,
  suspendAgentProfile,
  updateAgentProfile,
  updateCheckpoint,
  updateGroup,
} from '@/lib/operations'
import { addMember } from '@/lib/operations/members'
import { workspace } from '@/lib/testing/sketch'
import { type Ballots, votingIn } from '@/lib/testing/voting'
import type { Actor } from './context'

const TEAM = { group_id: 'team' }
const agentIn = ({ actor_id }: Actor) => ({ ...TEAM, agent_profile_id: actor_id })
const userIn = ({ actor_id }: Actor) => ({ ...TEAM, user_id: actor_id })

/** A group with Ada and Ben, in which whoever gates a checkpoint may vote too. */
const open = (settings: object = {}) => {
  const sketch = workspace()
  sketch.run(updateGroup, { ...TEAM, no_self_approval: false, ...settings })
  return { sketch, ada: sketch.as('Ada'), ben: sketch.as('Ben') }
}

/** Begins a new round by changing what is voted on. */
const change = ({ sketch, address }: Ballots) => sketch.run(updateCheckpoint, { ...address, description: `version ${sketch.log.length}` })

describe('the electorate of a gate', () => {
  it('[G1] is every person of the group and every active agent with a live key that may vote on it, as the event says that begins the round', () => {
    const { sketch } = open()
    sketch.group('Other')
    sketch.as('Stranger', { groups: ['other'] })
    sketch.key(sketch.as('Strange agent', { agent: true, groups: ['other'] }), { group: 'other' })
    const elsewhere = sketch.plan('elsewhere', { A: [] })
    const agent = (name: string, options: Parameters<typeof sketch.key>[1] = {}) =>
      sketch.key(sketch.as(name, { agent: true }), { group: 'team', ...options })
    agent('Voter')
    agent('Expired', { expires_at: new Date(Date.parse(sketch.now) + 1_000).toISOString() })
    agent('Mute', { permissions: { 'proposals:vote': false } })
    agent('Of another milestone', { milestone_id: elsewhere.milestone_id })
    sketch.run(revokeKey, { key_id: agent('Revoked').key_id ?? '' })
    sketch.run(suspendAgentProfile, agentIn(agent('Suspended')))
    sketch.run(deleteAgentProfile, agentIn(agent('Deleted')))
    sketch.as('Without a key', { agent: true })
    const vote = votingIn(sketch)
    expect(vote.electorate).toEqual(['Ada', 'Ben', 'Owner', 'Voter'])
    const opened = sketch.log.find(({ type }) => type === 'proposal.opened')
    expect(opened?.data).toMatchObject({ electorate: vote.proposal.electorate })
    sketch.key(sketch.as('Of this milestone', { agent: true }), { group: 'team', milestone_id: vote.plan.milestone_id })
    change(vote)
    expect(vote.electorate).toEqual(['Ada', 'Ben', 'Of this milestone', 'Owner', 'Voter'])
  })

  it('[G1] is people only if the group wants that, from the next round on', () => {
    const { sketch } = open()
    const bot = sketch.key(sketch.as('Bot', { agent: true }), { group: 'team' })
    const vote = votingIn(sketch)
    sketch.run(updateGroup, { ...TEAM, gate_voters: 'people' })
    expect(vote.electorate).toEqual(['Ada', 'Ben', 'Bot', 'Owner'])
    expect(vote.cast(bot).changed).toBe(true)
    change(vote)
    expect(vote.electorate).toEqual(['Ada', 'Ben', 'Owner'])
    expect(vote.refuse(bot)).toMatchObject({ code: 'forbidden', message: expect.stringContaining('Only people vote') })
    sketch.run(createKey, { ...agentIn(sketch.as('New', { agent: true })), name: 'key' })
    expect(vote.electorate).toEqual(['Ada', 'Ben', 'Owner'])
  })

  it('[G1] leaves out who gated the checkpoint and who last completed it or failed at it, and their agents', () => {
    const { sketch, ada, ben } = open({ no_self_approval: true })
    const agentOf = (person: Actor, name: string) => {
      const agent = sketch.key(sketch.as(name, { agent: true }), { group: 'team' })
      sketch.run(updateAgentProfile, { ...agentIn(agent), accountable_id: person.actor_id })
      return agent
    }
    agentOf(sketch.owner, 'Agent of Owner')
    agentOf(ada, 'Agent of Ada')
    agentOf(ben, 'Agent of Ben')
    const vote = votingIn(sketch)
    const out = () =>
      ['Ada', 'Agent of Ada', 'Agent of Ben', 'Agent of Owner', 'Ben', 'Owner'].filter((name) => !vote.electorate.includes(name))
    expect(out()).toEqual(['Agent of Owner', 'Owner'])
    expect(vote.refuse(sketch.owner)).toMatchObject({ code: 'forbidden', details: { missing: 'electorate' } })
    sketch.run(completeCheckpoint, vote.plan.address('Build'))
    sketch.run(failCheckpoint, { ...vote.address, reason: 'red' }, ben)
    expect(out()).toEqual(['Agent of Owner', 'Owner'])
    change(vote)
    expect(out()).toEqual(['Agent of Ben', 'Agent of Owner', 'Ben', 'Owner'])
    vote.cast(ada)
    vote.cast(sketch.as('Agent of Ada'))
    vote.finalize()
    sketch.run(completeCheckpoint, vote.address, ada)
    sketch.run(reopenCheckpoint, { ...vote.address, reason: 'late' })
    expect(out()).toEqual(['Ada', 'Agent of Ada', 'Agent of Owner', 'Owner'])
    sketch.run(updateGroup, { ...TEAM, no_self_approval: false })
    change(vote)
    expect(out()).toEqual([])
  })

  it('[G1] leaves out whose lease has expired, also as long as no event says so', () => {
    const { sketch, ben } = open({ no_self_approval: true })
    const vote = votingIn(sketch)
    sketch.run(completeCheckpoint, vote.plan.address('Build'))
    vote.cast(sketch.as('Ada'))
    vote.cast(ben)
    vote.finalize()
    sketch.run(claimCheckpoint, { ...vote.address, ttl_seconds: 30 }, ben)
    sketch.wait(60)
    sketch.run(reopenCheckpoint, { ...vote.plan.address('Build'), reason: 'late' })
    change(vote)
    expect(vote.electorate).toEqual(['Ada'])
  })

  it('[G1] leaves nobody out if that would leave nobody', () => {
    const sketch = workspace()
    const vote = votingIn(sketch)
    expect(vote.electorate).toEqual(['Owner'])
    vote.cast(sketch.owner)
    expect(vote.finalize().data).toMatchObject({ threshold_met: true, electorate: 1 })
  })
})

describe('who can vote from now on', () => {
  const added = (vote: Ballots) => vote.sketch.log.filter(({ type }) => type === 'proposal.voter_added')

  it('[G1] joins the electorates of open gates by events: with a membership, a key, or when an agent is resumed', () => {
    const { sketch } = open()
    const plain = sketch.as('Plain', { agent: true })
    const halted = sketch.key(sketch.as('Halted', { agent: true }), { group: 'team' })
    sketch.run(suspendAgentProfile, agentIn(halted))
    const guest = sketch.as('Guest', { groups: [] })
    const other = sketch.as('Other', { groups: [] })
    const vote = votingIn(sketch)
    expect(vote.electorate).toEqual(['Ada', 'Ben', 'Owner'])
    sketch.run(addMember, { ...TEAM, principal_id: guest.actor_id, role: 'member' })
    const { link } = sketch.run(createInvitation, TEAM).data
    sketch.run(acceptInvitation, { token: link ?? '' }, other)
    sketch.run(createKey, { ...agentIn(plain), name: 'key' })
    sketch.run(resumeAgentProfile, agentIn(halted))
    sketch.run(connectAgent, { ...TEAM, name: 'Connected', agent_profile_id: 'new' })
    expect(vote.electorate).toEqual(['Ada', 'Ben', 'Connected', 'Guest', 'Halted', 'Other', 'Owner', 'Plain'])
    expect(added(vote)).toHaveLength(5)
    sketch.run(createKey, { ...agentIn(plain), name: 'second key' })
    expect(added(vote)).toHaveLength(5)
  })

  it('[G1] joins only what they may vote on', () => {
    const { sketch } = open({ no_self_approval: true })
    const plain = sketch.as('Plain', { agent: true })
    const vote = votingIn(sketch)
    const elsewhere = sketch.plan('elsewhere', { A: [] })
    sketch.run(createKey, { ...agentIn(plain), name: 'mute', permissions: { 'proposals:vote': false } })
    sketch.run(createKey, { ...agentIn(plain), name: 'elsewhere', milestone_id: elsewhere.milestone_id })
    // Owner answers for it, and has gated the checkpoint.
    sketch.run(createKey, { ...agentIn(plain), name: 'own' })
    expect(vote.electorate).toEqual(['Ada', 'Ben'])
    sketch.run(updateAgentProfile, { ...agentIn(plain), accountable_id: sketch.as('Ada').actor_id })
    sketch.run(createKey, { ...agentIn(plain), name: 'fair' })
    expect(vote.electorate).toEqual(['Ada', 'Ben', 'Plain'])
  })

  it('[G1] joins no vote that is sealed, or whose deadline has passed', () => {
    const { sketch, ada, ben } = open({ gate_deadline_hours: 1 })
    const sealed = votingIn(sketch)
    sealed.cast(ada)
    sealed.cast(ben)
    sealed.finalize()
    sketch.plan('web', { Deploy: [] }, { gated: ['Deploy'] })
    sketch.wait(3_600)
    sketch.as('Late')
    expect(added(sealed)).toEqual([])
  })

  it('[G1] makes the group larger over which a vote is counted', () => {
    const { sketch, ada, ben } = open()
    const vote = votingIn(sketch)
    vote.cast(ada)
    vote.cast(ben)
    sketch.as('Cleo')
    expect(vote.unfinalized()).toBe('undecided')
    vote.cast(sketch.as('Cleo'))
    expect(vote.finalize().data).toMatchObject({ threshold_met: true, electorate: 4, tally: { yes: 3, no: 0 } })
  })
})

describe('whoever leaves', () => {
  it('[G1] stays in the count, and their ballot stops counting until they are back', () => {
    const { sketch, ada, ben } = open()
    const vote = votingIn(sketch)
    vote.cast(ada)
    vote.cast(ben)
    sketch.run(removeMember, userIn(ben))
    expect(vote.electorate).toEqual(['Ada', 'Ben', 'Owner'])
    expect(vote.unfinalized()).toBe('undecided')
    expect(vote.cast(sketch.owner, 'no').data).toMatchObject({
      decided: 'rejected',
      electorate: 3,
      vote_count: 2,
      tally: { yes: 1, no: 1 },
    })
    sketch.run(addMember, { ...TEAM, principal_id: ben.actor_id, role: 'member' })
    expect(vote.finalize().data).toMatchObject({ threshold_met: true, tally: { yes: 2, no: 1 } })
  })

  it('[G1] does not count if it is an agent that is suspended, and is named with the seal', () => {
    const { sketch, ada } = open()
    const bot = sketch.key(sketch.as('Bot', { agent: true }), { group: 'team' })
    const vote = votingIn(sketch)
    vote.cast(bot)
    vote.cast(ada)
    sketch.run(suspendAgentProfile, agentIn(bot))
    vote.cast(sketch.owner)
    expect(vote.unfinalized()).toBe('undecided')
    vote.cast(sketch.as('Ben'))
    expect(vote.finalize().data).toMatchObject({ threshold_met: true, electorate: 4, tally: { yes: 3, no: 0 } })
    expect(vote.proposal.uncounted).toEqual([bot.actor_id])
    expect(vote.refuse(bot).code).toBe('unauthenticated')
  })

  it('[G1] passes no gate: what was not approved is not approved', () => {
    const names = ['Owner', 'Ada', 'Ben', 'Cleo']
    const ballots = fc.tuple(...names.map(() => fc.constantFrom('yes', 'yes', 'no', null)))
    const settings = fc.record({ gate_threshold: fc.constantFrom('majority' as const, 'two_thirds' as const, 'unanimous' as const) })
    const reached = new Set<boolean>()
    fc.assert(
      fc.property(ballots, settings, fc.shuffledSubarray(names.slice(1), { minLength: 1 }), (votes, setting, leavers) => {
        const { sketch } = open(setting)
        for (const name of names) sketch.as(name)
        const vote = votingIn(sketch)
        for (const [at, said] of votes.entries()) if (said) vote.cast(sketch.as(names[at] ?? ''), said)
        const was = vote.read().decided === 'approved'
        for (const name of leavers) sketch.run(leaveGroup, TEAM, sketch.as(name))
        reached.add(was)
        expect(!was && vote.read().decided === 'approved').toBe(false)
        const isSealed = vote.read().decided === null ? vote.unfinalized() !== 'undecided' : vote.finalize().data.threshold_met
        expect(!was && isSealed).toBe(false)
      }),
      { numRuns: 100 },
    )
    expect(reached.size).toBe(2)
  })
})
