import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  archiveProject,
  claimCheckpoint,
  claimNext,
  completeCheckpoint,
  createMilestone,
  createProject,
  failCheckpoint,
  releaseCheckpoint,
  reopenProject,
  retryCheckpoint,
  updateCheckpoint,
  updateGroup,
} from '@/lib/operations'
import { type Move, moves, play, stage } from '@/lib/testing/moves'
import { loading, type Rows, rowsOf } from '@/lib/testing/pieces'
import { type Workspace, workspace } from '@/lib/testing/sketch'
import { type Actor, type Context, identify } from './context'
import type { Entities, Group, Kind } from './entities'
import { DomainError } from './errors'
import { evolve } from './evolve'
import { repeatableIds } from './ids'
import { heldBy, nextClaimable, type Where, waitingIn } from './ready'
import { type World, WorldState } from './world'

const types = (events: readonly { type: string }[]) => events.map(({ type }) => type)

/** A group with two agents in sessions of their own. */
const stageAgents = () => {
  const sketch = workspace()
  const one = sketch.as('one', { agent: true })
  const two = sketch.as('two', { agent: true })
  const next = (actor: Actor = one, where: Where & { ttl_seconds?: number } = {}) =>
    sketch.run(claimNext, { group_id: 'team', ...where }, actor)
  const titles = (times: number) => Array.from({ length: times }, () => next().data.checkpoint?.title ?? null)
  return { sketch, one, two, next, titles }
}

