import { describe, expect, it } from 'vitest'
import {
  addCheckpoint,
  completeCheckpoint,
  createMilestone,
  deleteCheckpoint,
  deleteMilestone,
  reopenCheckpoint,
  updateCheckpoint,
} from '@/lib/operations'
import { workspace } from '@/lib/testing/sketch'

const gated = () => {
  const sketch = workspace()
  const plan = sketch.plan('api', { A: [], B: [], Vote: ['A'] }, { gated: ['Vote'] })
  const proposal = () => sketch.world.find('proposal', plan.at('Vote').proposal_id ?? '')
  return { sketch, plan, proposal }
}

describe('a gated checkpoint', () => {
  it('[G1] has its open proposal from the moment it exists, planned or added', () => {
    const sketch = workspace()
    const checkpoints = [{ title: 'Vote', requires_consensus: true }, { title: 'Free' }]
    const { data, events } = sketch.run(createMilestone, { group_id: 'team', title: 'api', checkpoints })
    expect(events.slice(-3).map(({ type }) => type)).toEqual(['checkpoint.added', 'proposal.opened', 'checkpoint.added'])
    const added = sketch.run(addCheckpoint, { milestone_id: data.milestone_id, title: 'Too', requires_consensus: true })
    expect(added.events.map(({ type }) => type)).toEqual(['checkpoint.added', 'proposal.opened'])
    const [first, free, last] = added.data.checkpoints
    expect([first?.proposal_status, free?.proposal_status, last?.proposal_status]).toEqual(['open', null, 'open'])
    expect(sketch.world.all('proposal')).toMatchObject([
      { proposal_id: first?.requires_proposal_id, checkpoint_id: first?.checkpoint_id, status: 'open', round: 1, threshold_met: null },
      { proposal_id: last?.requires_proposal_id, checkpoint_id: last?.checkpoint_id, status: 'open', round: 1 },
    ])
  })

  it('[G1] is not completed before its vote has passed, and shows the proposal and its tally', () => {
    const { sketch, plan } = gated()
    sketch.run(completeCheckpoint, plan.address('A'))
    const refusal = sketch.refused(completeCheckpoint, plan.address('Vote'))
    expect(refusal.code).toBe('consensus_required')
    const { proposal_id } = plan.at('Vote')
    expect(refusal.message).toContain(proposal_id)
    expect(refusal.details).toMatchObject({ proposal: { proposal_id, status: 'open', round: 1, tally: { yes: 0, no: 0 }, electorate: 1 } })
  })

  it('[G1] is not completed when its vote has failed', () => {
    const { sketch, plan } = gated()
    sketch.run(completeCheckpoint, plan.address('A'))
    sketch.seal(plan.at('Vote'), false)
    expect(sketch.refused(completeCheckpoint, plan.address('Vote')).code).toBe('consensus_required')
  })

  it('[G1] is completed once its vote has passed, but not before its dependencies [D1]', () => {
    const { sketch, plan } = gated()
    sketch.seal(plan.at('Vote'))
    expect(sketch.refused(completeCheckpoint, plan.address('Vote')).code).toBe('blocked')
    sketch.run(completeCheckpoint, plan.address('A'))
    expect(sketch.run(completeCheckpoint, plan.address('Vote')).changed).toBe(true)
  })

  it('shows its state in the precedence of the rules', () => {
    const { sketch, plan } = gated()
    const state = () => sketch.run(updateCheckpoint, { ...plan.address('Vote'), note: '' }).data.checkpoints[2]?.state
    expect(state()).toBe('blocked')
    sketch.run(completeCheckpoint, plan.address('A'))
    expect(state()).toBe('awaiting_consensus')
    sketch.seal(plan.at('Vote'))
    expect(state()).toBe('ready')
    sketch.run(completeCheckpoint, plan.address('Vote'))
    expect(state()).toBe('completed')
  })
})

describe('a new round', () => {
  it.each([
    { title: 'Ballot' },
    { description: 'words' },
    { depends_on: [1, 2] },
    { depends_on: [] },
    { title: 'Ballot', description: 'words', depends_on: [2] },
  ])('[G1] begins, once, with a change of content, also after the seal: %j', (change) => {
    const { sketch, plan } = gated()
    const { proposal_id, checkpoint_id: order } = plan.at('Vote')
    sketch.seal(plan.at('Vote'))
    const { events } = sketch.run(updateCheckpoint, { milestone_id: plan.milestone_id, order, ...change })
    expect(events.filter(({ type }) => type.startsWith('proposal.'))).toMatchObject([
      { type: 'proposal.round_started', data: { proposal_id, round: 2 } },
    ])
    expect(sketch.world.find('proposal', proposal_id ?? '')).toMatchObject({
      status: 'open',
      round: 2,
      threshold_met: null,
      result: null,
      finalized_at: null,
    })
  })

  it('[G1] begins with a reopening, also one by cascade, and the vote must pass again', () => {
    const { sketch, plan, proposal } = gated()
    sketch.run(completeCheckpoint, plan.address('A'))
    sketch.seal(plan.at('Vote'))
    sketch.run(completeCheckpoint, plan.address('Vote'))
    sketch.run(reopenCheckpoint, { ...plan.address('A'), reason: 'late', cascade: true })
    expect(proposal()).toMatchObject({ status: 'open', round: 2 })
    sketch.run(completeCheckpoint, plan.address('A'))
    expect(sketch.refused(completeCheckpoint, plan.address('Vote')).code).toBe('consensus_required')
    sketch.seal(plan.at('Vote'))
    sketch.run(completeCheckpoint, plan.address('Vote'))
    sketch.run(reopenCheckpoint, { ...plan.address('Vote'), reason: 'late' })
    expect(proposal()).toMatchObject({ status: 'open', round: 3 })
  })

  it('[G1] does not begin with links, a note, a new number, or content that is the same', () => {
    const { sketch, plan, proposal } = gated()
    sketch.seal(plan.at('Vote'))
    const sealed = proposal()
    sketch.run(updateCheckpoint, { ...plan.address('Vote'), note: 'x', git_pr_url: 'https://git.test/1' })
    sketch.run(updateCheckpoint, { ...plan.address('Vote'), title: 'Vote', depends_on: [1] })
    sketch.run(addCheckpoint, { milestone_id: plan.milestone_id, title: 'New', position: 1 })
    sketch.run(updateCheckpoint, { ...plan.address('A'), title: 'AA' })
    expect(proposal()).toBe(sealed)
  })
})

it('[G1] a proposal goes with its checkpoint, alone or with the milestone', () => {
  const { sketch, plan } = gated()
  sketch.plan('web', { Vote: [] }, { gated: ['Vote'] })
  sketch.run(deleteCheckpoint, plan.address('Vote'))
  expect(sketch.world.all('proposal')).toHaveLength(1)
  sketch.run(deleteMilestone, { milestone_id: sketch.at('web/Vote').milestone_id })
  expect(sketch.world.all('proposal')).toEqual([])
})
