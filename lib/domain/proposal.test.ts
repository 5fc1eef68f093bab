import { describe, expect, it } from 'vitest'
import {
  castVote,
  completeCheckpoint,
  createProposal,
  finalizeProposal,
  leaveGroup,
  reopenCheckpoint,
  resumeAgentProfile,
  startRoundOperation,
  suspendAgentProfile,
  updateCheckpoint,
  updateGroup,
  withdrawCheckpoint,
} from '@/lib/operations'
import { byPerson } from '@/lib/testing/authors'
import { workspace } from '@/lib/testing/sketch'
import { Ballots, votingIn } from '@/lib/testing/voting'
import { GateThreshold } from './schemas/proposal'

/** A gate on which Ada, Ben and Cleo may vote, with the group's settings. */
const gate = (settings: object = {}) => {
  const sketch = workspace()
  const [ada, ben, cleo] = [sketch.as('Ada'), sketch.as('Ben'), sketch.as('Cleo')]
  sketch.run(updateGroup, { group_id: 'team', ...settings })
  return { sketch, ada, ben, cleo, vote: votingIn(sketch) }
}

const types = (events: readonly { type: string }[]) => events.map(({ type }) => type)
const REASON = { reason: 'late' }

describe('a gate', () => {
  it.each([
    ['majority', 2],
    ['two_thirds', 2],
    ['unanimous', 3],
  ] as const)('[G1] passes by %s of all who may vote, with %i of 3, and is undecided before', (gate_threshold, needed) => {
    const { sketch, vote, ...people } = gate({ gate_threshold })
    sketch.run(completeCheckpoint, vote.plan.address('Build'))
    for (const voter of [people.ada, people.ben, people.cleo].slice(0, needed)) {
      expect(vote.unfinalized()).toBe('undecided')
      expect(vote.read()).toMatchObject({ decided: null, votes_needed: needed })
      expect(sketch.refused(completeCheckpoint, vote.address).code).toBe('consensus_required')
      vote.cast(voter)
    }
    expect(vote.read()).toMatchObject({ status: 'open', decided: 'approved' })
    // That it is decided is not enough: somebody says so.
    expect(sketch.refused(completeCheckpoint, vote.address).code).toBe('consensus_required')
    expect(vote.finalize().data).toMatchObject({ status: 'finalized', threshold_met: true, result: 'yes', electorate: 3 })
    expect(vote.unfinalized()).toBe('proposal_finalized')
    expect(sketch.run(completeCheckpoint, vote.address).changed).toBe(true)
  })

  it('[G1] is rejected as soon as those who have not voted cannot make it pass', () => {
    const { vote, ada, ben } = gate({ gate_threshold: 'two_thirds' })
    vote.cast(ada, 'no')
    expect(vote.unfinalized()).toBe('undecided')
    vote.cast(ben, 'no')
    expect(vote.finalize().data).toMatchObject({ threshold_met: false, result: 'no' })
  })

  it('[G1] takes no number of voters from whoever finalizes it', () => {
    const { sketch, vote, ada } = gate()
    vote.cast(ada)
    const input = { proposal_id: vote.proposal.proposal_id, total_eligible_voters: 1 }
    expect(sketch.refused(finalizeProposal, input).code).toBe('undecided')
  })

  it('[G1] is sealed by the ballot that decides it, and by none before, if the group wants that', () => {
    const { vote, ada, ben } = gate({ gate_auto_finalize: true })
    expect(types(vote.cast(ada).events)).toEqual(['ballot.cast'])
    const { events, data } = vote.cast(ben)
    expect(events).toMatchObject([
      { type: 'ballot.cast' },
      { type: 'proposal.finalized', data: { by: 'ballot', tally: { yes: 2, no: 0 } } },
    ])
    expect(data).toMatchObject({ status: 'finalized', threshold_met: true, vote_count: 2, sealed_by_name: 'Ben' })
  })

  it.each(GateThreshold.options)('[G1] with an electorate of nobody never passes: %s', (threshold_type) => {
    const { sketch, vote } = gate()
    const { group_id, milestone_id, project_id } = vote.plan.milestone
    const { checkpoint_id } = vote.plan.at('Build')
    const scope = { group_id, milestone_id, project_id, checkpoint_id }
    const data = { ...vote.proposal, proposal_id: 'prop_empty', electorate: [], threshold_type }
    sketch.record(
      [
        { ...scope, type: 'checkpoint.gated', data: { proposal_id: 'prop_empty' } },
        { ...scope, type: 'proposal.opened', data },
      ],
      byPerson(sketch.owner),
    )
    const nobody = new Ballots(sketch, vote.plan, 'Build')
    expect(nobody.refuse(sketch.as('Ada')).code).toBe('forbidden')
    expect(nobody.finalize().data).toMatchObject({ threshold_met: false, result: null, electorate: 0 })
    expect(sketch.refused(completeCheckpoint, nobody.address).code).toBe('consensus_required')
  })
})

