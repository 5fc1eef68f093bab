import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { examine } from '@/db/examine'
import type { Actor } from '@/lib/domain/context'
import { DomainError } from '@/lib/domain/errors'
import {
  addCheckpoint,
  completeCheckpoint,
  createGroup,
  createMilestone,
  deleteCheckpoint,
  deleteMilestone,
  reopenCheckpoint,
  updateCheckpoint,
} from '@/lib/operations'
import type { Operation } from '@/lib/operations/define'
import { execute } from '@/lib/operations/execute'
import { ensureOwner } from '@/lib/operations/setup'
import { freshDatabase, type TestDatabase } from '@/lib/testing/database'
import type { Data } from '@/lib/testing/instance'
import { type Instance, openInstance } from './instance'

/** So few bytes that the lane forgets after each batch what that batch did not need. */
const ALMOST_NOTHING = 2
const CALLS = 600
const TOGETHER = 4

/** A sequence of numbers that is the same in each run (mulberry32). */
const numbers = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (state + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below)
  }
}

type Site = { instance: Instance; actor: Actor; group_id: string; milestones: string[] }
type Told = { code: string; text: string }
type Planned = { operation: Operation; input: (site: Site) => object }

const ids = (site: Site, at: number) => site.milestones.at(-1 - (at % 4)) ?? 'ms_none'

const planOf = (seed: number): Planned[] => {
  const draw = numbers(seed)
  return Array.from({ length: CALLS }, (_, at): Planned => {
    const [kind, one, other, order] = [draw(100), draw(1_000), draw(1_000), 1 + draw(4)]
    const address = (site: Site) => ({ milestone_id: ids(site, one), order })
    const cross = (site: Site) => `${ids(site, other)}:${1 + (other % 4)}`
    if (kind < 6 || at === 0) {
      const steps = (site: Site) => [
        { title: `A${at}` },
        { title: `B${at}`, depends_on: [1] },
        { title: `C${at}`, depends_on: at > 0 ? [cross(site)] : [] },
        { title: `D${at}`, depends_on: [2, 3] },
      ]
      return { operation: createMilestone, input: (site) => ({ group_id: site.group_id, title: `Plan ${at}`, checkpoints: steps(site) }) }
    }
    if (kind < 35) return { operation: completeCheckpoint, input: address }
    if (kind < 65) return { operation: updateCheckpoint, input: (site) => ({ ...address(site), depends_on: [cross(site)] }) }
    if (kind < 75)
      return { operation: addCheckpoint, input: (site) => ({ milestone_id: ids(site, one), title: `New${at}`, position: order }) }
    if (kind < 85) return { operation: reopenCheckpoint, input: (site) => ({ ...address(site), reason: 'again', cascade: one % 2 === 0 }) }
    if (kind < 95) return { operation: deleteCheckpoint, input: address }
    return { operation: deleteMilestone, input: (site) => ({ milestone_id: ids(site, one) }) }
  })
}

describe('a lane that may keep almost nothing of its world', () => {
  const databases: TestDatabase[] = []
  const sites: Site[] = []

  const open = async (mostKept?: number): Promise<Site> => {
    const database = await freshDatabase()
    const instance = await openInstance(database.url, 'http://cairn.test', { mostKept })
    databases.push(database)
    const { principal_id } = await ensureOwner(instance)
    const actor: Actor = { actor_id: principal_id, key_id: null, session_id: null, via: 'web' }
    const { data } = await execute(instance, createGroup, { input: { name: 'Team' }, actor })
    const site = { instance, actor, group_id: JSON.parse(data).group_id, milestones: [] }
    sites.push(site)
    return site
  }

  let forgetful: Site
  let usual: Site
  beforeAll(async () => {
    forgetful = await open(ALMOST_NOTHING)
    usual = await open()
  })
  afterAll(async () => {
    for (const { instance } of sites) await instance.close()
    for (const database of databases) await database.drop()
  })

  /** A text without what differs between two runs of the same calls: ids, times, and the order in which ids are listed. Titles are kept. */
  const comparable = (text: string): string =>
    text
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'then')
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b(proj|ms|cp|prop|usr)_[a-z2-7]{12}/g, 'id')
      .split(/\W+/)
      .sort()
      .join(' ')

  const answersOf = async (site: Site, plan: readonly Planned[]): Promise<Told[]> => {
    const told: Told[] = []
    for (let from = 0; from < plan.length; from += TOGETHER) {
      const answers = await Promise.all(
        plan.slice(from, from + TOGETHER).map(async ({ operation, input }) => {
          try {
            const { data, seq, changed } = await execute(site.instance, operation, { input: input(site), actor: site.actor })
            const made: Data = operation === createMilestone ? JSON.parse(data) : null
            return { code: 'done', text: `${operation.name} ${seq} ${changed} ${data}`, made }
          } catch (error) {
            if (!(error instanceof DomainError)) throw error
            return { code: error.code, text: `${operation.name} ${error.message} ${JSON.stringify(error.details)}`, made: null }
          }
        }),
      )
      for (const { code, text, made } of answers) {
        told.push({ code, text: comparable(text) })
        if (made) site.milestones.push(made.milestone_id)
      }
    }
    return told
  }

  /** The number of statements of the lane that load something. */
  const loadsDuring = async (run: () => Promise<unknown>): Promise<number> => {
    const { query } = pg.Client.prototype
    let loads = 0
    pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
      const [statement] = given
      if (typeof statement === 'object' && statement !== null && 'text' in statement && /^select t\./.test(String(statement.text))) loads++
      return Reflect.apply(query, this, given)
    } as typeof query
    try {
      await run()
    } finally {
      pg.Client.prototype.query = query
    }
    return loads
  }

  it('[E2] [D1] [D2] [C3] answers every call as one that keeps everything, and leaves sound rows', async () => {
    const plan = planOf(7)
    let forgotten: Told[] = []
    let kept: Told[] = []
    const loads = await loadsDuring(async () => {
      forgotten = await answersOf(forgetful, plan)
    })
    const fewer = await loadsDuring(async () => {
      kept = await answersOf(usual, plan)
    })
    expect(forgotten).toEqual(kept)
    expect(loads).toBeGreaterThan(fewer * 2)
    const met = new Set(kept.map(({ code }) => code))
    const wanted = ['done', 'blocked', 'cycle', 'has_dependents', 'dependents_completed', 'checkpoint_completed', 'not_found']
    expect(wanted.filter((code) => !met.has(code))).toEqual([])
    for (const { instance } of [forgetful, usual]) {
      const broken = (await examine(instance)).filter(({ rule, violations }) => rule !== 'H3' && violations.length > 0)
      expect(broken).toEqual([])
    }
  })
})
