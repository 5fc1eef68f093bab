import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Move, moves, play, stage } from '@/lib/testing/moves'
import { loading, rowsOf } from '@/lib/testing/pieces'
import { workspace } from '@/lib/testing/sketch'
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

  const differences = (script: readonly Move[], batch: number): string[] => {
    const found: string[] = []
    const sketch = workspace()
    const actors = stage(sketch)
    for (let from = 0; from < script.length; from += batch) {
      sketch.world.markStored()
      const rows = rowsOf(sketch.world)
      const cold = new WorldState()
      sketch.onAsk = (ask) => {
        asked++
        const whole = outcome(() => ask(sketch.world))
        const piecewise = outcome(() => loading(cold, rows, () => ask(cold)))
        if (whole.join('\n') !== piecewise.join('\n')) found.push(`${whole} but ${piecewise}`)
      }
      // As in the lane: what a decision has loaded must be enough to apply its events.
      sketch.onEvent = (event) => evolve(cold, event)
      for (const move of script.slice(from, from + batch)) if (move.kind !== 'seal') play(sketch, actors, move)
      for (const kind of KIND_NAMES) {
        for (const entity of cold.all(kind))
          if (!sketch.world.all(kind).some((row) => text(row) === text(entity))) found.push(`${kind} ${text(entity)}`)
        if (changesIn(cold, kind) !== changesIn(sketch.world, kind)) found.push(`the changes of ${kind}`)
      }
    }
    return found
  }

  it('[E2] decides, answers and changes as one that holds everything, call by call and batch by batch', { timeout: 60_000 }, () => {
    const runs = { seed: 1, numRuns: 40 }
    fc.assert(
      fc.property(moves(60), fc.integer({ min: 1, max: 12 }), (script, batch) => {
        expect(differences(script, batch)).toEqual([])
      }),
      runs,
    )
    expect(asked).toBeGreaterThan(runs.numRuns * 10)
  })
})
