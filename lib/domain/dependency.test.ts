import { describe, expect, it } from 'vitest'
import { addCheckpoint, completeCheckpoint, createMilestone, deleteCheckpoint, updateCheckpoint } from '@/lib/operations'
import { workspace } from '@/lib/testing/sketch'
import type { DomainError } from './errors'
import type { Reference } from './reference'

const why = ({ code, details }: DomainError) => [code, details.depends_on, details.reason]
const LOWER = (own: number) => `inside a milestone, a checkpoint can depend only on lower numbers than its own, which is ${own}.`
const MISSING = 'there is no such checkpoint, or you may not depend on it.'

describe('cycles', () => {
  it('[D2] refuses a checkpoint that waits for itself, by number, by milestone and number, by id', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { Design: [], Build: ['Design'] })
    for (const itself of [2, plan.ref('Build'), plan.at('Build').checkpoint_id] satisfies Reference[]) {
      const refusal = sketch.refused(updateCheckpoint, { ...plan.address('Build'), depends_on: [1, itself] })
      expect(why(refusal)).toEqual(['invalid_dependency', itself, 'a checkpoint cannot depend on itself.'])
    }
  })

  it('[D2] refuses the edge that closes a cycle between two milestones, with the path in order', () => {
    const sketch = workspace()
    const api = sketch.plan('api', { Draft: [], Stage: ['Draft'] })
    const web = sketch.plan('web', { Design: [], Build: ['Design', 'api/Stage'] })
    const refusal = sketch.refused(updateCheckpoint, { ...api.address('Draft'), depends_on: [web.ref('Build')] })
    expect(refusal.code).toBe('cycle')
    expect(refusal.details.path).toEqual([1, web.ref('Build'), 2, 1])
    expect(refusal.message).toBe(
      `This would close a loop, in which each waits for the next: 1 "Draft" → ${web.ref('Build')} "Build" → 2 "Stage" → 1 "Draft". ` +
        'Leave the dependency out, or ask a person to change the plan.',
    )
  })

  it('[D2] gives the face of each checkpoint of a cycle, in the order of the path', () => {
    const sketch = workspace()
    const api = sketch.plan('api', { Draft: [], Stage: ['Draft'] })
    const web = sketch.plan('web', { Build: ['api/Stage'] })
    const refusal = sketch.refused(updateCheckpoint, { ...api.address('Draft'), depends_on: [web.ref('Build')] })
    const shared = { group_slug: 'team', held_by_name: null, last_failure: null, private: false }
    const [draft, build, stage] = [api.at('Draft'), web.at('Build'), api.at('Stage')].map(({ checkpoint_id }) => checkpoint_id)
    expect(refusal.details.checkpoints).toEqual([
      { ...shared, ref: 1, checkpoint_id: draft, title: 'Draft', milestone_title: 'api', state: 'ready' },
      { ...shared, ref: web.ref('Build'), checkpoint_id: build, title: 'Build', milestone_title: 'web', state: 'blocked' },
      { ...shared, ref: 2, checkpoint_id: stage, title: 'Stage', milestone_title: 'api', state: 'blocked' },
    ])
  })

  it('[D2] names the first three of a long cycle and counts the others', () => {
    const sketch = workspace()
    const titles = Array.from({ length: 9 }, (_, at) => `s${at + 1}`)
    const api = sketch.plan('api', Object.fromEntries(titles.map((title, at) => [title, at === 0 ? [] : [`s${at}`]])))
    const web = sketch.plan('web', { Wait: ['api/s9'] })
    const refusal = sketch.refused(updateCheckpoint, { ...api.address('s1'), depends_on: [web.ref('Wait')] })
    expect(refusal.message).toContain(`: 1 "s1" → ${web.ref('Wait')} "Wait" → 9 "s9" → 7 more → 1 "s1". `)
    expect(refusal.details.checkpoints).toHaveLength(10)
  })

  it('[D2] tells a title in a cycle so that it ends where it ends', () => {
    const sketch = workspace()
    const api = sketch.plan('api', { 'a" → 9 "b': [] })
    const web = sketch.plan('web', { 'סוף\u202e': ['api/a" → 9 "b'] })
    const refusal = sketch.refused(updateCheckpoint, { ...api.address('a" → 9 "b'), depends_on: [web.ref('סוף\u202e')] })
    const first = '1 "a\\" → 9 \\"b"'
    expect(refusal.message).toContain(`: ${first} → ${web.ref('סוף\u202e')} "\u2068סוף\u2069" → ${first}. `)
  })

  it('[D2] refuses a cycle through three milestones of two groups, by its shortest way', () => {
    const sketch = workspace()
    sketch.group('Ops')
    const a = sketch.plan('a', { One: [] })
    const b = sketch.plan('b', { Two: ['a/One'] }, { group: 'ops' })
    const c = sketch.plan('c', { Detour: ['b/Two'], Three: ['b/Two', 'Detour'] })
    const refusal = sketch.refused(updateCheckpoint, { ...a.address('One'), depends_on: [c.ref('Three')] })
    expect(refusal.details.path).toEqual([1, c.ref('Three'), b.ref('Two'), 1])
  })

  it('[D2] masks what the caller may not read in the path of a cycle', () => {
    const sketch = workspace()
    sketch.group('Secret', 'private')
    const a = sketch.plan('a', { One: [] })
    sketch.plan('vault', { Dig: ['a/One'] }, { group: 'secret' })
    const c = sketch.plan('c', { Three: ['vault/Dig'] })
    const refusal = sketch.refused(updateCheckpoint, { ...a.address('One'), depends_on: [c.ref('Three')] }, sketch.as('Ada'))
    const { checkpoint_id, milestone_id } = sketch.at('vault/Dig')
    expect(refusal.details.path).toEqual([1, c.ref('Three'), checkpoint_id, 1])
    expect(refusal.details.checkpoints).toMatchObject([
      { title: 'One', private: false },
      { title: 'Three', private: false },
      { ref: checkpoint_id, checkpoint_id, title: '', milestone_title: '', group_slug: '', state: 'blocked', private: true },
    ])
    expect(refusal.message).toContain(`${c.ref('Three')} "Three" → a private checkpoint → 1 "One"`)
    const told = JSON.stringify([refusal.message, refusal.details])
    for (const secret of [milestone_id, 'Dig', 'vault', 'secret']) expect(told).not.toContain(secret)
  })

  it('[D2] finds the cycle where one call removes an edge and adds another', () => {
    const sketch = workspace()
    const a = sketch.plan('a', { One: [], Two: ['One'], Three: ['Two'] })
    const b = sketch.plan('b', { Wait: ['a/Three'] })
    expect(sketch.refused(updateCheckpoint, { ...a.address('Two'), depends_on: [b.ref('Wait')] }).code).toBe('cycle')
  })

  it('[D2] allows two ways to one checkpoint, which is no cycle', () => {
    const sketch = workspace()
    const a = sketch.plan('a', { One: [], Left: ['One'], Right: ['One'], Both: ['Left', 'Right'] })
    const b = sketch.plan('b', { Wait: ['a/Left', 'a/Both'] })
    sketch.run(updateCheckpoint, { ...b.address('Wait'), depends_on: [a.ref('Left'), a.ref('Both'), a.ref('Right')] })
    expect(b.steps()).toEqual({ Wait: ['a/Left', 'a/Both', 'a/Right'] })
  })

  it('[D2] lets a checkpoint wait for work that is completed, whatever that waited for', () => {
    const sketch = workspace()
    const a = sketch.plan('a', { One: [], Two: [] })
    const b = sketch.plan('b', { Wait: ['a/One'] })
    for (const address of [a.address('One'), b.address('Wait')]) sketch.run(completeCheckpoint, address)
    sketch.run(updateCheckpoint, { ...a.address('Two'), depends_on: [b.ref('Wait')] })
    expect(a.steps()).toEqual({ One: [], Two: ['b/Wait'] })
  })
})

