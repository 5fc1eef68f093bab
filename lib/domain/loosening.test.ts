import { describe, expect, it } from 'vitest'
import { addCheckpoint, completeCheckpoint, deleteCheckpoint, deleteMilestone, updateCheckpoint } from '@/lib/operations'
import { workspace } from '@/lib/testing/sketch'
import { hasPermission, PERMISSION_NAMES } from './permission'

const sketched = () => {
  const sketch = workspace()
  const bot = sketch.as('bot', { agent: true })
  const ada = sketch.as('Ada')
  return {
    sketch,
    plan: sketch.plan('api', { A: [], B: [], C: ['A', 'B'] }),
    /** Who may not loosen: an agent, an agent's key that claims it may, a person's key that may not. */
    held: [
      bot,
      sketch.key(bot, { permissions: { 'milestones:relax': true } }),
      sketch.key(ada, { permissions: { 'milestones:relax': false } }),
    ],
    /** Who may: a person, and a person's key. */
    free: [ada, sketch.key(ada), sketch.key(ada, { group: 'team' })],
    bot,
    ada,
  }
}

describe('removing an edge to pending work', () => {
  it('[P1] is refused to agents and to keys without the permission', () => {
    const { sketch, plan, held } = sketched()
    for (const actor of held)
      for (const depends_on of [[], [1], ['cp_none', 1]]) {
        const refusal = sketch.refused(updateCheckpoint, { ...plan.address('C'), depends_on }, actor)
        expect([refusal.code, refusal.details]).toEqual(['forbidden', { missing: 'milestones:relax' }])
      }
  })

  it('[P1] is refused to agents for their own checkpoints too', () => {
    const { sketch, plan, bot } = sketched()
    sketch.run(addCheckpoint, { milestone_id: plan.milestone_id, title: 'Mine', depends_on: [1] }, bot)
    expect(sketch.refused(updateCheckpoint, { ...plan.address('Mine'), depends_on: [] }, bot).code).toBe('forbidden')
    expect(sketch.refused(updateCheckpoint, { ...plan.address('Mine'), depends_on: [2] }, bot).code).toBe('forbidden')
  })

  it('[P1] is allowed to people and their keys, and says in the log that it loosened', () => {
    const { sketch, plan, free } = sketched()
    for (const actor of free) {
      const { events } = sketch.run(updateCheckpoint, { ...plan.address('C'), depends_on: [2] }, actor)
      expect(events).toMatchObject([{ type: 'checkpoint.dependency_removed', data: { target_was_pending: true } }])
      sketch.run(updateCheckpoint, { ...plan.address('C'), depends_on: [1, 2] }, actor)
    }
  })

  it('[P1] is no loosening where the work is completed, where all edges stay, or where one is added', () => {
    const { sketch, plan, bot } = sketched()
    sketch.run(completeCheckpoint, plan.address('A'))
    sketch.run(updateCheckpoint, { ...plan.address('C'), depends_on: [2] }, bot)
    sketch.run(updateCheckpoint, { ...plan.address('C'), depends_on: [plan.at('B').checkpoint_id, 1] }, bot)
    sketch.run(updateCheckpoint, { ...plan.address('C'), title: 'CC' }, bot)
    expect(plan.steps()).toMatchObject({ CC: ['B', 'A'] })
  })

  it('[P1][C1] is refused for what it is where the checkpoint is completed', () => {
    const { sketch, plan, bot } = sketched()
    for (const title of ['A', 'B', 'C']) sketch.run(completeCheckpoint, plan.address(title))
    expect(sketch.refused(updateCheckpoint, { ...plan.address('C'), depends_on: [] }, bot).code).toBe('checkpoint_completed')
  })
})

describe('deleting pending work of others', () => {
  it('[P1] is refused to agents and to keys without the permission', () => {
    const { sketch, plan, held } = sketched()
    for (const actor of held) {
      expect(sketch.refused(deleteCheckpoint, plan.address('C'), actor).details).toEqual({ missing: 'milestones:relax' })
      expect(sketch.refused(deleteMilestone, { milestone_id: plan.milestone_id }, actor).details).toEqual({ missing: 'milestones:relax' })
    }
  })

  it('[P1] is allowed to people and their keys', () => {
    const { sketch, plan, free } = sketched()
    for (const [at, title] of ['C', 'B', 'A'].entries()) sketch.run(deleteCheckpoint, plan.address(title), free[at])
    sketch.run(deleteMilestone, { milestone_id: plan.milestone_id }, free[0])
    expect(sketch.world.all('milestone')).toEqual([])
  })

  it('[P1] is not what an agent does that deletes its own', () => {
    const { sketch, plan, bot } = sketched()
    sketch.run(addCheckpoint, { milestone_id: plan.milestone_id, title: 'Mine', depends_on: [1] }, bot)
    sketch.run(deleteCheckpoint, plan.address('Mine'), bot)
    const { milestone_id } = sketch.plan('own', { A: [], B: ['A'] }, { actor: bot })
    sketch.run(deleteMilestone, { milestone_id }, bot)
    expect(sketch.world.all('milestone')).toHaveLength(1)
  })

  it("[P1] is refused to an agent in its own milestone, where one checkpoint is another's", () => {
    const { sketch, bot, ada } = sketched()
    const { milestone_id } = sketch.plan('own', { A: [] }, { actor: bot })
    sketch.run(addCheckpoint, { milestone_id, title: 'Theirs' }, ada)
    expect(sketch.refused(deleteMilestone, { milestone_id }, bot).code).toBe('forbidden')
  })

  it('[P1] is judged by who made the checkpoint, not by the key', () => {
    const { sketch, plan, held } = sketched()
    const [bot, key] = held
    sketch.run(addCheckpoint, { milestone_id: plan.milestone_id, title: 'Mine' }, bot)
    sketch.run(deleteCheckpoint, plan.address('Mine'), key)
    expect(plan.titles).toEqual(['A', 'B', 'C'])
  })
})

it('[P1] no key gives an agent the permission, and a person has it unless a key says otherwise', () => {
  const permissions = Object.fromEntries(PERMISSION_NAMES.map((name) => [name, true]))
  expect(hasPermission('agent_profile', { group_id: null, permissions }, 'milestones:relax')).toBe(false)
  expect(hasPermission('agent_profile', null, 'milestones:relax')).toBe(false)
  expect(hasPermission('user', null, 'milestones:relax')).toBe(true)
  expect(hasPermission('user', { group_id: null, permissions: {} }, 'milestones:relax')).toBe(true)
  expect(hasPermission('user', { group_id: null, permissions: { 'milestones:relax': false } }, 'milestones:relax')).toBe(false)
})
