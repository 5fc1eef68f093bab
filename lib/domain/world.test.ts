import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Move, moves, play, stage } from '@/lib/testing/moves'
import { loading, rowsOf } from '@/lib/testing/pieces'
import { workspace } from '@/lib/testing/sketch'
import { UNCLAIMED } from './attempt'
import type { Checkpoint, Kind, Member, Milestone } from './entities'
import { DomainError } from './errors'
import { evolve } from './evolve'
import { KIND_NAMES, type Unit } from './kinds'
import { findGroupBySlug } from './resolve'
import { NotLoaded, type World, WorldState } from './world'

const at = '2026-01-01T00:00:00.000Z'
const checkpoint = (checkpoint_id: string, order: number, depends_on: string[] = [], milestone_id = 'ms_1'): Checkpoint => ({
  checkpoint_id,
  milestone_id,
  order,
  depends_on,
  title: checkpoint_id,
  description: '',
  requires_consensus: false,
  proposal_id: null,
  note: '',
  git_branch_url: null,
  git_pr_url: null,
  git_commit_url: null,
  created_by: 'usr_1',
  completed_at: null,
  completed_by: null,
  completed_seq: null,
  completed_session: null,
  completed_for: null,
  ...UNCLAIMED,
  attempts: 0,
  failures: 0,
  last_failure: null,
  last_done_by: null,
})
const milestone = (milestone_id: string): Milestone => ({
  milestone_id,
  group_id: 'g',
  project_id: 'proj_1',
  title: milestone_id,
  description: '',
  status: 'active',
  created_by: 'usr_1',
  created_at: at,
  updated_at: at,
  closed_at: null,
  version: 1,
})

const ids = (checkpoints: readonly Checkpoint[]) => checkpoints.map(({ checkpoint_id }) => checkpoint_id)
const lacking = (ask: () => unknown): readonly Unit[] => {
  try {
    ask()
  } catch (error) {
    if (error instanceof NotLoaded) return error.units
    throw error
  }
  return []
}

describe('a world that has loaded nothing', () => {
  it('throws what it lacks, and never answers that it does not exist', () => {
    const world: World = new WorldState()
    expect(lacking(() => world.find('milestone', 'm'))).toEqual([{ kind: 'milestone', id: 'm' }])
    expect(lacking(() => world.find('checkpoint', 'c'))).toEqual([{ kind: 'checkpoint', id: 'c' }])
    expect(lacking(() => world.findIn('group', 'g', 'member', 'g/p'))).toEqual([{ kind: 'group', id: 'g' }])
    expect(lacking(() => world.findIn('principal', 'p', 'key', 'k'))).toEqual([{ kind: 'principal', id: 'p' }])
    expect(lacking(() => world.list('group_slug', 's', 'group'))).toEqual([{ kind: 'group_slug', id: 's' }])
    expect(lacking(() => world.list('group', 'g', 'member'))).toEqual([{ kind: 'group', id: 'g' }])
    expect(lacking(() => world.list('group', 'g', 'project'))).toEqual([{ kind: 'group', id: 'g' }])
    expect(lacking(() => world.checkpoints('m'))).toEqual([{ kind: 'checkpoints', id: 'm' }])
    expect(lacking(() => world.dependents('c'))).toEqual([{ kind: 'dependents', id: 'c' }])
  })

  it('names all that is missing at once, and only that', () => {
    const world = new WorldState()
    world.admit('checkpoint', checkpoint('a', 1))
    const units: Unit[] = ['a', 'b', 'c'].map((id) => ({ kind: 'checkpoint', id }))
    expect(lacking(() => world.need(units))).toEqual(units.slice(1))
    world.complete({ kind: 'checkpoint', id: 'b' })
    world.admit('checkpoint', checkpoint('c', 2))
    expect(lacking(() => world.need(units))).toEqual([])
    expect(world.find('checkpoint', 'b')).toBeNull()
  })

  it('does not take a row that happens to be there for a whole set', () => {
    const world = new WorldState()
    world.admit('checkpoint', checkpoint('b', 2, ['a']))
    expect(lacking(() => world.checkpoints('ms_1'))).toHaveLength(1)
    expect(lacking(() => world.dependents('a'))).toHaveLength(1)
  })
})