describe('dependencies inside a milestone', () => {
  it('[D3] point to a lower number, when planned', () => {
    const sketch = workspace()
    const steps = (depends_on: Reference[]) => [{ title: 'One', depends_on }, { title: 'Two' }]
    const refused = (depends_on: Reference[]) =>
      why(sketch.refused(createMilestone, { group_id: 'team', title: 'api', checkpoints: steps(depends_on) }))
    expect(refused([2])).toEqual(['invalid_dependency', 2, LOWER(1)])
    expect(refused([1])).toEqual(['invalid_dependency', 1, 'a checkpoint cannot depend on itself.'])
    for (const missing of [3, 0, -1, '', 'cp_none', 'ms_none:1'] satisfies Reference[])
      expect(refused([missing])).toEqual(['invalid_dependency', missing, MISSING])
  })

  it('[D3] point to a lower number, when changed, whichever way the number is said', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { One: [], Two: [], Three: [] })
    for (const later of [3, plan.ref('Three'), plan.at('Three').checkpoint_id] satisfies Reference[]) {
      const refusal = sketch.refused(updateCheckpoint, { ...plan.address('Two'), depends_on: [later] })
      expect(why(refusal)).toEqual(['invalid_dependency', later, LOWER(2)])
    }
  })

  it('[D3] point below the position of an insertion, by the numbers before it', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { One: [], Two: [], Three: [] })
    const insertion = { milestone_id: plan.milestone_id, title: 'New', position: 2 }
    for (const reference of [2, plan.ref('Two'), 3, plan.at('Three').checkpoint_id] satisfies Reference[])
      expect(why(sketch.refused(addCheckpoint, { ...insertion, depends_on: [reference] }))).toEqual([
        'invalid_dependency',
        reference,
        LOWER(2),
      ])
    for (const reference of [4, 5])
      expect(why(sketch.refused(addCheckpoint, { ...insertion, depends_on: [reference] }))).toEqual([
        'invalid_dependency',
        reference,
        MISSING,
      ])
    sketch.run(addCheckpoint, { ...insertion, depends_on: [1] })
    expect(plan.steps()).toEqual({ One: [], New: ['One'], Two: [], Three: [] })
  })

  it.each([0, -1, 4, 501, 'cp_none', 'ms_none:1', ':1', 'ms_x:0', ''] satisfies Reference[])(
    'refuses %j, which names nothing, and says so',
    (reference) => {
      const sketch = workspace()
      const plan = sketch.plan('api', { One: [], Two: [], Three: [] })
      const refusal = sketch.refused(updateCheckpoint, { ...plan.address('Three'), depends_on: [1, reference] })
      expect(refusal.code).toBe('invalid_dependency')
      expect(refusal.details.depends_on).toBe(reference)
    },
  )

  it('refuses a number of another milestone that does not go so far', () => {
    const sketch = workspace()
    const api = sketch.plan('api', { One: [] })
    const web = sketch.plan('web', { Two: [] })
    const reference = `${api.milestone_id}:2`
    expect(why(sketch.refused(updateCheckpoint, { ...web.address('Two'), depends_on: [reference] }))).toEqual([
      'invalid_dependency',
      reference,
      MISSING,
    ])
  })
})

