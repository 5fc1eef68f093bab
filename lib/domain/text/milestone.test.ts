import { describe, expect, it } from 'vitest'
import { claimCheckpoint } from '@/lib/operations/claims'
import { completeCheckpoint } from '@/lib/operations/completion'
import { failCheckpoint } from '@/lib/operations/failure'
import { createMilestone } from '@/lib/operations/milestones'
import { workspace } from '@/lib/testing/sketch'
import { viewMilestone } from '../views/milestone'
import { milestoneText } from './milestone'

describe('the text of a milestone', () => {
  it('is its head and a row for each checkpoint, and says what is done, ready and blocked by what', () => {
    const sketch = workspace()
    const plan = sketch.plan('Ship Feature X', {
      'Design approved': [],
      'Implementation complete': ['Design approved'],
      'Tests passing': ['Implementation complete'],
    })
    sketch.run(completeCheckpoint, plan.address('Design approved'))
    const { milestone_id, milestone } = plan
    expect(milestoneText(viewMilestone(sketch.world, milestone_id, sketch.contextOf()))).toBe(
      [
        `${milestone_id} "Ship Feature X" active 1/3 v${milestone.version}`,
        '1 done "Design approved"',
        '2 ready "Implementation complete" <-1',
        '3 blocked "Tests passing" <-2',
      ].join('\n'),
    )
  })

  it('says what is pending in other milestones, also where the reader may see no more than that', () => {
    const sketch = workspace()
    sketch.group('Secret', 'private')
    const far = sketch.plan('API v2', { Staging: [] })
    const hidden = sketch.plan('Hidden', { Secret: [] }, { group: 'secret' })
    const near = sketch.plan('Dashboard', { Integrate: ['API v2/Staging', 'Hidden/Secret'] })
    const member = sketch.as('Member')
    const text = milestoneText(viewMilestone(sketch.world, near.milestone_id, sketch.contextOf(member)))
    const { checkpoint_id } = hidden.at('Secret')
    expect(text.split('\n').slice(1)).toEqual([
      `1 blocked "Integrate" <-${far.ref('Staging')},${checkpoint_id}`,
      `waits for ${far.ref('Staging')} ready "Staging" in "API v2" of team`,
      `waits for ${checkpoint_id} ready in a group that you may not read`,
    ])
  })

  it('of more than 60 checkpoints has a row for all that can be worked on, and counts the others in their place', () => {
    const sketch = workspace()
    const checkpoints = Array.from({ length: 200 }, (_, at) => ({ title: `Step ${at + 1}`, depends_on: at > 0 && at < 150 ? [at] : [] }))
    const { milestone_id } = sketch.run(createMilestone, { group_id: 'team', title: 'Large', checkpoints }).data
    for (let order = 1; order <= 30; order++) sketch.run(completeCheckpoint, { milestone_id, order })
    sketch.run(completeCheckpoint, { milestone_id, order: 160 })
    sketch.run(claimCheckpoint, { milestone_id, order: 161 })
    sketch.run(failCheckpoint, { milestone_id, order: 162, reason: 'Red' })
    const rows = milestoneText(viewMilestone(sketch.world, milestone_id, sketch.contextOf()))
      .split('\n')
      .slice(1)
    const heads = rows.map((row) => /^(\d+(?:-\d+)? (?:\d+ )?\w+)/.exec(row)?.[1])
    expect(heads.slice(0, 4)).toEqual(['1-30 done', '31 ready', '32 blocked', '33 blocked'])
    expect(rows).toContain('42-150 blocked')
    expect(rows).toContain('160 done')
    expect(heads).toContain('161 claimed')
    expect(heads).toContain('162 failed')
    const counted = rows.flatMap((row) => {
      const [, first = '', last = first] = /^(\d+)(?:-(\d+))? /.exec(row) ?? []
      return Array.from({ length: Number(last) - Number(first) + 1 }, (_, at) => Number(first) + at)
    })
    expect(counted).toEqual(checkpoints.map((_, at) => at + 1))
    expect(rows.filter((row) => row.includes('"Step'))).toHaveLength(60)
  })

  it('says how many of a mixed run are in which state', () => {
    const sketch = workspace()
    const checkpoints = Array.from({ length: 130 }, (_, at) => ({ title: `Step ${at + 1}`, depends_on: at % 2 === 1 ? [at] : [] }))
    const { milestone_id } = sketch.run(createMilestone, { group_id: 'team', title: 'Large', checkpoints }).data
    for (let order = 1; order <= 60; order += 2) sketch.run(completeCheckpoint, { milestone_id, order })
    expect(milestoneText(viewMilestone(sketch.world, milestone_id, sketch.contextOf()))).toMatch(
      /\n1 done\n2 ready "Step 2" <-1\n3 done\n4 ready /,
    )
    for (let order = 2; order <= 60; order += 2) sketch.run(completeCheckpoint, { milestone_id, order })
    sketch.run(completeCheckpoint, { milestone_id, order: 61 })
    expect(milestoneText(viewMilestone(sketch.world, milestone_id, sketch.contextOf()))).toMatch(/\n1-61 done\n62 ready "Step 62" <-61\n/)
  })

  it('without checkpoints says so', () => {
    const sketch = workspace()
    const { milestone_id } = sketch.run(createMilestone, { group_id: 'team', title: 'Empty' }).data
    expect(milestoneText(viewMilestone(sketch.world, milestone_id, sketch.contextOf()))).toMatch(
      / "Empty" active 0\/0 v\d+\nno checkpoints$/,
    )
  })
})