const changed = (world: WorldState) => [...world.changes.checkpoint]

describe('a row that is admitted', () => {
  it('never overrides what the world holds already', () => {
    const world = new WorldState()
    const newer = { ...checkpoint('a', 1), title: 'newer' }
    world.create('checkpoint', newer)
    world.admit('checkpoint', { ...checkpoint('a', 1), title: 'older' })
    expect(world.find('checkpoint', 'a')).toBe(newer)
  })

  it('never revives what was deleted', () => {
    const world = new WorldState()
    world.admit('checkpoint', checkpoint('a', 1))
    world.remove('checkpoint', 'a')
    world.admit('checkpoint', checkpoint('a', 1))
    world.complete({ kind: 'checkpoints', id: 'ms_1' })
    expect(world.find('checkpoint', 'a')).toBeNull()
    expect(world.checkpoints('ms_1')).toEqual([])
  })

  it('is no change', () => {
    const world = new WorldState()
    world.admit('checkpoint', checkpoint('a', 1))
    expect(changed(world)).toEqual([])
  })

  it('joins a set that was read before', () => {
    const world = new WorldState()
    world.complete({ kind: 'checkpoints', id: 'ms_1' })
    world.create('checkpoint', checkpoint('b', 2))
    expect(ids(world.checkpoints('ms_1'))).toEqual(['b'])
    world.admit('checkpoint', checkpoint('a', 1))
    expect(ids(world.checkpoints('ms_1'))).toEqual(['a', 'b'])
  })
})

