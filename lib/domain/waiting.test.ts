import { describe, expect, it } from 'vitest'
import {
  claimCheckpoint,
  completeCheckpoint,
  deleteMilestone,
  failCheckpoint,
  reopenCheckpoint,
  reopenMilestone,
  updateGroup,
} from '@/lib/operations'
import { addCheckpoint, deleteCheckpoint, updateCheckpoint } from '@/lib/operations/checkpoints'
import { releaseCheckpoint } from '@/lib/operations/claims'
import { waitFor } from '@/lib/operations/waiting'
import { withdrawCheckpoint } from '@/lib/operations/withdrawal'
import { type Plan, type Workspace, workspace } from '@/lib/testing/sketch'
import { identify } from './context'
import type { Event } from './events'
import { repeatableIds } from './ids'
import { type Awaited, hangsOn, isReached, shownOf, topicsOf, UNTIL, type Until, whatIsMissing } from './waiting'

const contextOf = (on: Workspace) => ({
  caller: identify(on.world, on.owner, on.now),
  now: on.now,
  origin: 'http://cairn.test',
  ids: repeatableIds().start(),
})

const awaitedIn = (plan: Plan, title?: string): Awaited => ({
  milestone: plan.milestone,
  checkpoint: title === undefined ? null : plan.at(title),
})

/** Begins to wait, and returns what a look finds after the changes. `hears` tells whether one of the events was about the wait. */
const wait = (on: Workspace, plan: Plan, until: Until, title?: string) => {
  const begun = awaitedIn(plan, title)
  const known = { since_seq: on.log.length, shown: shownOf(on.world, begun, on.now) }
  const topics = new Set(hangsOn(on.world, until, begun))
  const news = (): Event[] => on.log.slice(known.since_seq)
  return {
    hears: () => news().some((event) => topicsOf(event).some((topic) => topics.has(topic))),
    reached: () => isReached(on.world, until, awaitedIn(plan, title), known, news(), on.now),
  }
}

const plans = () => {
  const on = workspace()
  const far = on.plan('Far', { Base: [], Other: [] })
  const plan = on.plan('Plan', { First: [], Second: ['First', 'Far/Base'], Third: [] })
  return { on, far, plan }
}