describe('a deadline', () => {
  const HOURS = { gate_deadline_hours: 1 }

  it('[G1] rejects what is undecided, by the clock, and the next change that meets it writes so', () => {
    const { sketch, vote, ada } = gate(HOURS)
    const { deadline, proposal_id } = vote.proposal
    vote.cast(ada)
    sketch.wait(3_600)
    const said = {
      status: 'finalized',
      threshold_met: false,
      finalized_at: deadline,
      sealed_by: null,
      tally: { yes: 1, no: 0 },
      result: 'no',
    }
    expect(vote.read()).toMatchObject(said)
    expect(vote.proposal.status).toBe('open')
    const { events } = sketch.run(updateCheckpoint, { ...vote.address, title: 'Deploy all' })
    expect(types(events)).toEqual(['checkpoint.updated', 'proposal.finalized', 'proposal.round_started'])
    expect(events[1]).toMatchObject({ data: { proposal_id, round: 1, by: 'deadline', threshold_met: false } })
    expect(vote.read()).toMatchObject({ status: 'open', round: 2 })
  })

  it('[G1] is told by whoever finalizes, and by whoever begins a new round', () => {
    const { sketch, vote, ada } = gate(HOURS)
    vote.cast(ada)
    sketch.wait(3_600)
    expect(vote.finalize().events).toMatchObject([{ type: 'proposal.finalized', data: { by: 'deadline', eligible: 3 } }])
    const { proposal_id } = vote.proposal
    sketch.run(startRoundOperation, { proposal_id, ...REASON })
    sketch.wait(3_600)
    expect(types(sketch.run(startRoundOperation, { proposal_id, ...REASON }).events)).toEqual([
      'proposal.finalized',
      'proposal.round_started',
    ])
    expect(vote.proposal).toMatchObject({ round: 3, round_reason: 'late' })
  })

  it('[G1] lets no gate pass by the clock: what is approved stays so until somebody finalizes it', () => {
    const { sketch, vote, ada, ben } = gate(HOURS)
    vote.cast(ada)
    vote.cast(ben)
    sketch.wait(3_600)
    sketch.run(completeCheckpoint, vote.plan.address('Build'))
    expect(vote.read()).toMatchObject({ status: 'open', voting_open: false, decided: 'approved' })
    expect(sketch.refused(completeCheckpoint, vote.address).code).toBe('consensus_required')
    expect(sketch.refused(startRoundOperation, { proposal_id: vote.proposal.proposal_id, ...REASON }).code).toBe('not_rejected')
    expect(vote.finalize().events).toMatchObject([{ data: { by: 'call', threshold_met: true } }])
    expect(sketch.run(completeCheckpoint, vote.address).changed).toBe(true)
  })

  it('[G1] has rejected what it found without enough votes, also if a ballot counts again later', () => {
    const { sketch, vote, ada } = gate(HOURS)
    const bot = sketch.key(sketch.as('Bot', { agent: true }), { group: 'team' })
    const agent = { group_id: 'team', agent_profile_id: bot.actor_id }
    sketch.run(updateGroup, { group_id: 'team', no_self_approval: false })
    sketch.run(updateCheckpoint, { ...vote.address, title: 'Deploy all' })
    for (const voter of [ada, bot, sketch.owner]) vote.cast(voter)
    sketch.run(suspendAgentProfile, agent)
    sketch.wait(3_600)
    expect(vote.read()).toMatchObject({ status: 'finalized', threshold_met: false })
    const { events } = sketch.run(resumeAgentProfile, agent)
    expect(types(events)).toEqual(['agent_profile.resumed', 'proposal.finalized'])
    expect(vote.read()).toMatchObject({ status: 'finalized', threshold_met: false, tally: { yes: 2, no: 0 }, electorate: 5 })
    expect(vote.unfinalized()).toBe('proposal_finalized')
  })

  it('of a question that gates nothing closes it for ballots, and it is finalized by a call', () => {
    const { sketch, ada, ben } = gate()
    const { proposal_id } = sketch.run(createProposal, { group_id: 'team', title: 'Which?', deadline_hours: 1 }).data
    sketch.run(castVote, { proposal_id, vote: 'yes' }, ada)
    sketch.wait(3_600)
    expect(sketch.refused(castVote, { proposal_id, vote: 'yes' }, ben).code).toBe('proposal_finalized')
    expect(sketch.run(finalizeProposal, { proposal_id }).data).toMatchObject({
      threshold_met: true,
      result: 'yes',
      sealed_by_name: 'Owner',
    })
  })
})