describe('the indexes of a world', () => {
  const filled = () => {
    const world = new WorldState()
    world.create('milestone', milestone('ms_1'))
    for (const row of [checkpoint('a', 1), checkpoint('b', 2, ['a']), checkpoint('c', 3, ['a', 'b'])]) world.create('checkpoint', row)
    return world
  }

  it('give the checkpoints of a milestone by their numbers of now', () => {
    const world = filled()
    expect(ids(world.checkpoints('ms_1'))).toEqual(['a', 'b', 'c'])
    world.put('checkpoint', checkpoint('a', 9))
    expect(ids(world.checkpoints('ms_1'))).toEqual(['b', 'c', 'a'])
  })

  it('give them as they are now, and leave a list that was given before as it was', () => {
    const world = filled()
    const before = world.checkpoints('ms_1')
    const changed = { ...checkpoint('b', 2, ['a']), title: 'changed' }
    world.put('checkpoint', changed)
    expect(world.checkpoints('ms_1')[1]).toBe(changed)
    expect(before[1]?.title).toBe('b')
    world.create('checkpoint', checkpoint('d', 2))
    world.put('checkpoint', checkpoint('b', 3, ['a']))
    world.put('checkpoint', checkpoint('c', 4, ['a', 'b']))
    expect(ids(world.checkpoints('ms_1'))).toEqual(['a', 'd', 'b', 'c'])
  })

  it('give them in order even while their numbers have gaps', () => {
    const world = new WorldState()
    world.create('milestone', milestone('ms_1'))
    for (const row of [checkpoint('a', 5), checkpoint('b', 6), checkpoint('c', 7)]) world.create('checkpoint', row)
    expect(ids(world.checkpoints('ms_1'))).toEqual(['a', 'b', 'c'])
    world.put('checkpoint', checkpoint('b', 2))
    expect(ids(world.checkpoints('ms_1'))).toEqual(['b', 'a', 'c'])
  })

  it('count the completed ones, through completions, reopenings, additions and deletions', () => {
    const world = filled()
    const completed = (row: Checkpoint): Checkpoint => ({ ...row, completed_at: at })
    const counted: [number, number][] = []
    const count = () => {
      const { total, completed } = world.counts('ms_1')
      expect(completed).toBe(world.checkpoints('ms_1').filter(({ completed_at }) => completed_at !== null).length)
      counted.push([completed, total])
    }
    count()
    for (const row of [checkpoint('a', 1), checkpoint('b', 2, ['a'])]) world.put('checkpoint', completed(row))
    count()
    world.create('checkpoint', completed(checkpoint('d', 4)))
    count()
    world.put('checkpoint', checkpoint('b', 2, ['a']))
    count()
    world.remove('checkpoint', 'd')
    count()
    expect(counted).toEqual([
      [0, 3],
      [2, 3],
      [3, 4],
      [2, 4],
      [1, 3],
    ])
  })

  it('do not look at every checkpoint of a milestone when one changes that keeps its number', () => {
    const world = new WorldState()
    world.complete({ kind: 'checkpoints', id: 'ms_1' })
    let looks = 0
    for (let order = 1; order <= 100; order++) {
      const row = checkpoint(`cp_${order}`, order)
      const counting = {
        get order() {
          looks++
          return order
        },
      }
      world.create('checkpoint', order === 50 ? row : Object.defineProperties(row, Object.getOwnPropertyDescriptors(counting)))
    }
    expect(world.checkpoints('ms_1')).toHaveLength(100)
    looks = 0
    const changed = { ...checkpoint('cp_50', 50), title: 'changed' }
    world.put('checkpoint', changed)
    expect(world.checkpoints('ms_1')[49]).toBe(changed)
    expect(looks).toBeLessThan(5)
  })

  it('give those who wait, through changes of edges and deletions', () => {
    const world = filled()
    expect(ids(world.dependents('a'))).toEqual(['b', 'c'])
    world.put('checkpoint', checkpoint('b', 2))
    expect(ids(world.dependents('a'))).toEqual(['c'])
    world.remove('checkpoint', 'c')
    expect([ids(world.dependents('a')), ids(world.dependents('b'))]).toEqual([[], []])
  })

  it('give a group by the slug that it has now', () => {
    const sketch = workspace()
    const group = sketch.world.find('group', sketch.groupId('team'))
    if (!group) throw new Error('no team')
    sketch.world.put('group', { ...group, slug: 'crew' })
    expect(findGroupBySlug(sketch.world, 'crew')?.group_id).toBe(group.group_id)
    expect(findGroupBySlug(sketch.world, 'team')).toBeNull()
  })

  it('give the active milestones of a group, also of those that were loaded for another reason', () => {
    const world = new WorldState()
    world.admit('milestone', { ...milestone('ms_closed'), status: 'closed' })
    world.admit('milestone', milestone('ms_1'))
    world.complete({ kind: 'active_milestones', id: 'g' })
    const active = () => world.list('active_milestones', 'g', 'milestone').map(({ milestone_id }) => milestone_id)
    expect(active()).toEqual(['ms_1'])
    world.put('milestone', milestone('ms_closed'))
    world.put('milestone', { ...milestone('ms_1'), status: 'closed' })
    expect(active()).toEqual(['ms_closed'])
    world.markStored()
    expect(world.renewed().list('active_milestones', 'g', 'milestone')).toEqual([milestone('ms_closed')])
  })

  it('know what was made here to be whole: nothing can refer to it yet', () => {
    const world = filled()
    expect(lacking(() => [world.checkpoints('ms_1'), world.dependents('c'), world.find('milestone', 'ms_1')])).toEqual([])
  })
})

