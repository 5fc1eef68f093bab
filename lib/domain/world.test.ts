import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Move, moves, play, stage } from '@/lib/testing/moves'
import { loading, rowsOf } from '@/lib/testing/pieces'
import { workspace } from '@/lib/testing/sketch'
import type { Checkpoint, Kind, Milestone } from './entities'
import { DomainError } from './errors'
import { evolve } from './evolve'
import { NotLoaded, type Unit, type World, WorldState } from './world'

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
    expect(lacking(() => world.findMember('g', 'p'))).toEqual([{ kind: 'group', id: 'g' }])
    expect(lacking(() => world.findKey('p', 'k'))).toEqual([{ kind: 'principal', id: 'p' }])
    expect(lacking(() => world.findGroupBySlug('s'))).toEqual([{ kind: 'group_slug', id: 's' }])
    expect(lacking(() => world.members('g'))).toEqual([{ kind: 'group', id: 'g' }])
    expect(lacking(() => world.projects('g'))).toEqual([{ kind: 'group', id: 'g' }])
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

describe('a row that is admitted', () => {
  it('never overrides what the world holds already', () => {
    const world = new WorldState()
    const newer = { ...checkpoint('a', 1), title: 'newer' }
    world.put('checkpoint', newer)
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
    expect(world.changes.size).toBe(0)
  })

  it('joins a set that was read before', () => {
    const world = new WorldState()
    world.complete({ kind: 'checkpoints', id: 'ms_1' })
    world.put('checkpoint', checkpoint('b', 2))
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
    expect(sketch.world.findGroupBySlug('crew')?.group_id).toBe(group.group_id)
    expect(sketch.world.findGroupBySlug('team')).toBeNull()
  })

  it('know what was made here to be whole: nothing can refer to it yet', () => {
    const world = filled()
    expect(lacking(() => [world.checkpoints('ms_1'), world.dependents('c'), world.find('milestone', 'ms_1')])).toEqual([])
  })
})

it('remembers what changed until it is stored, and the last change of each', () => {
  const world = new WorldState()
  world.create('checkpoint', checkpoint('a', 1))
  world.put('checkpoint', checkpoint('a', 2))
  world.create('checkpoint', checkpoint('b', 1))
  world.remove('checkpoint', 'b')
  expect(world.changes).toEqual(
    new Map([
      [
        'checkpoint',
        new Map([
          ['a', 'put'],
          ['b', 'removed'],
        ]),
      ],
    ]),
  )
  world.settle()
  expect(world.changes.size).toBe(0)
})

describe('a world that is loaded piece by piece', () => {
  const ID = /\b(?:proj|ms|cp|prop|ap|key)[_-][a-z2-7]{12}\b|\bgroup-[0-9a-f]{8}\b|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g
  const KINDS = ['principal', 'key', 'group', 'member', 'project', 'milestone', 'checkpoint', 'proposal'] as const satisfies Kind[]

  /** What a question came to; a decision's fresh ids are all alike, and neither edges nor events of a set have an order. */
  const outcome = (ask: () => unknown, known: ReadonlySet<string>): string[] => {
    const text = (value: unknown) => (JSON.stringify(value) ?? '').replace(ID, (id) => (known.has(id) ? id : 'new'))
    try {
      const said = ask()
      const drafts = typeof said === 'object' && said !== null && 'drafts' in said && Array.isArray(said.drafts) ? said.drafts : null
      return drafts ? drafts.map(text).sort() : [text(said)]
    } catch (error) {
      if (error instanceof DomainError) return [error.code, error.message, text(error.details)]
      throw error
    }
  }

  let asked = 0
  const differences = (script: readonly Move[], batch: number): string[] => {
    const found: string[] = []
    const sketch = workspace()
    const actors = stage(sketch)
    for (let from = 0; from < script.length; from += batch) {
      sketch.world.settle()
      const rows = rowsOf(sketch.world)
      const cold = new WorldState()
      sketch.onAsk = (ask) => {
        asked++
        const known = new Set(JSON.stringify(rowsOf(sketch.world)).match(ID))
        const whole = outcome(() => ask(sketch.world), known)
        const piecewise = outcome(() => loading(cold, rows, () => ask(cold)), known)
        if (whole.join('\n') !== piecewise.join('\n')) found.push(`${whole} but ${piecewise}`)
      }
      // As in the lane: what a decision has loaded must be enough to apply its events.
      sketch.onEvent = (event) => evolve(cold, event)
      for (const move of script.slice(from, from + batch)) if (move.kind !== 'seal') play(sketch, actors, move)
      for (const kind of KINDS) {
        for (const entity of cold.all(kind))
          if (!sketch.world.all(kind).some((row) => same(row, entity))) found.push(`${kind} ${text(entity)}`)
        if (text([...(cold.changes.get(kind) ?? [])].sort()) !== text([...(sketch.world.changes.get(kind) ?? [])].sort()))
          found.push(`the changes of ${kind}`)
      }
    }
    return found
  }
  const text = (value: unknown) => JSON.stringify(value)
  const same = (a: object, b: object) => text(a) === text(b)

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