describe('a number that is written as text', () => {
  it('[D4] is the number: planned, added, and changed', () => {
    const sketch = workspace()
    const checkpoints = [{ title: 'One' }, { title: 'Two', depends_on: ['1'] }, { title: 'Three', depends_on: ['2', 1, '1'] }]
    const { data } = sketch.run(createMilestone, { group_id: 'team', title: 'api', checkpoints })
    expect(data.checkpoints.map(({ depends_on }) => depends_on)).toEqual([[], [1], [1, 2]])
    const { milestone_id } = data
    const added = sketch.run(addCheckpoint, { milestone_id, title: 'Four', depends_on: ['3'] }).data
    expect(added.checkpoints[3]?.depends_on).toEqual([3])
    expect(sketch.run(updateCheckpoint, { milestone_id, order: 4, depends_on: ['1', '3'] }).data.checkpoints[3]?.depends_on).toEqual([1, 3])
    expect(sketch.run(updateCheckpoint, { milestone_id, order: 3, depends_on: ['1', '2'] })).toMatchObject({ events: [], changed: false })
  })

  it('[D3] is refused as the number is', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { One: [], Two: [], Three: [] })
    const refused = (reference: string) => why(sketch.refused(updateCheckpoint, { ...plan.address('Two'), depends_on: [reference] }))
    expect(refused('3')).toEqual(['invalid_dependency', 3, LOWER(2)])
    expect(refused('2')).toEqual(['invalid_dependency', 2, 'a checkpoint cannot depend on itself.'])
    expect(refused('999999')).toEqual(['invalid_dependency', 999_999, MISSING])
  })

  it.each(['01', ' 1 ', '+1', '-1', '1.0', '1e0', '0x1', '0', '', '١', '１', '1000000', '9'.repeat(200)])(
    'is not %j, which names nothing',
    (reference) => {
      const sketch = workspace()
      const plan = sketch.plan('api', { One: [], Two: [] })
      const refusal = sketch.refused(updateCheckpoint, { ...plan.address('Two'), depends_on: [reference] })
      expect(why(refusal)).toEqual(['invalid_dependency', reference, MISSING])
    },
  )
})