describe('the changes of a world', () => {
  const [first, second] = [checkpoint('a', 1), checkpoint('a', 2)]

  it('say how each entity differs from what is stored, by its first and its last state', () => {
    const world = new WorldState()
    world.admit('checkpoint', first)
    world.put('checkpoint', { ...first, title: 'on the way' })
    world.put('checkpoint', second)
    world.create('checkpoint', checkpoint('b', 1))
    expect(changed(world)).toEqual([
      ['a', { from: first, to: second }],
      ['b', { from: null, to: checkpoint('b', 1) }],
    ])
  })

  it('say nothing of an entity that came and went before it was stored', () => {
    const world = new WorldState()
    world.create('checkpoint', first)
    world.remove('checkpoint', 'a')
    expect(changed(world)).toEqual([])
    expect(world.find('checkpoint', 'a')).toBeNull()
  })

  it('say that a stored entity is gone, of any kind, also where its id is made of two fields', () => {
    const world = new WorldState()
    const member: Member = { group_id: 'g', principal_id: 'p', role: 'member', joined_at: at }
    world.admit('member', member)
    world.remove('member', 'g/p')
    expect([...world.changes.member]).toEqual([['g/p', { from: member, to: null }]])
  })

  it('say that an entity which was deleted and made again differs from the one that is stored', () => {
    const world = new WorldState()
    world.admit('checkpoint', first)
    world.complete({ kind: 'checkpoints', id: 'ms_1' })
    world.remove('checkpoint', 'a')
    world.create('checkpoint', second)
    expect(changed(world)).toEqual([['a', { from: first, to: second }]])
    expect(ids(world.checkpoints('ms_1'))).toEqual(['a'])
  })

  it('are not made of what was never loaded, since it could not be told what is stored', () => {
    const world = new WorldState()
    expect(() => world.put('checkpoint', first)).toThrow('not loaded')
    expect(() => world.remove('checkpoint', 'a')).toThrow('not loaded')
  })

  it('begin anew once they are stored', () => {
    const world = new WorldState()
    world.create('checkpoint', first)
    world.markStored()
    expect(changed(world)).toEqual([])
    world.put('checkpoint', second)
    expect(changed(world)).toEqual([['a', { from: first, to: second }]])
  })
})

describe('a world that is renewed', () => {
  const filled = () => {
    const world = new WorldState()
    for (const id of ['ms_1', 'ms_2']) {
      world.admit('milestone', milestone(id))
      world.complete({ kind: 'checkpoints', id })
    }
    for (const row of [checkpoint('a', 1), checkpoint('b', 2, ['a']), checkpoint('c', 1, ['a'], 'ms_2')]) world.admit('checkpoint', row)
    world.complete({ kind: 'dependents', id: 'a' })
    world.complete({ kind: 'milestone', id: 'ms_none' })
    return world
  }

  it('still knows what the one before it knew, and also that something does not exist', () => {
    const world = filled().renewed()
    expect(ids(world.dependents('a'))).toEqual(['b', 'c'])
    expect(ids(world.checkpoints('ms_1'))).toEqual(['a', 'b'])
    expect(world.find('checkpoint', 'c')).toEqual(checkpoint('c', 1, ['a'], 'ms_2'))
    expect(world.findAll('milestone', ['ms_1', 'ms_none'])).toEqual([milestone('ms_1'), null])
  })

  it('takes no row of a set for the whole set, and no missing row for one that does not exist', () => {
    const world = filled().renewed()
    expect(world.find('checkpoint', 'b')).not.toBeNull()
    expect(lacking(() => world.dependents('b'))).toEqual([{ kind: 'dependents', id: 'b' }])
    expect(lacking(() => world.find('checkpoint', 'd'))).toEqual([{ kind: 'checkpoint', id: 'd' }])
  })

  it('has what has changed since, and not what the one before it had', () => {
    const world = filled().renewed()
    world.find('checkpoint', 'b')
    world.put('checkpoint', checkpoint('b', 2))
    world.find('checkpoint', 'c')
    world.remove('checkpoint', 'c')
    world.create('checkpoint', checkpoint('d', 3, ['a']))
    expect(ids(world.dependents('a'))).toEqual(['d'])
    expect(ids(world.checkpoints('ms_1'))).toEqual(['a', 'b', 'd'])
    expect(world.checkpoints('ms_2')).toEqual([])
    world.markStored()
    const next = world.renewed()
    expect(ids(next.dependents('a'))).toEqual(['d'])
    expect(next.find('checkpoint', 'c')).toBeNull()
  })

  it('forgets what was not asked for since it was last renewed, with all that it knew of it', () => {
    const world = filled().renewed()
    world.checkpoints('ms_1')
    const next = world.renewed()
    expect(ids(next.checkpoints('ms_1'))).toEqual(['a', 'b'])
    for (const ask of [
      () => next.checkpoints('ms_2'),
      () => next.dependents('a'),
      () => next.find('checkpoint', 'c'),
      () => next.find('milestone', 'ms_none'),
    ])
      expect(lacking(ask)).toHaveLength(1)
  })

  it('does not keep the worlds before the one before it in memory', async () => {
    setFlagsFromString('--expose-gc')
    const collect: () => void = runInNewContext('gc')
    let world = filled()
    const first = new WeakRef(world)
    for (let times = 0; times < 3; times++) world = world.renewed()
    // A WeakRef holds its target until the present job has ended.
    await new Promise(setImmediate)
    collect()
    expect(first.deref()).toBeUndefined()
    expect(world.weight).toBe(0)
  })

  it('cannot forget what is not stored', () => {
    const world = filled()
    world.put('checkpoint', checkpoint('b', 2))
    expect(() => world.renewed()).toThrow('not stored')
  })

  it('weighs nothing at first, and as much as before when all has come and gone', () => {
    const world = filled().renewed()
    expect(world.weight).toBe(0)
    world.checkpoints('ms_1')
    const before = world.weight
    expect(before).toBeGreaterThan(0)
    world.put('checkpoint', checkpoint('b', 2, ['a', 'x', 'y']))
    expect(world.weight).toBeGreaterThan(before)
    world.put('checkpoint', checkpoint('b', 2, ['a']))
    expect(world.weight).toBe(before)
  })
})