describe('the next task', () => {
  it('[L1] is the one that most others wait for, then of the older milestone, then the lower number', () => {
    const { sketch, titles } = stageAgents()
    sketch.plan('old', { A: [], B: [], C: ['B'] })
    sketch.plan('new', { D: [], E: ['D'], F: ['D'], G: ['old/B', 'D'], H: [] })
    expect(titles(5)).toEqual(['D', 'B', 'A', 'H', null])
  })

  it('[L1] is of the milestone that was created first, whatever its id', () => {
    const { sketch, titles } = stageAgents()
    for (const name of ['one', 'two', 'three', 'four', 'five']) sketch.plan(name, { [name]: [] })
    expect(titles(5)).toEqual(['one', 'two', 'three', 'four', 'five'])
  })

  it('[L1] counts what waits in other groups too', () => {
    const { sketch, titles } = stageAgents()
    sketch.group('Ops')
    sketch.plan('api', { A: [], B: [], C: [], D: ['A'], E: ['A'] })
    sketch.plan('ops', { Far: ['api/C'], Further: ['api/C'], Furthest: ['api/C'] }, { group: 'ops' })
    expect(titles(3)).toEqual(['C', 'A', 'B'])
  })

  it('[L1] comes after all others if its last attempt failed, and not at all while it needs attention', () => {
    const { sketch, one, titles } = stageAgents()
    const plan = sketch.plan('api', { A: [], B: [], C: ['A'], D: ['A'] })
    sketch.run(failCheckpoint, { ...plan.address('A'), reason: 'no' }, one)
    sketch.run(failCheckpoint, { ...plan.address('B'), reason: 'no' }, one)
    sketch.run(retryCheckpoint, plan.address('B'))
    expect(titles(3)).toEqual(['B', 'A', null])
    sketch.run(failCheckpoint, { ...plan.address('A'), reason: 'no' }, one)
    sketch.run(updateGroup, { group_id: 'team', max_failures: 2 })
    expect(titles(1)).toEqual([null])
    sketch.run(retryCheckpoint, plan.address('A'))
    expect(titles(1)).toEqual(['A'])
  })

  it('[L1] is never what another agent holds, until the claim expires: its expiry is written first', () => {
    const { sketch, one, two, next } = stageAgents()
    sketch.plan('api', { A: [], B: [] })
    expect(next(one, { ttl_seconds: 60 }).data.checkpoint?.title).toBe('A')
    expect(next(two).data.checkpoint?.title).toBe('B')
    expect(next(two).data.claim).toBeNull()
    sketch.wait(60)
    const { events, data } = next(two)
    expect(types(events)).toEqual(['claim.expired', 'claim.taken'])
    expect(data).toMatchObject({ claim: { attempt: 2, held_by_you: true }, checkpoint: { title: 'A', attempts: 2 }, waiting: null })
  })

  it('[L1] leaves out completed and archived projects, unless the call names the project or the milestone', () => {
    const { sketch, one, next } = stageAgents()
    const { project_id } = sketch.run(createProject, { group_id: 'team', title: 'Old' }).data
    const checkpoints = [{ title: 'A' }, { title: 'B' }]
    const { milestone_id } = sketch.run(createMilestone, { group_id: 'team', title: 'Plan', project_id, checkpoints }).data
    sketch.run(archiveProject, { project_id })
    expect(next().data).toMatchObject({ claim: null, waiting: { sentence: 'No checkpoint is pending here.' } })
    expect(next(one, { project_id }).data.checkpoint?.title).toBe('A')
    expect(next(one, { milestone_id }).data.checkpoint?.title).toBe('B')
    sketch.run(releaseCheckpoint, { milestone_id, order: 1 }, one)
    sketch.run(reopenProject, { project_id })
    expect(next().data.checkpoint?.title).toBe('A')
  })

  it('[L1] is sought only in the milestone and the project that are named, which must be readable and of the group', () => {
    const { sketch, one, next } = stageAgents()
    sketch.group('Ops')
    sketch.group('Hidden', 'private')
    const here = sketch.plan('here', { A: [], B: ['A'] })
    const there = sketch.plan('there', { C: [] })
    expect(next(one, { milestone_id: there.milestone_id }).data.checkpoint?.title).toBe('C')
    const ops = sketch.plan('ops', { D: [] }, { group: 'ops' })
    const hidden = sketch.plan('hidden', { E: [] }, { group: 'hidden' })
    const refused = (where: Where) => sketch.refused(claimNext, { group_id: 'team', ...where }, one)
    expect(refused({ milestone_id: ops.milestone_id }).code).toBe('invalid')
    expect(refused({ project_id: ops.milestone.project_id }).code).toBe('invalid')
    const missing = refused({ milestone_id: 'ms_none' })
    expect(refused({ milestone_id: hidden.milestone_id })).toMatchObject({
      code: 'not_found',
      message: missing.message,
      details: missing.details,
    })
    expect(refused({ project_id: hidden.milestone.project_id }).code).toBe('not_found')
    expect(here.at('A').claim_id).toBeNull()
  })

  it('[L1] is another one when the same agent asks again, who is told what it holds already', () => {
    const { sketch, one, two, next } = stageAgents()
    const plan = sketch.plan('api', { A: [], B: [], C: [] })
    expect(next(two).data.held).toEqual([])
    expect(next(one).data.held).toEqual([])
    expect(next(one).data.held).toMatchObject([{ ref: plan.ref('B'), checkpoint_id: plan.at('B').checkpoint_id, title: 'B' }])
    expect(next(one).data).toMatchObject({ claim: null, held: [{ title: 'B' }, { title: 'C' }] })
    expect(next({ ...one, session_id: 'another' }).data.held).toEqual([])
    expect(next({ ...one, session_id: null, via: 'rest' }).data.held).toEqual([])
  })

  it('[H4] is the same one when the call is repeated under its idempotency key, and none when there was none', () => {
    const { sketch, one } = stageAgents()
    sketch.plan('api', { A: [], B: [] })
    const call = (key: string) => sketch.run(claimNext, { group_id: 'team' }, one, key)
    const first = call('a')
    expect(call('a')).toMatchObject({ replayed: true, events: [], data: { claim: { claim_id: first.data.claim?.claim_id } } })
    call('b')
    expect(call('c').data.claim).toBeNull()
    expect(call('c')).toMatchObject({ replayed: true, changed: false, data: { claim: null, waiting: { claimed: { total: 2 } } } })
  })
})