describe('a new round of a gate', () => {
  it('[G1] begins with the settings of the time, without the ballots of the round before, which stay readable', () => {
    const { sketch, vote, ada, ben } = gate()
    vote.cast(ada)
    vote.cast(ben)
    vote.finalize()
    sketch.run(updateGroup, { group_id: 'team', gate_threshold: 'unanimous', gate_deadline_hours: 2, gate_auto_finalize: true })
    expect(vote.proposal).toMatchObject({ threshold_type: 'majority', deadline: null, auto_finalize: false, status: 'finalized' })
    sketch.run(updateCheckpoint, { ...vote.address, title: 'Deploy all' })
    expect(vote.read()).toMatchObject({
      round: 2,
      status: 'open',
      threshold_type: 'unanimous',
      votes_needed: 3,
      tally: { yes: 0, no: 0 },
      votes: [],
    })
    expect(vote.read().earlier_votes).toMatchObject([
      { voter_name: 'Ada', round: 1, counts: false },
      { voter_name: 'Ben', round: 1, counts: false },
    ])
    expect(vote.unfinalized()).toBe('undecided')
    expect(vote.proposal).toMatchObject({ auto_finalize: true, deadline: expect.any(String) })
  })

  it('[G1] begins with a withdrawal of what it waited for, and with a cascade of reopening', () => {
    const { sketch, vote, ada, ben } = gate()
    vote.cast(ada)
    vote.cast(ben)
    vote.finalize()
    sketch.run(completeCheckpoint, vote.plan.address('Build'))
    sketch.run(completeCheckpoint, vote.address)
    sketch.run(reopenCheckpoint, { ...vote.plan.address('Build'), ...REASON, cascade: true })
    expect(vote.proposal).toMatchObject({ round: 2, status: 'open', threshold_met: null })
    vote.cast(ada)
    sketch.run(withdrawCheckpoint, { ...vote.plan.address('Build'), ...REASON })
    expect(vote.read()).toMatchObject({ round: 3, status: 'open', vote_count: 0 })
    expect(sketch.refused(completeCheckpoint, vote.address).code).toBe('consensus_required')
  })

  it('[G1] follows a rejection, with a reason, and neither an open vote nor one that has passed', () => {
    const { sketch, vote, ada, ben, cleo } = gate()
    const { proposal_id } = vote.proposal
    const again = { proposal_id, ...REASON }
    expect(sketch.refused(startRoundOperation, again).code).toBe('not_rejected')
    vote.cast(ada, 'no')
    vote.cast(ben, 'no')
    expect(sketch.refused(startRoundOperation, again).code).toBe('not_rejected')
    vote.finalize()
    expect(sketch.refused(startRoundOperation, { proposal_id, reason: ' ' }).code).toBe('invalid')
    expect(sketch.run(startRoundOperation, again, cleo).data).toMatchObject({
      round: 2,
      status: 'open',
      round_reason: 'late',
      vote_count: 0,
    })
    vote.cast(ada)
    vote.cast(cleo)
    vote.finalize()
    expect(sketch.refused(startRoundOperation, again).code).toBe('not_rejected')
  })
})