describe('a wait', () => {
  it('until ready ends when the last dependency is completed, in whichever milestone it is', () => {
    const { on, far, plan } = plans()
    const { hears, reached } = wait(on, plan, 'ready', 'Second')
    on.run(completeCheckpoint, far.address('Other'))
    on.run(updateCheckpoint, { ...far.address('Base'), title: 'Renamed' })
    expect([hears(), reached()]).toEqual([false, false])
    on.run(completeCheckpoint, plan.address('First'))
    expect([hears(), reached()]).toEqual([true, false])
    on.run(completeCheckpoint, far.address('Renamed'))
    expect(reached()).toBe(true)
  })

  it('[L1] until ready waits for a release, and for the end of a lease', () => {
    const { on, plan } = plans()
    const agent = on.as('Agent', { agent: true })
    on.run(claimCheckpoint, { ...plan.address('First'), ttl_seconds: 60 }, agent)
    const { hears, reached } = wait(on, plan, 'ready', 'First')
    expect(reached()).toBe(false)
    on.wait(61)
    expect([hears(), reached()]).toEqual([false, true])
    on.run(claimCheckpoint, { ...plan.address('First'), ttl_seconds: 60 }, agent)
    expect(reached()).toBe(false)
    on.run(releaseCheckpoint, plan.address('First'), agent)
    expect([hears(), reached()]).toEqual([true, true])
  })

  it('[N1] until ready ends at a failed attempt, but not if a person must give the checkpoint back', () => {
    const { on, plan } = plans()
    const { hears, reached } = wait(on, plan, 'ready', 'First')
    const fail = () => on.run(failCheckpoint, { ...plan.address('First'), reason: 'red' })
    fail()
    expect(reached()).toBe(true)
    fail()
    fail()
    expect(reached()).toBe(false)
    const again = wait(on, plan, 'ready', 'First')
    on.run(updateGroup, { group_id: plan.milestone.group_id, max_failures: 5 })
    expect([again.hears(), again.reached(), hears()]).toEqual([true, true, true])
  })

  it('until completed hangs on nothing but the checkpoint and what contains it', () => {
    const { on, far, plan } = plans()
    const { hears, reached } = wait(on, plan, 'completed', 'Second')
    on.run(completeCheckpoint, plan.address('First'))
    on.run(completeCheckpoint, far.address('Base'))
    expect([hears(), reached()]).toEqual([false, false])
    on.run(completeCheckpoint, plan.address('Second'))
    expect([hears(), reached()]).toEqual([true, true])
  })

  it('[M2] until closed ends when the milestone closes', () => {
    const { on, far } = plans()
    const { hears, reached } = wait(on, far, 'closed')
    on.run(completeCheckpoint, far.address('Base'))
    expect([hears(), reached()]).toEqual([false, false])
    on.run(completeCheckpoint, far.address('Other'))
    expect([hears(), reached()]).toEqual([true, true])
  })

  it.each(UNTIL)('until %s hears of the end of what it waits for, and of a group that becomes private', (until) => {
    const { on, plan } = plans()
    const ends = wait(on, plan, until, until === 'closed' ? undefined : 'Third')
    on.run(deleteMilestone, { milestone_id: plan.milestone_id })
    expect(ends.hears()).toBe(true)
    const { on: other, far } = plans()
    const hides = wait(other, far, until, until === 'closed' ? undefined : 'Base')
    other.hide(far.milestone.group_id)
    expect(hides.hears()).toBe(true)
  })

  it('for a change of a checkpoint ends with its own events, its number, its state, and the completion of a dependency', () => {
    const changes: [string, (given: ReturnType<typeof plans>) => unknown, boolean][] = [
      ['its title', ({ on, plan }) => on.run(updateCheckpoint, { ...plan.address('Second'), description: 'x' }), true],
      ['a dependency of two', ({ on, plan }) => on.run(completeCheckpoint, plan.address('First')), true],
      ['a dependency elsewhere', ({ on, far }) => on.run(completeCheckpoint, far.address('Base')), true],
      ['a claim of a dependency', ({ on, plan }) => on.run(claimCheckpoint, plan.address('First')), false],
      ['its number', ({ on, plan }) => on.run(addCheckpoint, { milestone_id: plan.milestone_id, title: 'New', position: 1 }), true],
      ['a later checkpoint', ({ on, plan }) => on.run(addCheckpoint, { milestone_id: plan.milestone_id, title: 'New' }), false],
      ['another checkpoint', ({ on, plan }) => on.run(deleteCheckpoint, plan.address('Third')), false],
      ['another completion', ({ on, plan }) => on.run(completeCheckpoint, plan.address('Third')), false],
    ]
    for (const [what, change, isChange] of changes) {
      const given = plans()
      const { hears, reached } = wait(given.on, given.plan, 'change', 'Second')
      change(given)
      expect([what, reached()]).toEqual([what, isChange])
      if (isChange) expect([what, hears()]).toEqual([what, true])
    }
  })

  it('[L1] for a change ends when a lease runs out, of the checkpoint or of any in the milestone', () => {
    const { on, plan } = plans()
    on.run(claimCheckpoint, { ...plan.address('First'), ttl_seconds: 60 }, on.as('Agent', { agent: true }))
    const waits = [wait(on, plan, 'change', 'First'), wait(on, plan, 'change')]
    expect(waits.map(({ reached }) => reached())).toEqual([false, false])
    on.wait(61)
    expect(waits.map(({ reached }) => reached())).toEqual([true, true])
  })

  it('for a change of a milestone ends with an event in it, a number to which it refers, and what a dependency outside unblocks', () => {
    const changes: [string, (given: ReturnType<typeof plans>) => unknown, boolean][] = [
      ['an event', ({ on, plan }) => on.run(claimCheckpoint, plan.address('Third')), true],
      ['a number', ({ on, far }) => on.run(addCheckpoint, { milestone_id: far.milestone_id, title: 'New', position: 1 }), true],
      ['a note elsewhere', ({ on, far }) => on.run(updateCheckpoint, { ...far.address('Base'), note: 'x' }), false],
    ]
    for (const [what, change, isChange] of changes) {
      const given = plans()
      const { hears, reached } = wait(given.on, given.plan, 'change')
      change(given)
      expect([what, reached(), hears()]).toEqual([what, isChange, isChange])
    }
    const { on, far, plan } = plans()
    on.run(completeCheckpoint, plan.address('First'))
    const { hears, reached } = wait(on, plan, 'change')
    on.run(completeCheckpoint, far.address('Base'))
    expect([hears(), reached()]).toEqual([true, true])
  })

  it('hears of a reopening upstream, after which what waits for it is blocked again', () => {
    const { on, far, plan } = plans()
    on.run(completeCheckpoint, plan.address('First'))
    on.run(completeCheckpoint, far.address('Base'))
    const { hears, reached } = wait(on, plan, 'change', 'Second')
    on.run(reopenCheckpoint, { ...far.address('Base'), reason: 'wrong' })
    expect([hears(), reached()]).toEqual([true, true])
  })

  it('[N2] until ready ends when the last dependency is withdrawn', () => {
    const { on, plan } = plans()
    const next = on.plan('Next', { Then: ['Plan/Third'] })
    const { hears, reached } = wait(on, next, 'ready', 'Then')
    on.run(withdrawCheckpoint, { ...plan.address('Third'), reason: 'not needed' })
    expect([hears(), reached()]).toEqual([true, true])
  })

  it('says what has to happen first', () => {
    const { on, far, plan } = plans()
    const missing = (until: Until, title?: string, of = plan) => whatIsMissing(on.world, contextOf(on), until, awaitedIn(of, title))
    expect(missing('ready', 'Second')).toBe(`Checkpoint 2 depends on checkpoint 1 and ${far.ref('Base')} which are pending`)
    expect(missing('completed', 'First')).toBe('Checkpoint 1 is ready and not claimed')
    expect(missing('closed')).toBe('3 of 3 checkpoints are pending')
    expect(missing('change')).toBeNull()
    const { data } = on.run(claimCheckpoint, plan.address('First'), on.as('Agent', { agent: true }))
    expect(missing('completed', 'First')).toBe(`Checkpoint 1 is claimed by "Agent" until ${data.claim?.expires_at}`)
    for (const reason of ['a', 'b', 'c']) on.run(failCheckpoint, { ...plan.address('Third'), reason })
    expect(missing('ready', 'Third')).toBe('Checkpoint 3 has failed 3 times in a row and waits for a person who gives it back')
    const gated = on.plan('Gated', { Vote: [] }, { gated: ['Vote'] })
    expect(missing('ready', 'Vote', gated)).toBe('Checkpoint 1 waits for a vote')
    const done = on.plan('Done', { Only: [] })
    on.run(completeCheckpoint, done.address('Only'))
    on.run(reopenMilestone, { milestone_id: done.milestone_id })
    expect(missing('closed', undefined, done)).toContain('close_milestone')
    expect(missing('closed', undefined, on.plan('Empty', {}))).toBe('The milestone has no checkpoint yet')
  })
})

describe('the input of a wait', () => {
  const refuses = (input: object) =>
    waitFor.input.safeParse({ milestone_id: 'ms_x', ...input }).error?.issues.map(({ path }) => path.join('.'))

  it('must name a checkpoint to be ready or completed, and none to be closed', () => {
    expect(refuses({ until: 'ready' })).toEqual(['order'])
    expect(refuses({ until: 'completed' })).toEqual(['order'])
    expect(refuses({ until: 'closed', order: 1 })).toEqual(['order'])
    expect(refuses({ until: 'closed' })).toBeUndefined()
    expect(refuses({ until: 'change' })).toBeUndefined()
  })

  it('has bounds', () => {
    for (const timeout_seconds of [-1, 51, 0.5]) expect(refuses({ until: 'closed', timeout_seconds })).toEqual(['timeout_seconds'])
    expect(refuses({ until: 'closed', since_seq: -1 })).toEqual(['since_seq'])
    expect(refuses({ until: 'blocked' })).toEqual(['until'])
    expect(waitFor.input.parse({ milestone_id: 'ms_x', until: 'closed' }).timeout_seconds).toBe(25)
  })
})
