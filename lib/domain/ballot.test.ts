import { describe, expect, it } from 'vitest'
import {
  castVote,
  completeCheckpoint,
  createProposal,
  finalizeProposal,
  removeMember,
  updateCheckpoint,
  updateGroup,
} from '@/lib/operations'
import { workspace } from '@/lib/testing/sketch'
import { votingIn } from '@/lib/testing/voting'

/** A gate on which Ada and Ben may vote, and Owner, who gated it, may not. */
const gate = () => {
  const sketch = workspace()
  const [ada, ben] = [sketch.as('Ada'), sketch.as('Ben')]
  return { sketch, ada, ben, vote: votingIn(sketch) }
}

/** A question that gates nothing. */
const ask = (question: object) => {
  const sketch = workspace()
  const ada = sketch.as('Ada')
  const { proposal_id } = sketch.run(createProposal, { group_id: 'team', title: 'Which?', ...question }).data
  return { sketch, ada, cast: (vote: string) => ({ proposal_id, vote }) }
}

describe('a ballot on a gate', () => {
  it('[G1] is cast once in each round, and stands', () => {
    const { vote, ada } = gate()
    expect(vote.cast(ada, ' Yes ').data).toMatchObject({ your_vote: 'yes', you_may_vote: false, vote_count: 1 })
    expect(vote.refuse(ada, 'no')).toMatchObject({ code: 'already_voted', details: { vote: 'yes' } })
    expect(vote.refuse(ada, 'yes').code).toBe('already_voted')
    vote.sketch.run(updateCheckpoint, { ...vote.address, title: 'Deploy all' })
    expect(vote.cast(ada, 'no').data).toMatchObject({ your_vote: 'no', round: 2 })
  })

  it('[G1] is the same of one principal, by whatever key', () => {
    const { sketch, vote, ada } = gate()
    vote.cast(sketch.key(ada))
    expect(vote.refuse(sketch.key(ada)).code).toBe('already_voted')
  })

  it('[G1] is refused from outside the electorate, and from outside the group', () => {
    const { sketch, vote } = gate()
    expect(vote.refuse(sketch.owner)).toMatchObject({ code: 'forbidden', details: { missing: 'electorate' } })
    expect(vote.refuse(sketch.as('Guest', { groups: [] })).code).toBe('forbidden')
    sketch.hide('team')
    expect(vote.refuse(sketch.as('Guest')).code).toBe('not_found')
  })

  it('[G1] is refused by a key that may not vote', () => {
    const { sketch, vote, ada } = gate()
    expect(vote.refuse(sketch.key(ada, { permissions: { 'proposals:vote': false } })).code).toBe('forbidden')
  })

  it('[G1] is for the round that it names, and is refused with the proposal as it is now if another has begun', () => {
    const { sketch, vote, ada } = gate()
    sketch.run(updateCheckpoint, { ...vote.address, description: 'with the migration' })
    const refusal = vote.refuse(ada, 'yes', { round: 1 })
    expect(refusal).toMatchObject({ code: 'version_mismatch', details: { proposal: { round: 2, vote_count: 0 } } })
    expect(vote.refuse(ada, 'yes', { round: 3 }).code).toBe('version_mismatch')
    expect(vote.cast(ada, 'yes', { round: 2 }).changed).toBe(true)
  })

  it('[G1] without a round is refused in the first minute after a change, and counts for the present round later', () => {
    const { sketch, vote, ada, ben } = gate()
    vote.cast(ada, 'yes', {})
    sketch.run(updateCheckpoint, { ...vote.address, depends_on: [] })
    expect(vote.refuse(ada, 'yes', {}).code).toBe('version_mismatch')
    sketch.wait(50)
    expect(vote.refuse(ada, 'yes', {}).code).toBe('version_mismatch')
    vote.cast(ben)
    sketch.wait(10)
    expect(vote.cast(ada, 'yes', {}).data).toMatchObject({ vote_count: 2, round: 2 })
  })

  it('[G1] comes too late after the seal, and after the deadline, also if it was the last', () => {
    const { sketch, ada, ben } = gate()
    sketch.run(updateGroup, { group_id: 'team', gate_deadline_hours: 1 })
    sketch.as('Cleo')
    const late = votingIn(sketch)
    late.cast(ada)
    late.cast(ben)
    sketch.wait(3_600)
    expect(late.refuse(sketch.as('Cleo'))).toMatchObject({ code: 'proposal_finalized', details: { proposal: { voting_open: false } } })
    late.finalize()
    expect(late.refuse(sketch.as('Cleo')).code).toBe('proposal_finalized')
    expect(late.refuse(ada).code).toBe('proposal_finalized')
  })

  it('[G1] of somebody removed is refused, and what they voted before counts no more', () => {
    const { sketch, vote, ada, ben } = gate()
    vote.cast(ada)
    sketch.run(removeMember, { group_id: 'team', user_id: ada.actor_id })
    expect(vote.read()).toMatchObject({
      vote_count: 0,
      votes: [{ voter_id: ada.actor_id, counts: false }],
      tally: { yes: 0 },
      decided: 'rejected',
    })
    expect(vote.refuse(ada).code).toBe('forbidden')
    expect(vote.cast(ben).data).toMatchObject({ vote_count: 1, decided: 'rejected' })
  })

  it.each(['perhaps', '', 'yes,no', 'yes no', 'true'])('[G1] is yes or no: %j', (said) => {
    const { vote, ada } = gate()
    expect(vote.refuse(ada, said).code).toBe('invalid')
  })

  it('[G1] on content that was reverted is not revived', () => {
    const { sketch, vote, ada, ben } = gate()
    vote.cast(ada)
    vote.cast(ben)
    vote.finalize()
    sketch.run(updateCheckpoint, { ...vote.address, title: 'Drop' })
    sketch.run(updateCheckpoint, { ...vote.address, title: 'Deploy' })
    sketch.run(completeCheckpoint, vote.plan.address('Build'))
    expect(sketch.refused(completeCheckpoint, vote.address).code).toBe('consensus_required')
    expect(vote.read()).toMatchObject({
      round: 3,
      vote_count: 0,
      tally: { yes: 0, no: 0 },
      earlier_votes: [{ counts: false }, { counts: false }],
    })
  })
})

