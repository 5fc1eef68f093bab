import { beforeAll, describe, expect, it } from 'vitest'
import type { Actor } from '@/lib/domain/context'
import { NOWHERE } from '@/lib/domain/events'
import { newId } from '@/lib/domain/ids'
import { LIMITS } from '@/lib/domain/limits'
import { agentKey, groupKey, join, keyWith, makePerson, record, type TestKey } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup } from '@/lib/testing/milestones'
import { expectSound } from '@/lib/testing/soundness'
import { refusal, watch } from '@/lib/testing/watch'
import { sayTool } from '@/lib/transport/say'
import {
  castVote,
  completeCheckpoint,
  countVotes,
  createMilestone,
  createProposal,
  deleteCheckpoint,
  finalizeProposal,
  getMilestoneOperation,
  getProposalOperation,
  leaveGroup,
  listOwnProposals,
  listProposals,
  removeMember,
  reopenCheckpoint,
  startRoundOperation,
  updateCheckpoint,
  updateGroup,
} from '.'
import type { Operation } from './define'
import { execute } from './execute'

const PAST = '2026-01-01T00:00:00.000Z'

describe('votes', () => {
  const test = useInstance()
  let ada: Actor
  let ben: Actor
  let cleo: Actor
  let stranger: Actor

  beforeAll(async () => {
    ada = await makePerson(test, 'Ada')
    ben = await makePerson(test, 'Ben')
    cleo = await makePerson(test, 'Cleo')
    stranger = await makePerson(test, 'Stranger')
  })

  /** A group of the owner and these people. */
  const team = async (people: readonly Actor[] = [ada, ben, cleo], settings: object = {}): Promise<string> => {
    const group_id = await makeGroup(test)
    for (const person of people) await join(test, group_id, person)
    await test.run(updateGroup, { group_id, ...settings })
    return group_id
  }

  const ask = async (group_id: string, more: object = {}): Promise<string> =>
    (await test.run(createProposal, { group_id, title: 'Which database do we use?', ...more })).data.proposal_id

  /** Gates a checkpoint that another one waits for. */
  const gate = async (group_id: string, by = test.owner): Promise<{ milestone_id: string; proposal_id: string; scope: Data }> => {
    const checkpoints = [
      { title: 'Deploy to production', requires_consensus: true },
      { title: 'Announce', depends_on: [1] },
    ]
    const { data } = await test.run(createMilestone, { group_id, title: 'Ship Feature X', checkpoints }, by)
    const { milestone_id, project_id } = data
    const [{ checkpoint_id, requires_proposal_id: proposal_id }] = data.checkpoints
    return { milestone_id, proposal_id, scope: { ...NOWHERE, group_id, project_id, milestone_id, checkpoint_id } }
  }

  /** A gate whose deadline has passed. */
  const overdueGate = async (group_id: string) => {
    const gated = await gate(group_id)
    const [electorate, threshold_type] = [[ada.actor_id, ben.actor_id, cleo.actor_id].sort(), 'majority'] as const
    const settings = { voters: 'everyone', no_self_approval: true, auto_finalize: false } as const
    const round = { proposal_id: gated.proposal_id, round: 2, electorate, threshold_type, deadline: PAST, ...settings }
    await record(test, [{ ...gated.scope, type: 'proposal.round_started', data: round }])
    return gated
  }

  const get = async (proposal_id: string, by = test.owner): Promise<Data> =>
    (await test.run(getProposalOperation, { proposal_id }, by)).data
  const vote = (proposal_id: string, vote: string, by: Actor, round = 1) => test.run(castVote, { proposal_id, vote, round }, by)

  describe('create_proposal', () => {
    it('answers with the whole proposal, in which nothing is null that has a value, and writes one event', async () => {
      const group_id = await team()
      const asked = { group_id, title: 'Which database?', voting_type: 'single', options: [' PostgreSQL', 'SQLite '], deadline_hours: 48 }
      const { data, events, types } = await watch(test, createProposal, asked)
      expect(types).toEqual(['proposal.created'])
      expect(data).toMatchObject({
        ...{ group_id, title: 'Which database?', description: '', proposer_id: test.owner.actor_id, proposer_name: 'Owner' },
        ...{ voting_type: 'single', threshold_type: 'majority', options: ['PostgreSQL', 'SQLite'], status: 'open', round: 1 },
        ...{ result: null, threshold_met: null, finalized_at: null, sealed_by: null, vote_count: 0, votes: [], earlier_votes: [] },
        ...{ tally: { PostgreSQL: 0, SQLite: 0 }, linked_milestone_id: null, linked_checkpoint_order: null, linked_checkpoint_id: null },
        ...{ electorate: 4, votes_needed: null, decided: null, voting_open: true, you_may_vote: true, your_vote: null, unblocks: 0 },
        url: `http://cairn.test/proposals/${data.proposal_id}`,
      })
      expect(Date.parse(data.deadline) - Date.parse(data.created_at)).toBe(48 * 3_600_000)
      expect(data.not_voted.map(({ name }: Data) => name)).toEqual(['Ada', 'Ben', 'Cleo', 'Owner'])
      expect(events[0]).toMatchObject({
        group_id,
        milestone_id: null,
        data: { title: 'Which database?', options: ['PostgreSQL', 'SQLite'] },
      })
      const { data: usual } = await test.run(createProposal, { group_id, title: 'Shall we?' })
      expect(usual).toMatchObject({
        voting_type: 'yes_no',
        threshold_type: 'majority',
        options: [],
        tally: { yes: 0, no: 0 },
        deadline: null,
      })
    })

    const options = (count: number) => Array.from({ length: count }, (_, at) => `Option ${at + 1}`)
    it.each<[string, object, string, RegExp]>([
      ['options of a vote of yes or no', { options: ['a', 'b'] }, 'options', /not given to a vote of yes or no/],
      ['no options', { voting_type: 'single' }, 'options', /at least two options/],
      ['one option', { voting_type: 'ranked', options: ['a'] }, 'options', /at least two options for a ranked vote/],
      ['more options than there may be', { voting_type: 'single', options: options(LIMITS.options + 1) }, 'options', /more than 20/],
      ['100 options', { voting_type: 'ranked', options: options(100) }, 'options', /more than 20/],
      ['an option twice', { voting_type: 'single', options: ['a', 'b', 'a'] }, 'options', /twice/],
      ['options that differ in case', { voting_type: 'ranked', options: ['Yes', 'yES'] }, 'options', /twice/],
      ['options that differ in blanks', { voting_type: 'ranked', options: ['a', ' a '] }, 'options', /twice/],
      ['options that are composed in two ways', { voting_type: 'single', options: ['é', 'e\u0301'] }, 'options', /twice/],
      ['an option with a comma', { voting_type: 'single', options: ['a, b', 'c'] }, 'options.0', /comma/],
      ['an option that shows nothing', { voting_type: 'single', options: ['\u200b', 'c'] }, 'options.0', /./],
      ['an option of two lines', { voting_type: 'single', options: ['a\nb', 'c'] }, 'options.0', /./],
      ['another kind of vote', { voting_type: 'approval' }, 'voting_type', /./],
      ['another threshold', { threshold_type: 'most' }, 'threshold_type', /./],
      ['no title', { title: ' ' }, 'title', /./],
      ['a deadline that has passed', { deadline_hours: 0 }, 'deadline_hours', /less than 1/],
      ['a deadline in part of an hour', { deadline_hours: 1.5 }, 'deadline_hours', /./],
      ['a deadline after more than a year', { deadline_hours: 8_761 }, 'deadline_hours', /a year/],
      ['a checkpoint to gate', { linked_milestone_id: 'ms_x' }, 'linked_milestone_id', /./],
    ])('refuses %s, and names the field', async (_what, more, path, message) => {
      const refused = await refusal(test, createProposal, { group_id: await team([]), title: 'Which?', ...more })
      expect(refused).toMatchObject({ code: 'invalid', details: { fields: [{ path, message: expect.stringMatching(message) }] } })
    })

    it('takes as many options as there may be, and counts a ballot that ranks them all', async () => {
      const group_id = await team()
      const long = Array.from({ length: LIMITS.options }, (_, at) => `${at} ${'x'.repeat(LIMITS.title)}`.slice(0, LIMITS.title))
      const proposal_id = await ask(group_id, { voting_type: 'ranked', options: long })
      const { data } = await vote(proposal_id, [...long].reverse().join(', '), ada)
      expect(data.votes[0].vote.split(',')).toEqual([...long].reverse())
    })
  })

  it('tells who has not voted, people before agents, each by name', async () => {
    const group_id = await team([ben, ada])
    await agentKey(test, group_id, 'Aaron')
    const { not_voted } = await get(await ask(group_id))
    expect(not_voted.map(({ name }: Data) => name)).toEqual(['Ada', 'Ben', 'Owner', 'Aaron'])
  })

  describe('cast_vote', () => {
    it('takes an option however its letters are composed, and keeps it as it was asked', async () => {
      const [composed, decomposed] = ['Caf\u00e9', 'Cafe\u0301']
      const group_id = await team()
      const single = await ask(group_id, { voting_type: 'single', options: [composed, 'Bar'] })
      expect((await watch(test, castVote, { proposal_id: single, vote: decomposed }, ada)).data.your_vote).toBe(composed)
      const ranked = await ask(group_id, { voting_type: 'ranked', options: [decomposed, 'Bar'] })
      expect((await watch(test, castVote, { proposal_id: ranked, vote: `Bar,${composed}` }, ada)).data.your_vote).toBe(`Bar,${decomposed}`)
    })

    it('keeps the ballot with who cast it, when and why, and counts it', async () => {
      const proposal_id = await ask(await team())
      const input = { proposal_id, vote: ' YES ', comment: 'It is tried and tested', round: 1 }
      const { data, events, types } = await watch(test, castVote, input, ada)
      expect(types).toEqual(['ballot.cast'])
      expect(events[0]).toMatchObject({
        actor_id: ada.actor_id,
        data: { proposal_id, round: 1, vote: 'yes', comment: 'It is tried and tested' },
      })
      expect(data).toMatchObject({ your_vote: 'yes', you_may_vote: false, vote_count: 1, tally: { yes: 1, no: 0 }, result: null })
      expect(data.votes).toEqual([
        {
          ...{ voter_id: ada.actor_id, voter_name: 'Ada', voter_type: 'user', voter_for_name: null },
          ...{ vote: 'yes', comment: 'It is tried and tested', round: 1, counts: true, voted_at: expect.stringMatching(/Z$/) },
        },
      ])
      expect(data.not_voted).toHaveLength(3)
    })

    it('is once for each voter, also under another key, and says what stands', async () => {
      const group_id = await team()
      const proposal_id = await ask(group_id)
      await vote(proposal_id, 'no', ada)
      const key = await groupKey(test, group_id, ada)
      for (const by of [ada, key.actor]) {
        const refused = await refusal(test, castVote, { proposal_id, vote: 'yes', round: 1 }, by)
        expect(refused).toMatchObject({ code: 'already_voted', details: { proposal_id, vote: 'no', voted_at: expect.any(String) } })
      }
      expect((await vote(proposal_id, 'yes', ben)).data.tally).toEqual({ yes: 1, no: 1 })
    })

    it('[H4] is repeated under its idempotency key as one ballot', async () => {
      const proposal_id = await ask(await team())
      const input = { proposal_id, vote: 'yes', round: 1 }
      const first = await test.run(castVote, input, ada, { idempotency_key: 'ballot' })
      const again = await watch(test, castVote, input, ada, { idempotency_key: 'ballot' })
      expect(again).toMatchObject({ replayed: true, seq: first.seq, types: [], data: { vote_count: 1 } })
    })

    it.each([
      ['yes_no', [], 'maybe', /"yes" or "no"/],
      ['yes_no', [], 'yes,no', /"yes" or "no"/],
      ['single', ['Red', 'Blue'], 'Green', /"Red" or "Blue"/],
      ['single', ['Red', 'Blue'], 'red', /"Red" or "Blue"/],
      ['single', ['Red', 'Blue'], 'Red,Blue', /"Red" or "Blue"/],
      ['ranked', ['Red', 'Blue', 'Green'], 'Red,Blue,Blue', /"Blue" twice/],
      ['ranked', ['Red', 'Blue', 'Green'], 'Red,Blue', /lacks "Green".*"Red,Blue,Green"/],
      ['ranked', ['Red', 'Blue', 'Green'], 'Red,Blue,Green,Red', /"Red" twice/],
      ['ranked', ['Red', 'Blue', 'Green'], 'Red,Blue,Black', /"Black", which is not an option/],
      ['ranked', ['Red', 'Blue', 'Green'], 'Red,,Blue', /"", which is not an option/],
    ])('of a %s vote on %j refuses "%s", and says what can be voted', async (voting_type, options, wrong, message) => {
      const proposal_id = await ask(await team([ada]), { voting_type, options })
      const refused = await refusal(test, castVote, { proposal_id, vote: wrong, round: 1 }, ada)
      expect(refused).toMatchObject({ code: 'invalid', details: { fields: [{ path: 'vote', message: expect.stringMatching(message) }] } })
    })

    it.each([
      ['an empty vote', { vote: '' }, 'vote'],
      ['no vote', { vote: undefined }, 'vote'],
      ['a round before the first', { vote: 'yes', round: 0 }, 'round'],
      ['part of a round', { vote: 'yes', round: 1.5 }, 'round'],
      ['the voter', { vote: 'yes', voter_id: 'usr_x' }, 'voter_id'],
      ['a comment that is too long', { vote: 'yes', comment: 'x'.repeat(LIMITS.remark + 1) }, 'comment'],
    ])('refuses %s', async (_what, more, path) => {
      const proposal_id = await ask(await team([ada]))
      expect(await refusal(test, castVote, { proposal_id, ...more }, ada)).toMatchObject({
        code: 'invalid',
        details: { fields: [{ path }] },
      })
    })

    it('is refused after the seal and after the deadline, with the proposal as it is', async () => {
      const group_id = await team()
      const sealed = await ask(group_id)
      await vote(sealed, 'yes', ada)
      await test.run(finalizeProposal, { proposal_id: sealed })
      const late = newId('prop')
      const question = { title: 'Late', description: '', voting_type: 'yes_no', threshold_type: 'majority', options: [] } as const
      const scope = { ...NOWHERE, group_id }
      await record(test, [{ ...scope, type: 'proposal.created', data: { ...question, proposal_id: late, deadline: PAST } }])
      for (const [proposal_id, status, message] of [
        [sealed, 'finalized', /is finalized/],
        [late, 'open', /closed for ballots at 2026-01-01/],
      ] as const) {
        const refused = await refusal(test, castVote, { proposal_id, vote: 'yes', round: 1 }, ben)
        expect(refused).toMatchObject({ code: 'proposal_finalized', details: { proposal: { proposal_id, status, voting_open: false } } })
        expect(refused.message).toMatch(message)
      }
      const { data } = await test.run(finalizeProposal, { proposal_id: late })
      expect(data).toMatchObject({ status: 'finalized', result: null, threshold_met: false, vote_count: 0 })
    })

    it('of an agent is shown as that, with who answers for it', async () => {
      const group_id = await team()
      const proposal_id = await ask(group_id)
      const agent = await agentKey(test, group_id, 'Atlas')
      const { data } = await vote(proposal_id, 'yes', agent.actor)
      expect(data.votes).toMatchObject([{ voter_name: 'Atlas', voter_type: 'agent_profile', voter_for_name: 'Owner' }])
    })
  })

  describe('finalize_proposal', () => {
    it('computes the result of the ballots, for good', async () => {
      const proposal_id = await ask(await team())
      await vote(proposal_id, 'yes', ada)
      await vote(proposal_id, 'yes', ben)
      await vote(proposal_id, 'no', cleo)
      const { data, events, types } = await watch(test, finalizeProposal, { proposal_id })
      expect(types).toEqual(['proposal.finalized'])
      expect(events[0].data).toMatchObject({
        proposal_id,
        round: 1,
        result: 'yes',
        threshold_met: true,
        tally: { yes: 2, no: 1 },
        by: 'call',
      })
      expect(data).toMatchObject({
        status: 'finalized',
        result: 'yes',
        threshold_met: true,
        sealed_by: test.owner.actor_id,
        sealed_by_name: 'Owner',
      })
      expect(data.finalized_at).toMatch(/Z$/)
      const refused = await refusal(test, finalizeProposal, { proposal_id })
      expect(refused).toMatchObject({ code: 'proposal_finalized', details: { proposal: { proposal_id, result: 'yes' } } })
    })

    it('without ballots comes to no result, and has not passed', async () => {
      const { data } = await test.run(finalizeProposal, { proposal_id: await ask(await team(), { threshold_type: 'unanimous' }) })
      expect(data).toMatchObject({ status: 'finalized', result: null, threshold_met: false, tally: { yes: 0, no: 0 } })
    })

    it('shows the rounds of a ranked count', async () => {
      const group_id = await team()
      const proposal_id = await ask(group_id, { voting_type: 'ranked', options: ['Red', 'Blue', 'Green'] })
      await vote(proposal_id, 'Red, Green, Blue', ada)
      await vote(proposal_id, 'Blue,Green,Red', ben)
      await vote(proposal_id, 'Green,Blue,Red', cleo)
      const { data } = await test.run(finalizeProposal, { proposal_id })
      expect(data).toMatchObject({ result: 'Blue', threshold_met: true, tally: { Red: 1, Blue: 1, Green: 1 } })
      expect(data.runoff).toEqual([
        { tally: { Red: 1, Blue: 1, Green: 1 }, eliminated: 'Green' },
        { tally: { Red: 1, Blue: 2 }, eliminated: null },
      ])
      expect(Object.keys(data.tally)).toEqual(['Red', 'Blue', 'Green'])
    })

    it('counts options that are called like what every object has', async () => {
      const names = ['constructor', 'toString', 'hasOwnProperty', '10', '2']
      const group_id = await team()
      const ranked = await ask(group_id, { voting_type: 'ranked', options: names })
      for (const [by, first] of [
        [ada, 'toString'],
        [ben, 'toString'],
        [cleo, '2'],
        [test.owner, 'constructor'],
      ] as const)
        await vote(ranked, [first, ...names.filter((name) => name !== first)].join(','), by)
      const { data } = await test.run(finalizeProposal, { proposal_id: ranked })
      expect(data.tally).toEqual({ constructor: 1, toString: 2, hasOwnProperty: 0, '10': 0, '2': 1 })
      expect(data.runoff.map(({ eliminated }: Data) => eliminated)).toEqual(['10', 'hasOwnProperty', '2', 'constructor', null])
      expect(data.runoff.at(-2).tally).toEqual({ constructor: 2, toString: 2 })
      expect(data).toMatchObject({ result: 'toString', threshold_met: false })
      const { data: text } = await execute(test.instance, getProposalOperation, {
        input: { proposal_id: ranked },
        actor: ada,
        say: sayTool,
      })
      expect(text).toMatch(/\ncount 5: "toString" 4$/)
      expect(text).toContain('"constructor" 1, "toString" 2, "hasOwnProperty" 0, "10" 0, "2" 1 (4 ballots)')
    })

    it('counts a quorum of the members, or of as many as the caller says', async () => {
      const group_id = await team()
      const outcome = async (ballots: readonly Actor[], total_eligible_voters?: number | null) => {
        const proposal_id = await ask(group_id, { threshold_type: 'quorum' })
        for (const by of ballots) await vote(proposal_id, 'yes', by)
        return (await test.run(finalizeProposal, { proposal_id, total_eligible_voters })).data.threshold_met
      }
      expect(await outcome([ada])).toBe(false)
      expect(await outcome([ada, ben])).toBe(true)
      expect(await outcome([ada, ben], null)).toBe(true)
      expect(await outcome([ada, ben], 5)).toBe(false)
      expect(await outcome([ada], 2)).toBe(true)
      for (const wrong of [0, -1, 1.5, 1_000_001]) {
        const refused = await refusal(test, finalizeProposal, { proposal_id: await ask(group_id), total_eligible_voters: wrong })
        expect(refused).toMatchObject({ code: 'invalid', details: { fields: [{ path: 'total_eligible_voters' }] } })
      }
    })
  })

  describe('the gate of a checkpoint', () => {
    it('[G1] is voted on by those who did not gate it, decided, finalized, and then lets the checkpoint be completed', async () => {
      const { milestone_id, proposal_id } = await gate(await team())
      const own = await refusal(test, castVote, { proposal_id, vote: 'yes', round: 1 })
      expect(own).toMatchObject({ code: 'forbidden', details: { missing: 'electorate', proposal_id } })
      const shut = await refusal(test, completeCheckpoint, { milestone_id, order: 1 })
      expect(shut).toMatchObject({
        code: 'consensus_required',
        details: { proposal: { proposal_id, tally: { yes: 0, no: 0 }, votes_needed: 2 } },
      })
      expect((await vote(proposal_id, 'yes', ada)).data).toMatchObject({
        decided: null,
        unblocks: 1,
        linked_checkpoint_order: 1,
        electorate: 3,
      })
      const early = await refusal(test, finalizeProposal, { proposal_id, total_eligible_voters: 1 })
      expect(early).toMatchObject({ code: 'undecided', details: { proposal: { proposal_id, tally: { yes: 1, no: 0 } } } })
      expect((await vote(proposal_id, 'yes', ben)).data.decided).toBe('approved')
      // What is decided still waits for its seal.
      expect((await refusal(test, completeCheckpoint, { milestone_id, order: 1 })).code).toBe('consensus_required')
      const { types, events } = await watch(test, finalizeProposal, { proposal_id })
      expect(types).toEqual(['proposal.finalized'])
      expect(events[0]).toMatchObject({ milestone_id, data: { result: 'yes', threshold_met: true, eligible: 3 } })
      expect((await test.run(getMilestoneOperation, { milestone_id })).data.checkpoints[0]).toMatchObject({
        state: 'ready',
        proposal_status: 'approved',
      })
      expect((await test.run(completeCheckpoint, { milestone_id, order: 1 })).changed).toBe(true)
    })

    it('[G1] begins another round with each change of content, for which ballots of the one before count nothing', async () => {
      const { milestone_id, proposal_id } = await gate(await team())
      await vote(proposal_id, 'yes', ada)
      const changed = await watch(test, updateCheckpoint, { milestone_id, order: 1, description: 'To all regions' })
      expect(changed.types).toEqual(['checkpoint.updated', 'proposal.round_started'])
      for (const round of [1, 3, undefined]) {
        const refused = await refusal(test, castVote, { proposal_id, vote: 'yes', round }, ben)
        expect(refused).toMatchObject({
          code: 'version_mismatch',
          details: { proposal: { proposal_id, round: 2, tally: { yes: 0, no: 0 } } },
        })
        expect(refused.message).toContain('send round')
      }
      const { data } = await vote(proposal_id, 'yes', ben, 2)
      expect(data).toMatchObject({ round: 2, vote_count: 1, earlier_votes: [{ voter_name: 'Ada', round: 1, counts: false }] })
      expect((await vote(proposal_id, 'no', ada, 2)).data.tally).toEqual({ yes: 1, no: 1 })
      // A link is not what is voted on.
      const linked = await watch(test, updateCheckpoint, { milestone_id, order: 1, note: 'Seen', git_pr_url: 'https://example.com/1' })
      expect(linked.types).toEqual(['checkpoint.linked'])
    })

    it('[G1] begins another round when it is reopened, also after a seal', async () => {
      const group_id = await team([ada], { gate_auto_finalize: true })
      const { milestone_id, proposal_id } = await gate(group_id)
      const { types, events } = await watch(test, castVote, { proposal_id, vote: 'yes', round: 1 }, ada)
      expect(types).toEqual(['ballot.cast', 'proposal.finalized'])
      expect(events[1].data).toMatchObject({ by: 'ballot', threshold_met: true })
      await test.run(completeCheckpoint, { milestone_id, order: 1 })
      const reopened = await watch(test, reopenCheckpoint, { milestone_id, order: 1, reason: 'It fell over' })
      expect(reopened.types).toContain('proposal.round_started')
      expect(await get(proposal_id)).toMatchObject({
        status: 'open',
        round: 2,
        threshold_met: null,
        result: null,
        finalized_at: null,
        vote_count: 0,
      })
    })

    it('[G1] keeps whoever leaves in its electorate, without their ballot', async () => {
      const group_id = await team()
      const { proposal_id } = await gate(group_id)
      await vote(proposal_id, 'yes', ada)
      await vote(proposal_id, 'yes', ben)
      await test.run(removeMember, { group_id, user_id: ben.actor_id })
      await test.run(leaveGroup, { group_id }, cleo)
      const proposal = await get(proposal_id)
      expect(proposal).toMatchObject({ electorate: 3, vote_count: 1, tally: { yes: 1, no: 0 }, decided: 'rejected' })
      expect(proposal.votes.map(({ voter_name, counts }: Data) => [voter_name, counts])).toEqual([
        ['Ada', true],
        ['Ben', false],
      ])
      expect((await test.run(finalizeProposal, { proposal_id })).data).toMatchObject({ threshold_met: false, result: 'no', vote_count: 1 })
    })

    it('[G1] is for people alone where the group wants it so', async () => {
      const group_id = await team([ada], { gate_voters: 'people' })
      const agent = await agentKey(test, group_id, 'Atlas')
      const { proposal_id } = await gate(group_id, ada)
      expect(await get(proposal_id)).toMatchObject({ electorate: 1, not_voted: [{ name: 'Owner', voter_type: 'user' }] })
      const refused = await refusal(test, castVote, { proposal_id, vote: 'yes', round: 1 }, agent.actor)
      expect(refused).toMatchObject({ code: 'forbidden', details: { missing: 'electorate' } })
    })

    it('[G1] that its deadline found undecided is rejected by the clock, and the next change that meets it writes so', async () => {
      const { milestone_id, proposal_id } = await overdueGate(await team())
      const read = await get(proposal_id)
      expect(read).toMatchObject({
        status: 'finalized',
        threshold_met: false,
        result: null,
        finalized_at: PAST,
        sealed_by: null,
        voting_open: false,
      })
      expect((await test.run(getMilestoneOperation, { milestone_id })).data.checkpoints[0].proposal_status).toBe('rejected')
      expect(await refusal(test, castVote, { proposal_id, vote: 'yes', round: 2 }, ada)).toMatchObject({ code: 'proposal_finalized' })
      const { types, events, data } = await watch(test, finalizeProposal, { proposal_id })
      expect(types).toEqual(['proposal.finalized'])
      expect(events[0].data).toMatchObject({ by: 'deadline', threshold_met: false })
      expect(data).toMatchObject({ status: 'finalized', finalized_at: PAST, sealed_by: null })
    })

    it('[G1] that was rejected gets another round for a reason, and no other does', async () => {
      const group_id = await team([ada])
      const { proposal_id } = await gate(group_id)
      const again = { proposal_id, reason: 'The objection is met' }
      expect(await refusal(test, startRoundOperation, again)).toMatchObject({ code: 'not_rejected' })
      await vote(proposal_id, 'no', ada)
      await test.run(finalizeProposal, { proposal_id })
      for (const reason of [undefined, '', ' \n'])
        expect(await refusal(test, startRoundOperation, { proposal_id, reason })).toMatchObject({ code: 'invalid' })
      const { types, data } = await watch(test, startRoundOperation, again)
      expect(types).toEqual(['proposal.round_started'])
      expect(data).toMatchObject({ status: 'open', round: 2, round_reason: 'The objection is met', vote_count: 0 })
      await vote(proposal_id, 'yes', ada, 2)
      await test.run(finalizeProposal, { proposal_id })
      expect((await refusal(test, startRoundOperation, again)).message).toContain('has passed')
      const question = await ask(group_id)
      await test.run(finalizeProposal, { proposal_id: question })
      expect((await refusal(test, startRoundOperation, { ...again, proposal_id: question })).message).toContain('gates no checkpoint')
      const overdue = await overdueGate(await team())
      expect((await watch(test, startRoundOperation, { ...again, proposal_id: overdue.proposal_id })).types).toEqual([
        'proposal.finalized',
        'proposal.round_started',
      ])
    })

    it('[P1] is lifted only by an admin who may loosen a plan, with a reason, and then its vote is gone', async () => {
      const group_id = await team([ada])
      const { milestone_id, proposal_id } = await gate(group_id)
      const lift = { milestone_id, order: 1, requires_consensus: false, reason: 'There is nobody to vote' }
      expect(await refusal(test, updateCheckpoint, { ...lift, reason: undefined })).toMatchObject({
        code: 'invalid',
        details: { fields: [{ path: 'reason', message: expect.stringContaining('is missing') }] },
      })
      for (const kept of [undefined, true])
        expect(await refusal(test, updateCheckpoint, { ...lift, requires_consensus: kept })).toMatchObject({
          code: 'invalid',
          details: { fields: [{ path: 'reason', message: expect.stringContaining('only to lift a gate') }] },
        })
      expect(await refusal(test, updateCheckpoint, lift, ada)).toMatchObject({ code: 'forbidden', details: { missing: 'admin' } })
      const careful = await keyWith(test, test.owner, { 'milestones:relax': false })
      for (const by of [careful, await agentKey(test, group_id)])
        expect(await refusal(test, updateCheckpoint, lift, by.actor)).toMatchObject({
          code: 'forbidden',
          details: { missing: 'milestones:relax' },
        })
      const { types, events, data } = await watch(test, updateCheckpoint, lift)
      expect(types).toEqual(['checkpoint.gate_lifted'])
      expect(events[0].data).toEqual({ proposal_id, reason: 'There is nobody to vote' })
      expect(data.checkpoints[0]).toMatchObject({
        state: 'ready',
        requires_consensus: false,
        requires_proposal_id: null,
        proposal_status: null,
      })
      expect((await refusal(test, getProposalOperation, { proposal_id })).code).toBe('not_found')
      expect((await watch(test, updateCheckpoint, lift)).types).toEqual([])
      const { types: gated } = await watch(test, updateCheckpoint, { milestone_id, order: 1, requires_consensus: true }, ada)
      expect(gated).toEqual(['checkpoint.gated', 'proposal.opened'])
    })

    it('goes with its checkpoint', async () => {
      const { milestone_id, proposal_id } = await gate(await team([ada]))
      await vote(proposal_id, 'no', ada)
      await test.run(deleteCheckpoint, { milestone_id, order: 2 })
      await test.run(deleteCheckpoint, { milestone_id, order: 1 })
      expect((await refusal(test, getProposalOperation, { proposal_id }, ada)).code).toBe('not_found')
    })
  })

  describe('of a private group', () => {
    it('are for everybody else as if they did not exist', async () => {
      const group_id = await team([ada])
      const [question, { proposal_id }] = [await ask(group_id), await gate(group_id)]
      await test.run(updateGroup, { group_id, visibility: 'private' })
      const calls: [Operation, object, object][] = [
        [createProposal, { group_id, title: 'x' }, { group_id: 'nowhere', title: 'x' }],
        [listProposals, { group_id }, { group_id: 'nowhere' }],
        ...[question, proposal_id].flatMap((id): [Operation, object, object][] => [
          [getProposalOperation, { proposal_id: id }, { proposal_id: 'prop_nowhere' }],
          [castVote, { proposal_id: id, vote: 'yes', round: 1 }, { proposal_id: 'prop_nowhere', vote: 'yes', round: 1 }],
          [finalizeProposal, { proposal_id: id }, { proposal_id: 'prop_nowhere' }],
          [startRoundOperation, { proposal_id: id, reason: 'x' }, { proposal_id: 'prop_nowhere', reason: 'x' }],
        ]),
      ]
      for (const [operation, there, nowhere] of calls) {
        const [hidden, missing] = [await refusal(test, operation, there, stranger), await refusal(test, operation, nowhere, stranger)]
        expect([hidden.code, hidden.message, hidden.details]).toEqual(['not_found', missing.message, missing.details])
      }
      expect((await test.run(listOwnProposals, {}, stranger)).data.proposals).toEqual([])
    })

    it('but those of a group that all may read are shown to everybody, who may not vote on them', async () => {
      const group_id = await team([ada])
      const proposal_id = await ask(group_id)
      expect(await get(proposal_id, stranger)).toMatchObject({ you_may_vote: false, voting_open: true })
      const refused = await refusal(test, castVote, { proposal_id, vote: 'yes', round: 1 }, stranger)
      expect(refused).toMatchObject({ code: 'forbidden', details: { missing: 'membership' } })
      expect((await test.run(listOwnProposals, {}, stranger)).data.proposals).toEqual([])
    })
  })

  describe('in a list', () => {
    const ids = async (operation: Operation, input: object, by: Actor): Promise<string[]> =>
      (await test.run(operation, input, by)).data.proposals.map(({ proposal_id }: Data) => proposal_id)

    it('stand with how they are, newest first, page by page', async () => {
      const group_id = await team()
      const first = await ask(group_id)
      const { proposal_id: second } = await gate(group_id)
      const { proposal_id: overdue } = await overdueGate(group_id)
      const closed = await ask(group_id)
      await test.run(finalizeProposal, { proposal_id: closed })
      expect(await ids(listProposals, { group_id }, ada)).toEqual([closed, overdue, second, first])
      expect(await ids(listProposals, { group_id, status: 'open' }, ada)).toEqual([second, first])
      expect(await ids(listProposals, { group_id, status: 'finalized' }, ada)).toEqual([closed, overdue])
      const paged: string[] = []
      let cursor: string | undefined
      do {
        const { data } = await test.run(listProposals, { group_id, limit: 1, cursor }, ada)
        expect(data.proposals).toHaveLength(1)
        paged.push(data.proposals[0].proposal_id)
        cursor = data.next_cursor ?? undefined
      } while (cursor)
      expect(paged).toEqual([closed, overdue, second, first])
      const { data } = await test.run(listProposals, { group_id, status: 'finalized' }, ada)
      expect(data.proposals[1]).toMatchObject({
        status: 'finalized',
        threshold_met: false,
        result: null,
        voting_open: false,
        sealed_by: null,
      })
      for (const left of ['votes', 'earlier_votes', 'not_voted', 'runoff']) expect(data.proposals[0]).not.toHaveProperty(left)
      expect(await refusal(test, listProposals, { group_id, status: 'waiting' }, ada)).toMatchObject({ code: 'invalid' })
    })

    it('wait for those who may vote and have not, and are counted so', async () => {
      const voter = await makePerson(test, 'Voter')
      const group_id = await team([voter])
      const waiting = async (by = voter) => {
        const listed = await ids(listOwnProposals, { status: 'waiting' }, by)
        expect((await test.run(countVotes, {}, by)).data).toEqual({ waiting: listed.length })
        return listed
      }
      const first = await ask(group_id)
      const { proposal_id: gated, milestone_id } = await gate(group_id)
      const { proposal_id: own } = await gate(group_id, voter)
      const { proposal_id: overdue } = await overdueGate(group_id)
      const elsewhere = await ask(await team([]))
      expect(await waiting()).toEqual([gated, first])
      await vote(first, 'yes', voter)
      await vote(gated, 'no', voter)
      expect(await waiting()).toEqual([])
      await test.run(updateCheckpoint, { milestone_id, order: 1, title: 'Deploy to staging' })
      expect(await waiting()).toEqual([gated])
      const all = await ids(listOwnProposals, {}, voter)
      expect(all).toEqual([overdue, own, gated, first])
      expect(all).not.toContain(elsewhere)
      const agent: TestKey = await agentKey(test, group_id, 'Atlas')
      expect(await waiting(agent.actor)).toContain(first)
      await test.run(removeMember, { group_id, user_id: voter.actor_id })
      expect(await waiting()).toEqual([])
    })
  })

  it('leave a sound workspace', () => expectSound(test.instance))
})