describe('where nothing can be claimed', () => {
  it('[N1] says what is waited for: by whom it is held, what needs a person, what needs a vote, and what it waits for elsewhere', () => {
    const { sketch, one, two, next } = stageAgents()
    const ops = sketch.group('Ops')
    const hidden = sketch.group('Hidden', 'private')
    const far = sketch.plan('far', { Far: [] }, { group: 'ops' })
    sketch.plan('secret', { Secret: [] }, { group: 'hidden' })
    const plan = sketch.plan('api', { A: [], B: [], V: [], C: ['A'], D: ['far/Far', 'secret/Secret'] }, { gated: ['V'] })
    sketch.run(claimCheckpoint, { ...plan.address('A'), ttl_seconds: 600 }, two)
    for (const reason of ['one', 'two', 'three']) sketch.run(failCheckpoint, { ...plan.address('B'), reason }, two)
    const { data, changed, events } = next(one)
    expect({ changed, events }).toEqual({ changed: false, events: [] })
    expect(data).toMatchObject({ claim: null, milestone_id: null, checkpoint: null, held: [] })
    expect(data.waiting).toMatchObject({
      claimed: { total: 1, checkpoints: [{ ref: plan.ref('A'), title: 'A', held_by_name: 'two', held_by_you: false }] },
      needs_attention: { total: 1, checkpoints: [{ ref: plan.ref('B'), title: 'B', last_failure: 'three' }] },
      awaiting_consensus: { total: 1, checkpoints: [{ ref: plan.ref('V'), proposal_id: plan.at('V').proposal_id }] },
      blocked: 2,
      elsewhere: {
        total: 2,
        checkpoints: expect.arrayContaining([
          expect.objectContaining({ ref: far.ref('Far'), group_slug: 'ops', state: 'ready', private: false }),
          expect.objectContaining({ ref: sketch.at('secret/Secret').checkpoint_id, title: '', private: true }),
        ]),
      },
    })
    expect(data.waiting?.sentence).toBe(
      'No checkpoint can be claimed now: 1 is claimed, 1 needs the attention of a person, 1 waits for a vote and 2 are blocked. Wait with wait_for until one is free. Ask a person to give back what has failed too often. Ask the members of the group to vote.',
    )
    expect([ops, hidden]).toHaveLength(2)
  })

  it('names five of each kind and counts the others', () => {
    const { sketch, next } = stageAgents()
    sketch.plan('api', Object.fromEntries(Array.from({ length: 7 }, (_, at) => [`S${at}`, []])))
    for (let times = 0; times < 7; times++) next()
    const { waiting } = next().data
    expect(waiting?.claimed.total).toBe(7)
    expect(waiting?.claimed.checkpoints.map(({ title }) => title)).toEqual(['S0', 'S1', 'S2', 'S3', 'S4'])
  })
})

describe('after a change of what is around a milestone', () => {
  /** Two milestones, of which each waits for the other, and whose next tasks have been asked for. */
  const crossed = () => {
    const staged = stageAgents()
    const { sketch, next, one } = staged
    const api = sketch.plan('api', { A: [], B: [] })
    const web = sketch.plan('web', { C: [], D: ['api/A'] })
    const inWeb = () => next(one, { milestone_id: web.milestone_id }).data.checkpoint?.title ?? null
    return { ...staged, api, web, inWeb }
  }

  it('[D1] the completion of a dependency in another milestone frees what waited for it', () => {
    const { sketch, api, inWeb } = crossed()
    expect([inWeb(), inWeb()]).toEqual(['C', null])
    sketch.run(completeCheckpoint, api.address('A'))
    expect(inWeb()).toBe('D')
  })

  it('[D1] a new dependency blocks, and raises what it points to', () => {
    const { sketch, api, web, next, one } = crossed()
    const first = () => {
      const { checkpoint, milestone_id } = next(one).data
      sketch.run(releaseCheckpoint, { milestone_id: milestone_id ?? '', order: checkpoint?.order ?? 0 }, one)
      return checkpoint?.title
    }
    expect(first()).toBe('A')
    sketch.run(updateCheckpoint, { ...web.address('C'), depends_on: [api.ref('B')] })
    sketch.run(updateCheckpoint, { ...web.address('D'), depends_on: [api.ref('B'), api.ref('A')] })
    expect(first()).toBe('B')
    expect(next(one, { milestone_id: web.milestone_id }).data.claim).toBeNull()
  })

  it('[G1] a passed vote frees', () => {
    const { sketch, titles } = stageAgents()
    sketch.plan('api', { A: [], V: [] }, { gated: ['V'] })
    expect(titles(2)).toEqual(['A', null])
    sketch.seal(sketch.at('api/V'))
    expect(titles(1)).toEqual(['V'])
  })
})