describe('a ballot on a question', () => {
  it('names one of the options, in the case in which they are written', () => {
    const { sketch, ada, cast } = ask({ voting_type: 'single', options: ['PostgreSQL', 'SQLite'] })
    for (const said of ['MySQL', 'postgresql', 'PostgreSQL,SQLite', ''])
      expect(sketch.refused(castVote, cast(said), ada).code).toBe('invalid')
    expect(sketch.refused(castVote, cast('MySQL'), ada).message).toContain('"PostgreSQL" or "SQLite"')
    expect(sketch.run(castVote, cast(' SQLite '), ada).data).toMatchObject({ your_vote: 'SQLite', tally: { PostgreSQL: 0, SQLite: 1 } })
  })

  it.each([
    ['A,B', '"C"'],
    ['A,B,B', '"B"'],
    ['A,B,C,C', '"C"'],
    ['A,B,D', '"D"'],
    ['A', '"B"'],
    ['A;B;C', '"A;B;C"'],
    ['A,B,C,', '""'],
  ])('that ranks is refused with an option repeated, missing or unknown: %s names %s', (said, named) => {
    const { sketch, ada, cast } = ask({ voting_type: 'ranked', options: ['A', 'B', 'C'] })
    const refusal = sketch.refused(castVote, cast(said), ada)
    expect(refusal.code).toBe('invalid')
    expect(refusal.message).toContain(named)
    expect(refusal.message).toContain('"A,B,C"')
    expect(sketch.run(castVote, cast('C, A ,B'), ada).data).toMatchObject({ your_vote: 'C,A,B', tally: { A: 0, B: 0, C: 1 } })
  })

  it('is every member’s, also of whoever asks, once', () => {
    const { sketch, ada, cast } = ask({})
    sketch.run(castVote, cast('no'))
    sketch.run(castVote, cast('NO'), ada)
    expect(sketch.refused(castVote, cast('yes'), ada).code).toBe('already_voted')
    const { data } = sketch.run(finalizeProposal, { proposal_id: cast('').proposal_id })
    expect(data).toMatchObject({ result: 'no', threshold_met: false, tally: { yes: 0, no: 2 } })
  })

  it('counts only while its voter is a member', () => {
    const { sketch, ada, cast } = ask({})
    sketch.run(castVote, cast('yes'), ada)
    sketch.run(castVote, cast('no'))
    sketch.run(removeMember, { group_id: 'team', user_id: ada.actor_id })
    const { data } = sketch.run(finalizeProposal, { proposal_id: cast('').proposal_id })
    expect(data).toMatchObject({
      result: 'no',
      threshold_met: false,
      tally: { yes: 0, no: 1 },
      votes: [{ counts: false }, { counts: true }],
    })
  })
})
