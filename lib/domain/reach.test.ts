import { describe, expect, it } from 'vitest'
import { workspace } from '@/lib/testing/sketch'
import { type Caller, identify } from './context'
import { type EventDraft, NOWHERE } from './events'
import { assertChangesReach } from './reach'

describe('[K2] what a key of one milestone changes', () => {
  const sketch = workspace()
  const { milestone } = sketch.plan('api', { A: [] })
  const { group_id, project_id, milestone_id } = milestone
  const inside = { group_id, project_id, milestone_id, checkpoint_id: 'cp_a' }
  const caller = identify(sketch.world, sketch.key(sketch.as('Ada'), { group: 'team', milestone_id }), sketch.now)

  const mayWrite = (event: EventDraft, by: Caller = caller): boolean => {
    try {
      assertChangesReach(by, [{ ...inside, type: 'checkpoint.completed', data: {} }, event])
      return true
    } catch (error) {
      expect(error).toMatchObject({ code: 'forbidden', details: { missing: 'scope', milestone_id } })
      return false
    }
  }

  it('is in it', () => {
    expect(mayWrite({ ...inside, type: 'checkpoint.updated', data: { title: 'B' } })).toBe(true)
    expect(mayWrite({ ...inside, milestone_id: 'ms_other', type: 'checkpoint.updated', data: { title: 'B' } })).toBe(false)
    expect(mayWrite({ ...NOWHERE, group_id, type: 'group.updated', data: { name: 'B' } })).toBe(false)
  })

  it('is neither its place nor whether there is the milestone', () => {
    expect(mayWrite({ ...inside, type: 'milestone.updated', data: { title: 'B' } })).toBe(true)
    expect(mayWrite({ ...inside, type: 'milestone.updated', data: { title: 'B', project_id: 'proj_b' } })).toBe(false)
    expect(mayWrite({ ...inside, type: 'milestone.deleted', data: {} })).toBe(false)
  })

  it('is nothing that is not listed, even if it is said to be in it', () => {
    const draft: EventDraft = { ...inside, type: 'project.archived', data: {} }
    expect(mayWrite(draft)).toBe(false)
    expect(mayWrite({ ...draft, ...JSON.parse('{ "type": "checkpoint.invented" }') })).toBe(false)
  })

  it('does not bind other keys', () => {
    const other = identify(sketch.world, sketch.key(sketch.as('Ada'), { group: 'team' }), sketch.now)
    expect(mayWrite({ ...inside, milestone_id: 'ms_other', type: 'milestone.deleted', data: {} }, other)).toBe(true)
  })
})