describe('any sequence of calls', () => {
  /** Who else asks after each move, and whether for the next task. */
  type Step = { asks: boolean; who: number; which: number }
  const number = fc.nat({ max: 9_999 })
  const steps = fc.array(fc.record<Step>({ asks: fc.boolean(), who: number, which: number }), { minLength: 60, maxLength: 120 })
  const pick = <T>(from: readonly T[], by: number): T | undefined => from[by % Math.max(1, from.length)]
  const reached = new Map<string, number>()
  const count = (what: string) => reached.set(what, (reached.get(what) ?? 0) + 1)

  const all = <K extends Kind>(rows: Rows, kind: K): Entities[K][] => (rows.get(kind) ?? []) as Entities[K][]

  /** What should be claimed next, found among all rows by the words of rule L1. */
  const expected = (rows: Rows, now: string, { group_id, max_failures }: Group, { project_id, milestone_id }: Where): string | null => {
    const checkpoints = all(rows, 'checkpoint')
    const pending = new Set(checkpoints.filter((row) => row.completed_at === null).map((row) => row.checkpoint_id))
    const milestones = new Map(all(rows, 'milestone').map((row) => [row.milestone_id, row]))
    const archived = new Set(
      all(rows, 'project')
        .filter((row) => row.status !== 'active')
        .map((row) => row.project_id),
    )
    const passed = new Set(
      all(rows, 'proposal')
        .filter((row) => row.threshold_met)
        .map((row) => row.proposal_id),
    )
    const ranked = checkpoints.flatMap((row) => {
      const milestone = milestones.get(row.milestone_id)
      if (!milestone || milestone.group_id !== group_id || !pending.has(row.checkpoint_id)) return []
      if (milestone_id !== undefined && milestone_id !== row.milestone_id) return []
      if (project_id !== undefined && project_id !== milestone.project_id) return []
      if (project_id === undefined && milestone_id === undefined && archived.has(milestone.project_id)) return []
      if (row.depends_on.some((id) => pending.has(id))) return []
      if (row.proposal_id !== null && !passed.has(row.proposal_id)) return []
      const ended = row.claim_expires_at !== null && row.claim_expires_at <= now
      if (row.claim_id !== null && !ended) return []
      if (row.failures + (ended ? 1 : 0) >= max_failures) return []
      const failed = ended || (row.failures > 0 && row.last_failure?.attempt === row.attempts)
      const unblocks = checkpoints.filter(
        (other) => pending.has(other.checkpoint_id) && other.depends_on.includes(row.checkpoint_id),
      ).length
      const digits = (value: number) => String(value).padStart(6, '0')
      const key = [failed ? 1 : 0, digits(999_999 - unblocks), milestone.created_at, milestone.milestone_id, digits(row.order)].join(' ')
      return [{ key, id: row.checkpoint_id, failed, ended, unblocks }]
    })
    const [best] = ranked.sort((a, b) => (a.key < b.key ? -1 : 1))
    count(best ? (best.ended ? 'an expired one' : best.failed ? 'a failed one' : best.unblocks > 1 ? 'a useful one' : 'one') : 'none')
    return best?.id ?? null
  }

  const contextOf = (sketch: Workspace, world: World, actor: Actor): Context => ({
    caller: identify(world, actor, sketch.now),
    now: sketch.now,
    origin: '',
    ids: repeatableIds().start(),
  })

  const isLive = (sketch: Workspace, actor: Actor): boolean => {
    try {
      return identify(sketch.world, actor, sketch.now) !== null
    } catch (error) {
      if (error instanceof DomainError) return false
      throw error
    }
  }

  /** All that is derived of a group, by ids. */
  const answerIn = (sketch: Workspace, world: World, actor: Actor, group_id: string, where: Where) => {
    const context = contextOf(sketch, world, actor)
    const group = world.find('group', group_id)
    if (!group) throw new Error('the group is gone')
    const { claimed, needs_attention, voting, blocked, elsewhere } = waitingIn(world, context, group, where)
    const ids = ({ total, first }: typeof claimed) => [total, ...first.map(({ checkpoint_id }) => checkpoint_id)]
    return {
      next: nextClaimable(world, context, group, where)?.checkpoint_id ?? null,
      held: heldBy(world, context, group, where).map(({ checkpoint_id }) => checkpoint_id),
      waiting: [ids(claimed), ids(needs_attention), ids(voting), blocked, ids(elsewhere)],
    }
  }

  const fresh = (rows: Rows): WorldState => {
    const world = new WorldState(true)
    for (const [kind, entities] of rows) for (const entity of entities) world.admit(kind, entity)
    return world
  }

  const attempt = (run: () => unknown): unknown => {
    try {
      return run()
    } catch (error) {
      if (error instanceof DomainError) return null
      throw error
    }
  }

  const broken = (script: readonly Move[], between: readonly Step[], batch: number): string[] => {
    const found: string[] = []
    const sketch = workspace()
    const actors = stage(sketch)
    sketch.world.markStored()
    let stored = rowsOf(sketch.world)
    let cold = new WorldState()
    sketch.onAsk = (ask) => attempt(() => loading(cold, stored, () => ask(cold)))
    sketch.onEvent = (event) => evolve(cold, event)
    for (const [at, { asks, who, which }] of between.entries()) {
      if (at % batch === 0) {
        sketch.world.markStored()
        stored = rowsOf(sketch.world)
        cold.markStored()
        if (at % (batch * 3) === 0) cold = cold.renewed()
      }
      const move = script[at]
      const chosen = pick(actors, who) ?? sketch.owner
      if (move) play(sketch, actors, move)
      // Nothing is derived for whoever may call nothing (A2, R1).
      const actor = isLive(sketch, chosen) ? chosen : sketch.owner
      const group_id = pick(sketch.world.all('group'), which)?.group_id ?? ''
      if (asks) attempt(() => sketch.run(claimNext, { group_id, ttl_seconds: 30 + (which % 100) }, actor))
      const rows = rowsOf(sketch.world)
      for (const group of sketch.world.all('group')) {
        const project_id = pick(sketch.world.list('group', group.group_id, 'project'), which)?.project_id
        const milestone_id = pick(sketch.world.list('active_milestones', group.group_id, 'milestone'), which)?.milestone_id
        for (const where of [{}, { project_id }, { milestone_id }, { project_id, milestone_id }]) {
          const kept = answerIn(sketch, sketch.world, actor, group.group_id, where)
          const anew = answerIn(sketch, fresh(rows), actor, group.group_id, where)
          const piecewise = loading(cold, stored, () => answerIn(sketch, cold, actor, group.group_id, where))
          const best = expected(rows, sketch.now, group, where)
          if (kept.next !== best) found.push(`${kept.next} is next, but ${best} should be`)
          for (const other of [anew, piecewise])
            if (JSON.stringify(other) !== JSON.stringify(kept)) found.push(`${JSON.stringify(kept)} but ${JSON.stringify(other)}`)
        }
      }
      if (found.length > 0) return [`after ${at} of ${JSON.stringify(move)}`, ...found]
    }
    return found
  }

  it('[L1] gives the next task that the rule names, whatever was derived before and however the world was loaded', () => {
    fc.assert(
      fc.property(moves(120), steps, fc.integer({ min: 1, max: 9 }), (script, between, batch) => {
        expect(broken(script, between, batch)).toEqual([])
      }),
      { seed: 1, numRuns: 30, interruptAfterTimeLimit: 60_000 },
    )
    expect(Object.fromEntries([...reached].map(([what, times]) => [what, times > 10]))).toEqual(
      Object.fromEntries(['an expired one', 'a failed one', 'a useful one', 'one', 'none'].map((what) => [what, true])),
    )
  })
})