describe('a lifted gate', () => {
  const lifted = { requires_consensus: false, ...REASON }

  it('[P1] needs an admin who may loosen plans, and a reason, and takes the vote with it', () => {
    const { sketch, vote, ada } = gate()
    vote.cast(ada)
    const { proposal_id } = vote.proposal
    const { address } = vote
    expect(sketch.refused(updateCheckpoint, { ...address, requires_consensus: false }).code).toBe('invalid')
    expect(sketch.refused(updateCheckpoint, { ...address, ...lifted }, ada).code).toBe('forbidden')
    const key = sketch.key(sketch.owner, { permissions: { 'milestones:relax': false } })
    expect(sketch.refused(updateCheckpoint, { ...address, ...lifted }, key).code).toBe('forbidden')
    expect(sketch.refused(updateCheckpoint, { ...address, ...lifted }, sketch.as('Bot', { agent: true })).code).toBe('forbidden')
    expect(sketch.run(updateCheckpoint, { ...address, ...lifted }).events).toMatchObject([
      { type: 'checkpoint.gate_lifted', data: { proposal_id, reason: 'late' } },
    ])
    expect([sketch.world.all('proposal'), sketch.world.all('ballot')]).toEqual([[], []])
    expect(sketch.refused(castVote, { proposal_id, vote: 'yes' }, ada).code).toBe('not_found')
    sketch.run(completeCheckpoint, vote.plan.address('Build'))
    expect(sketch.run(completeCheckpoint, address).changed).toBe(true)
  })

  it('[P1] [C1] is neither lifted from nor set before completed work', () => {
    const { sketch, vote, ada, ben } = gate()
    vote.cast(ada)
    vote.cast(ben)
    vote.finalize()
    sketch.run(completeCheckpoint, vote.plan.address('Build'))
    sketch.run(completeCheckpoint, vote.address)
    expect(sketch.refused(updateCheckpoint, { ...vote.address, ...lifted }).code).toBe('checkpoint_completed')
    const build = vote.plan.address('Build')
    expect(sketch.refused(updateCheckpoint, { ...build, requires_consensus: true }).code).toBe('checkpoint_completed')
  })

  it('[G1] can be set again, with a new vote of those whom who sets it leaves', () => {
    const { sketch, vote, ada } = gate()
    sketch.run(updateCheckpoint, { ...vote.address, ...lifted })
    sketch.run(updateCheckpoint, { ...vote.address, requires_consensus: true }, ada)
    expect(vote.electorate).toEqual(['Ben', 'Cleo', 'Owner'])
    expect(vote.proposal).toMatchObject({ round: 1, status: 'open' })
  })
})

describe('a gate from before there were electorates', () => {
  /** One whose event names nothing but the proposal. */
  const old = () => {
    const { sketch, vote, ...people } = gate()
    const { group_id, milestone_id, project_id } = vote.plan.milestone
    const { checkpoint_id } = vote.plan.at('Build')
    const scope = { group_id, milestone_id, project_id, checkpoint_id }
    sketch.record(
      [
        { ...scope, type: 'checkpoint.gated', data: { proposal_id: 'prop_old' } },
        { ...scope, type: 'proposal.opened', data: { proposal_id: 'prop_old' } },
      ],
      byPerson(sketch.owner),
    )
    sketch.wait(60)
    return { sketch, vote: new Ballots(sketch, vote.plan, 'Build'), ...people }
  }

  it('[G1] is read as in its next round, which the first ballot writes, of those who may vote then', () => {
    const { sketch, vote, ada, ben } = old()
    expect(vote.read()).toMatchObject({ round: 2, status: 'open', electorate: 3, votes_needed: 2, decided: null, voting_open: true })
    expect(vote.unfinalized()).toBe('undecided')
    sketch.run(leaveGroup, { group_id: 'team' }, sketch.as('Cleo'))
    expect(vote.refuse(ada, 'yes', { round: 1 }).code).toBe('version_mismatch')
    const { events, data } = vote.cast(ada, 'yes', {})
    expect(types(events)).toEqual(['proposal.round_started', 'ballot.cast'])
    expect(data).toMatchObject({ round: 2, electorate: 2, vote_count: 1 })
    vote.cast(ben)
    vote.finalize()
    expect(sketch.run(completeCheckpoint, vote.address).changed).toBe(true)
  })

  it('[G1] begins a round that nobody has read yet when its content changes, so that no ballot is for another content', () => {
    const { sketch, vote, ada } = old()
    const { round } = vote.read()
    sketch.run(updateCheckpoint, { ...vote.address, title: 'Build all' })
    expect(vote.read()).toMatchObject({ status: 'open', electorate: 3, vote_count: 0 })
    expect(vote.refuse(ada, 'yes', { round }).code).toBe('version_mismatch')
  })
})
