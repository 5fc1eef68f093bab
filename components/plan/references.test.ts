import { describe, expect, it } from 'vitest'
import { readPlan } from '@/lib/client/plan'
import { farChoices, nearChoices } from './choices'
import { isSameSet, readReferences, writeReferences } from './references'

type Given = Parameters<typeof readPlan>[0]

/** References and choices read nothing else of a plan. */
const asGraph = (value: unknown) => value as Given

const step = (checkpoint_id: string, order: number, state = 'ready') => ({ checkpoint_id, order, title: checkpoint_id, state })
const plan = readPlan(
  asGraph({
    milestones: [
      { milestone_id: 'ms_api', title: 'API', checkpoints: [step('cp_schema', 1), step('cp_server', 2), step('cp_deploy', 3)] },
      { milestone_id: 'ms_web', title: 'Web', checkpoints: [step('cp_client', 1), step('cp_done', 2, 'completed'), step('cp_page', 3)] },
    ],
    neighbours: [
      { checkpoint_id: 'cp_private', order: null, title: '', milestone_id: null, milestone_title: '', state: 'ready', private: true },
    ],
    edges: [
      { from: 'cp_schema', to: 'cp_client' },
      { from: 'cp_client', to: 'cp_deploy' },
    ],
  }),
)
const numbering = ['cp_schema', 'cp_server', 'cp_deploy']

describe('references', () => {
  it('[D4] become ids, each once, in the order in which they are written', () => {
    const text = '2, ms_web:3\n1  cp_done 2,cp_private'
    expect(readReferences(plan, numbering, text)).toEqual({
      ids: ['cp_server', 'cp_page', 'cp_schema', 'cp_done', 'cp_private'],
      unknown: '',
    })
  })

  it('that name no checkpoint that is known stay as they were written', () => {
    expect(readReferences(plan, numbering, '4, 0 ms_web:9 ms_other:1 cp_x 1')).toEqual({
      ids: ['cp_schema'],
      unknown: '4, 0, ms_web:9, ms_other:1, cp_x',
    })
  })

  it('[D4] mean what their numbers meant in the numbering in which they were written', () => {
    expect(readReferences(plan, ['cp_server', 'cp_schema'], '1, 3')).toEqual({ ids: ['cp_server'], unknown: '3' })
  })

  it('are written with the present numbers, and read as the same ids again', () => {
    const ids = ['cp_server', 'cp_page', 'cp_private', 'cp_deleted']
    const text = writeReferences(plan, 'ms_api', ids)
    expect(text).toBe('2, ms_web:3, cp_private, cp_deleted')
    expect(readReferences(plan, numbering, text)).toEqual({ ids: ids.slice(0, 3), unknown: 'cp_deleted' })
  })

  it('are the same in any order', () => {
    expect(isSameSet(['a', 'b'], ['b', 'a'])).toBe(true)
    expect(isSameSet(['a'], ['b'])).toBe(false)
    expect(isSameSet(['a'], ['a', 'b'])).toBe(false)
  })
})

describe('the choices of a dependency', () => {
  const milestone = plan.graph.milestones[0]
  const refs = (choices: { ref: string }[]) => choices.map(({ ref }) => ref)

  it('[D3] are the checkpoints before it, and pending ones elsewhere, by their ids', () => {
    if (!milestone) throw new Error('the plan has a milestone')
    expect(nearChoices(plan, milestone, 3)).toEqual([
      { ref: 'cp_schema', number: 1, title: 'cp_schema' },
      { ref: 'cp_server', number: 2, title: 'cp_server' },
    ])
    expect(refs(farChoices(plan, 'ms_api'))).toEqual(['cp_client', 'cp_page'])
  })

  it('[D2] have none that waits for it, directly or through others', () => {
    expect(refs(farChoices(plan, 'ms_api', plan.nodes.get('cp_schema')))).toEqual(['cp_page'])
    if (!milestone) throw new Error('the plan has a milestone')
    expect(refs(nearChoices(plan, milestone, 4, plan.nodes.get('cp_schema')))).toEqual(['cp_server'])
  })
})