describe('a world that is loaded piece by piece', () => {
  const text = (value: unknown) => JSON.stringify(value) ?? ''

  /** What a question came to. Neither edges nor events of a set have an order. */
  const outcome = (ask: () => unknown): string[] => {
    try {
      const said = ask()
      const events = typeof said === 'object' && said !== null && 'events' in said && Array.isArray(said.events) ? said.events : null
      return events ? events.map(text).sort() : [text(said)]
    } catch (error) {
      if (error instanceof DomainError) return [error.code, error.message, text(error.details)]
      throw error
    }
  }

  let asked = 0
  const changesIn = (world: WorldState, kind: Kind) => text([...world.changes[kind]].sort())

  /** @param next makes the world of a batch from that of the batch before */
  const differences = (script: readonly Move[], batch: number, next: (before: WorldState, at: number) => WorldState): string[] => {
    const found: string[] = []
    const sketch = workspace()
    const actors = stage(sketch)
    let cold = new WorldState()
    for (let from = 0; from < script.length; from += batch) {
      sketch.world.markStored()
      const rows = rowsOf(sketch.world)
      cold.markStored()
      cold = next(cold, from / batch)
      sketch.onAsk = (ask) => {
        asked++
        const whole = outcome(() => ask(sketch.world))
        const piecewise = outcome(() => loading(cold, rows, () => ask(cold)))
        if (whole.join('\n') !== piecewise.join('\n')) found.push(`${whole} but ${piecewise}`)
      }
      // As in the lane: what a decision has loaded must be enough to apply its events.
      sketch.onEvent = (event) => evolve(cold, event)
      for (const move of script.slice(from, from + batch)) play(sketch, actors, move)
      for (const kind of KIND_NAMES) {
        for (const entity of cold.all(kind))
          if (!sketch.world.all(kind).some((row) => text(row) === text(entity))) found.push(`${kind} ${text(entity)}`)
        if (changesIn(cold, kind) !== changesIn(sketch.world, kind)) found.push(`the changes of ${kind}`)
      }
    }
    return found
  }

  it.each<[string, (every: number) => (before: WorldState, at: number) => WorldState]>([
    ['is new for each batch', () => () => new WorldState()],
    ['is kept', () => (before) => before],
    ['is renewed after every few batches', (every) => (before, at) => (at % every === 0 ? before.renewed() : before)],
  ])('[E2] decides, answers and changes as one that holds everything, if it %s', (_how, next) => {
    asked = 0
    const runs = { seed: 1, numRuns: 40, interruptAfterTimeLimit: 20_000 }
    fc.assert(
      fc.property(moves(120), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 4 }), (script, batch, every) => {
        expect(differences(script, batch, next(every))).toEqual([])
      }),
      runs,
    )
    expect(asked).toBeGreaterThan(runs.numRuns * 10)
  })
})