describe('the refusal of a dependency', () => {
  it('names the checkpoint that asked for it: by its number in the plan, by its position, and by its number', () => {
    const sketch = workspace()
    const steps = [{ title: 'One' }, { title: 'Two', depends_on: [1] }, { title: 'Three', depends_on: [2, 9] }]
    const planned = sketch.refused(createMilestone, { group_id: 'team', title: 'api', checkpoints: steps })
    expect(planned.message).toBe(`Checkpoint 3 cannot depend on 9: ${MISSING}`)
    expect(planned.details).toEqual({ order: 3, depends_on: 9, reason: MISSING })
    const ordered = steps.map((step, at) => ({ ...step, order: 3 - at, depends_on: at === 2 ? ['ms_x:7'] : [] }))
    expect(sketch.refused(createMilestone, { group_id: 'team', title: 'api', checkpoints: ordered }).details).toMatchObject({ order: 1 })

    const plan = sketch.plan('web', { One: [], Two: [], Three: [] })
    const { milestone_id } = plan
    const atEnd = sketch.refused(addCheckpoint, { milestone_id, title: 'New', depends_on: ['cp_none'] })
    expect(atEnd.message).toBe(`Checkpoint 4 cannot depend on cp_none: ${MISSING}`)
    const inserted = sketch.refused(addCheckpoint, { milestone_id, title: 'New', position: 2, depends_on: [2] })
    expect(inserted.message).toBe(`Checkpoint 2 cannot depend on 2: ${LOWER(2)}`)
    const changed = sketch.refused(updateCheckpoint, { milestone_id, order: plan.at('Two').checkpoint_id, depends_on: [1, 3] })
    expect(changed.message).toBe(`Checkpoint 2 cannot depend on 3: ${LOWER(2)}`)
    expect(changed.details).toEqual({ order: 2, depends_on: 3, reason: LOWER(2) })
  })
})

describe('what an edge points to', () => {
  it('[D4] is resolved once, when it is written, and rendered with the number of now', () => {
    const sketch = workspace()
    const api = sketch.plan('api', { One: [], Two: [] })
    const web = sketch.plan('web', { Wait: ['api/Two'] })
    const target = api.at('Two').checkpoint_id
    const told = () => sketch.run(updateCheckpoint, { ...web.address('Wait'), note: '' }).data.checkpoints[0]?.depends_on
    expect(told()).toEqual([`${api.milestone_id}:2`])
    sketch.run(addCheckpoint, { milestone_id: api.milestone_id, title: 'New', position: 1 })
    expect(told()).toEqual([`${api.milestone_id}:3`])
    sketch.run(deleteCheckpoint, api.address('One'))
    expect(told()).toEqual([`${api.milestone_id}:2`])
    expect(web.at('Wait').depends_on).toEqual([target])
  })

  it('[D4] is one edge, however often and in whichever way it is named', () => {
    const sketch = workspace()
    const api = sketch.plan('api', { One: [], Two: [] })
    const named = [1, 1, api.ref('One'), api.at('One').checkpoint_id]
    const { events } = sketch.run(updateCheckpoint, { ...api.address('Two'), depends_on: named })
    expect(events).toMatchObject([{ type: 'checkpoint.dependency_added', data: { depends_on: api.at('One').checkpoint_id } }])
    sketch.run(addCheckpoint, { milestone_id: api.milestone_id, title: 'Three', depends_on: [2, 1, 2] })
    expect(api.steps()).toEqual({ One: [], Two: ['One'], Three: ['Two', 'One'] })
    const checkpoints = [{ title: 'a' }, { title: 'b', depends_on: [1, 1, api.ref('One'), api.at('One').checkpoint_id] }]
    const { data } = sketch.run(createMilestone, { group_id: 'team', title: 'web', checkpoints })
    expect(data.checkpoints[1]?.depends_on).toEqual([1, api.ref('One')])
  })

  it('[E2] does not change by naming the same edges in another order', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { One: [], Two: [], Three: ['One', 'Two'] })
    const { events, changed } = sketch.run(updateCheckpoint, { ...plan.address('Three'), depends_on: [plan.ref('Two'), 1] })
    expect([events, changed]).toEqual([[], false])
  })

  it('[E2] changes by one event an edge: what is removed, with whether it was pending, then what is added', () => {
    const sketch = workspace()
    const plan = sketch.plan('api', { One: [], Two: [], Three: [], Four: ['One', 'Two'] })
    sketch.run(completeCheckpoint, plan.address('One'))
    const { events } = sketch.run(updateCheckpoint, { ...plan.address('Four'), depends_on: [3] })
    const [one, two, three] = ['One', 'Two', 'Three'].map((title) => plan.at(title).checkpoint_id)
    expect(events.map(({ type, data }) => ({ type, data }))).toEqual([
      { type: 'checkpoint.dependency_removed', data: { depends_on: one, target_was_pending: false } },
      { type: 'checkpoint.dependency_removed', data: { depends_on: two, target_was_pending: true } },
      { type: 'checkpoint.dependency_added', data: { depends_on: three } },
    ])
  })

  it('is bounded: fifty in one call, and not one more', () => {
    const sketch = workspace()
    const steps = Object.fromEntries(Array.from({ length: 52 }, (_, at) => [`s${at}`, []]))
    const plan = sketch.plan('api', steps)
    const first = (count: number) => Array.from({ length: count }, (_, at) => at + 1)
    expect(sketch.refused(updateCheckpoint, { ...plan.address('s51'), depends_on: first(51) }).code).toBe('invalid')
    sketch.run(updateCheckpoint, { ...plan.address('s51'), depends_on: first(50) })
    expect(plan.at('s51').depends_on).toHaveLength(50)
  })
})

describe('a dependency on what has become private', () => {
  const hidden = () => {
    const sketch = workspace()
    const ops = sketch.group('Ops')
    const api = sketch.plan('api', { Stage: [], Later: [] }, { group: 'ops' })
    const web = sketch.plan('web', { Design: [], Ship: ['api/Stage'] })
    const ada = sketch.as('Ada')
    sketch.hide(ops)
    return { sketch, api, web, ada, stood: api.at('Stage').checkpoint_id }
  }

  it('may stay: a caller who cannot read it may give it back as it was shown', () => {
    const { sketch, web, ada, stood } = hidden()
    const shown = sketch.run(updateCheckpoint, { ...web.address('Ship'), note: 'x' }, ada).data.checkpoints[1]?.depends_on ?? []
    expect(shown).toEqual([stood])
    expect(sketch.run(updateCheckpoint, { ...web.address('Ship'), depends_on: shown }, ada).events).toEqual([])
  })

  it('may stay while another is added, also by an agent, which loosens nothing by it', () => {
    const { sketch, web, stood } = hidden()
    sketch.run(updateCheckpoint, { ...web.address('Ship'), depends_on: [1, stood] }, sketch.as('bot', { agent: true }))
    expect(web.steps()).toEqual({ Design: [], Ship: ['api/Stage', 'Design'] })
  })

  it('[C1] may be named again in a completed checkpoint, where it changes nothing', () => {
    const { sketch, api, web, ada, stood } = hidden()
    for (const address of [api.address('Stage'), web.address('Ship')]) sketch.run(completeCheckpoint, address)
    expect(sketch.run(updateCheckpoint, { ...web.address('Ship'), depends_on: [stood] }, ada).events).toEqual([])
  })

  it('is refused where it is new, in the words for what does not exist', () => {
    const { sketch, api, web, ada } = hidden()
    for (const reference of [api.at('Later').checkpoint_id, api.ref('Later'), 'cp_none', 'ms_none:1']) {
      const refusal = sketch.refused(updateCheckpoint, { ...web.address('Design'), depends_on: [reference] }, ada)
      expect(why(refusal)).toEqual(['invalid_dependency', reference, MISSING])
    }
  })
})
