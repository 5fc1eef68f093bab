import { describe, expect, it } from 'vitest'
import {
  claimCheckpoint,
  completeCheckpoint,
  failCheckpoint,
  releaseCheckpoint,
  reopenCheckpoint,
  retryCheckpoint,
  updateCheckpoint,
  updateGroup,
} from '@/lib/operations'
import { type Plan, type Workspace, workspace } from '@/lib/testing/sketch'
import { EXPIRED_REASON } from './attempt'
import type { Actor } from './context'

const types = (events: readonly { type: string }[]) => events.map(({ type }) => type)

/** Two agents and a person of one group, and a plan of two steps of which the second waits for the first. */
const stage = () => {
  const sketch = workspace()
  const plan = sketch.plan('plan', { A: [], B: ['A'], C: [] })
  const [one, two] = [sketch.as('one', { agent: true }), sketch.as('two', { agent: true })]
  return { sketch, plan, one, two, ada: sketch.as('Ada'), claim: claimIn(sketch, plan), state: stateIn(sketch, plan) }
}

const claimIn =
  (sketch: Workspace, plan: Plan) =>
  (title: string, actor: Actor, more: { ttl_seconds?: number; claim_id?: string } = {}) =>
    sketch.run(claimCheckpoint, { ...plan.address(title), ...more }, actor)

/** The checkpoint as the owner of the group is shown it. */
const stateIn = (sketch: Workspace, plan: Plan) => (title: string) => {
  const { checkpoints } = sketch.run(updateCheckpoint, plan.address(title)).data
  const found = checkpoints.find((checkpoint) => checkpoint.title === title)
  if (!found) throw new Error(`no ${title}`)
  return found
}

describe('claiming a checkpoint', () => {
  it('[L1] gives one caller a claim, and refuses every other with its holder and its end', () => {
    const { sketch, plan, one, two, claim } = stage()
    const { data, events } = claim('A', one, { ttl_seconds: 60 })
    expect(types(events)).toEqual(['claim.taken'])
    expect(data).toMatchObject({ milestone_id: plan.milestone_id, claim: { held_by_name: 'one', held_by_you: true, attempt: 1 } })
    expect(data.checkpoint).toMatchObject({ title: 'A', state: 'claimed', attempts: 1, claim: data.claim })
    const refusal = sketch.refused(claimCheckpoint, plan.address('A'), two)
    expect(refusal.code).toBe('claimed')
    expect(refusal.message).toContain(`claimed by "one" until ${data.claim?.expires_at}`)
    expect(refusal.details.claim).toMatchObject({ claim_id: null, held_by_name: 'one', held_by_you: false })
    for (const operation of [completeCheckpoint, releaseCheckpoint])
      expect(sketch.refused(operation, plan.address('A'), two).code).toBe('claimed')
    expect(sketch.refused(failCheckpoint, { ...plan.address('A'), reason: 'no' }, two).code).toBe('claimed')
  })

  it('[L1] tells a holder who slept past its lease that its claim_id is not that of the present claim', () => {
    const { sketch, plan, one, two, claim } = stage()
    const claim_id = claim('A', one, { ttl_seconds: 60 }).data.claim?.claim_id ?? ''
    sketch.wait(60)
    const { expires_at } = claim('A', two).data.claim ?? {}
    const refusal = sketch.refused(completeCheckpoint, { ...plan.address('A'), claim_id }, one)
    expect(refusal.code).toBe('claimed')
    expect(refusal.message).toBe(
      `Checkpoint 1 is claimed by "two" until ${expires_at}, and not under the claim_id that you sent. Wait for it with wait_for, or claim another with claim_next.`,
    )
    const other = { ...two, session_id: 'another' }
    expect(sketch.refused(completeCheckpoint, plan.address('A'), other).message).toContain('If it is yours, send its claim_id.')
    expect(sketch.refused(completeCheckpoint, { ...plan.address('A'), claim_id }, other).message).not.toContain('send its claim_id')
  })

  it('[N1] is refused with the last failure after too many', () => {
    const { sketch, plan, one } = stage()
    for (const reason of ['first', 'second', 'third']) sketch.run(failCheckpoint, { ...plan.address('A'), reason }, one)
    const { code, details } = sketch.refused(claimCheckpoint, plan.address('A'), one)
    expect(code).toBe('needs_attention')
    expect(details.last_failure).toMatchObject({ reason: 'third', attempt: 3, by_name: 'one' })
  })

  it('[C1] is not offered a way out of completed when it fails too late', () => {
    const { sketch, plan, one } = stage()
    sketch.run(completeCheckpoint, plan.address('A'), one)
    const { code, message } = sketch.refused(failCheckpoint, { ...plan.address('A'), reason: 'Too late' }, one)
    expect(code).toBe('checkpoint_completed')
    expect(message).not.toMatch(/reopen/i)
  })

  it('[L1] renews the claim of its holder: the same claim, the same attempt, a later end', () => {
    const { one, claim, sketch } = stage()
    const first = claim('A', one, { ttl_seconds: 60 }).data.claim
    sketch.wait(30)
    const { data, events } = claim('A', one, { ttl_seconds: 60 })
    expect(types(events)).toEqual(['claim.renewed'])
    expect(data.claim).toMatchObject({ claim_id: first?.claim_id, attempt: 1 })
    expect(Date.parse(data.claim?.expires_at ?? '')).toBeGreaterThan(Date.parse(first?.expires_at ?? ''))
  })

  it('[L1] shortens a lease only for a holder who says so', () => {
    const { one, claim } = stage()
    const day = claim('A', one, { ttl_seconds: 86_400 }).data.claim
    expect(claim('A', one)).toMatchObject({ changed: false, events: [], data: { claim: { expires_at: day?.expires_at } } })
    const short = claim('A', one, { ttl_seconds: 60 })
    expect(types(short.events)).toEqual(['claim.renewed'])
    expect(Date.parse(short.data.claim?.expires_at ?? '')).toBeLessThan(Date.parse(day?.expires_at ?? ''))
  })

  it('[L1] tells agents that share a key apart by their sessions', () => {
    const { sketch, plan, one, claim } = stage()
    claim('A', one)
    const other = { ...one, session_id: 'another' }
    expect(sketch.refused(completeCheckpoint, plan.address('A'), other).code).toBe('claimed')
    expect(sketch.run(completeCheckpoint, plan.address('A'), one).changed).toBe(true)
  })

  it('[L1] holds for a caller without a session by the claim_id alone, which only the answer that made the claim shows', () => {
    const { sketch, plan, one, claim, state } = stage()
    const nameless = { ...one, session_id: null }
    const claim_id = claim('A', nameless).data.claim?.claim_id ?? ''
    expect(claim_id).toMatch(/^clm_/)
    expect(state('A').claim).toMatchObject({ claim_id: null, held_by_you: false })
    const refusal = sketch.refused(completeCheckpoint, plan.address('A'), nameless)
    expect(refusal.code).toBe('claimed')
    expect(refusal.message).toContain('send its claim_id')
    expect(types(claim('A', nameless, { claim_id, ttl_seconds: 100 }).events)).toEqual(['claim.renewed'])
    expect(sketch.run(completeCheckpoint, { ...plan.address('A'), claim_id }, nameless).changed).toBe(true)
  })

  it('[L1] takes every browser session of a person for the same holder, and none for a key of that person', () => {
    const { sketch, plan, ada, claim } = stage()
    claim('A', ada)
    const key = sketch.key(ada)
    expect(sketch.refused(releaseCheckpoint, plan.address('A'), key).code).toBe('claimed')
    expect(sketch.run(completeCheckpoint, plan.address('A'), { ...ada, session_id: 'the telephone' }).changed).toBe(true)
  })

  it('[L1] counts whoever presents the claim_id as its holder', () => {
    const { sketch, plan, one, two, claim } = stage()
    const claim_id = claim('A', one).data.claim?.claim_id ?? ''
    expect(claim('A', two, { claim_id, ttl_seconds: 100 })).toMatchObject({ changed: true, data: { claim: { held_by_name: 'one' } } })
    expect(sketch.run(completeCheckpoint, { ...plan.address('A'), claim_id }, two).changed).toBe(true)
  })

  it('[L1] refuses what is blocked, behind its gate, or completed', () => {
    const { sketch, plan, one } = stage()
    const gated = sketch.plan('gated', { Vote: [] }, { gated: ['Vote'] })
    expect(sketch.refused(claimCheckpoint, plan.address('B'), one).code).toBe('blocked')
    expect(sketch.refused(claimCheckpoint, gated.address('Vote'), one).code).toBe('consensus_required')
    sketch.run(completeCheckpoint, plan.address('A'))
    expect(sketch.refused(claimCheckpoint, plan.address('A'), one).code).toBe('checkpoint_completed')
  })

  it('[L1] leaves started work with its holder when it becomes blocked, until the claim ends', () => {
    const { sketch, plan, one, two, claim, state } = stage()
    sketch.run(completeCheckpoint, plan.address('A'))
    const { claim_id } = claim('B', one).data.claim ?? {}
    sketch.run(reopenCheckpoint, { ...plan.address('A'), reason: 'It broke' })
    expect(state('B')).toMatchObject({ state: 'blocked', claim: { held_by_name: 'one' } })
    sketch.wait(10)
    expect(claim('B', one).data.claim).toMatchObject({ claim_id })
    expect(sketch.refused(claimCheckpoint, plan.address('B'), two).code).toBe('blocked')
    expect(sketch.refused(completeCheckpoint, plan.address('B'), one).code).toBe('blocked')
    expect(types(sketch.run(failCheckpoint, { ...plan.address('B'), reason: 'Pointless now' }, one).events)).toEqual(['checkpoint.failed'])
  })

  it('[L1] ends a claim by completion, and a repeated completion stays no second fact', () => {
    const { sketch, plan, one, claim, state } = stage()
    const { claim_id = '' } = claim('A', one).data.claim ?? {}
    sketch.run(completeCheckpoint, { ...plan.address('A'), claim_id: claim_id ?? '' }, one)
    expect(state('A')).toMatchObject({ state: 'completed', claim: null, attempts: 1 })
    expect(sketch.run(completeCheckpoint, { ...plan.address('A'), claim_id: claim_id ?? '' }, one)).toMatchObject({
      changed: false,
      events: [],
    })
  })

  it('[L1] lets the holder and an admin of the group release a claim, and nothing happens where there is none', () => {
    const { sketch, plan, one, two, claim, state } = stage()
    expect(sketch.run(releaseCheckpoint, plan.address('A'), two)).toMatchObject({ changed: false, events: [] })
    claim('A', one)
    expect(types(sketch.run(releaseCheckpoint, plan.address('A'), one).events)).toEqual(['claim.released'])
    expect(state('A')).toMatchObject({ state: 'ready', claim: null, attempts: 1 })
    claim('A', two)
    expect(sketch.refused(releaseCheckpoint, plan.address('A'), sketch.as('Ada')).code).toBe('claimed')
    expect(sketch.run(releaseCheckpoint, plan.address('A')).changed).toBe(true)
  })

  it('[L1] refuses the id of another claim, of an older attempt and of another checkpoint as lost', () => {
    const { sketch, plan, one, claim } = stage()
    const old = claim('A', one).data.claim?.claim_id ?? ''
    sketch.run(releaseCheckpoint, plan.address('A'), one)
    const other = claim('C', one).data.claim?.claim_id ?? ''
    for (const claim_id of [old, other, 'clm_none']) {
      expect(sketch.refused(completeCheckpoint, { ...plan.address('A'), claim_id }, one).code).toBe('claim_lost')
      expect(sketch.refused(claimCheckpoint, { ...plan.address('A'), claim_id }, one).code).toBe('claim_lost')
    }
    claim('A', one)
    for (const operation of [completeCheckpoint, releaseCheckpoint])
      expect(sketch.refused(operation, { ...plan.address('A'), claim_id: old }, one).code).toBe('claim_lost')
    expect(sketch.refused(claimCheckpoint, { ...plan.address('A'), claim_id: old }, one).code).toBe('claim_lost')
    expect(sketch.refused(releaseCheckpoint, { ...plan.address('A'), claim_id: old }).code).toBe('claim_lost')
  })
})

describe('a lease that expires', () => {
  it('[L1] refuses nobody any more, and is written as an event by the change that meets it', () => {
    const { sketch, plan, one, two, claim, state } = stage()
    const { expires_at, claim_id } = claim('A', one, { ttl_seconds: 60 }).data.claim ?? {}
    sketch.wait(60)
    const { events, data } = claim('A', two)
    expect(types(events)).toEqual(['claim.expired', 'claim.taken'])
    expect(events[0]).toMatchObject({
      actor_id: two.actor_id,
      data: { claim_id, held_by: one.actor_id, attempt: 1, expired_at: expires_at },
    })
    expect(data.claim).toMatchObject({ attempt: 2, held_by_name: 'two' })
    expect(state('A').last_failure).toMatchObject({ reason: EXPIRED_REASON, at: expires_at, by_name: 'one', attempt: 1 })
    const late = sketch.refused(completeCheckpoint, { ...plan.address('A'), claim_id: claim_id ?? '' }, one)
    expect(late.code).toBe('claimed')
  })

  it('[L1] is not live any more for its own holder either, who is told that the claim is lost', () => {
    const { sketch, plan, one, claim } = stage()
    const claim_id = claim('A', one, { ttl_seconds: 60 }).data.claim?.claim_id ?? ''
    sketch.wait(60)
    expect(sketch.refused(completeCheckpoint, { ...plan.address('A'), claim_id }, one).code).toBe('claim_lost')
    expect(types(sketch.run(completeCheckpoint, plan.address('A'), one).events)).toEqual(['claim.expired', 'checkpoint.completed'])
  })

  it('[N1] is shown as a failed attempt before its event is written, and the same after it', () => {
    const { sketch, plan, one, claim } = stage()
    claim('A', one, { ttl_seconds: 60 })
    sketch.wait(60)
    const shown = () => sketch.run(updateGroup, { group_id: 'team' }) && stateOf(sketch, plan)
    const before = shown()
    expect(before).toMatchObject({ state: 'failed', claim: null, attempts: 1, last_failure: { reason: EXPIRED_REASON, attempt: 1 } })
    expect(sketch.run(updateCheckpoint, plan.address('A'))).toMatchObject({ changed: false, events: [{ type: 'claim.expired' }] })
    expect(shown()).toEqual(before)
  })

  it('[L1] is written only by a call that succeeds', () => {
    const { sketch, plan, one, two, claim } = stage()
    claim('A', one, { ttl_seconds: 60 })
    sketch.wait(60)
    expect(sketch.refused(completeCheckpoint, { ...plan.address('A'), claim_id: 'clm_none' }, two).code).toBe('claim_lost')
    expect(plan.at('A').claimed_by).toBe(one.actor_id)
  })
})

/** The checkpoint A as another checkpoint's change shows it, so that the change does not meet A itself. */
const stateOf = (sketch: Workspace, plan: Plan) =>
  sketch.run(updateCheckpoint, plan.address('C')).data.checkpoints.find(({ title }) => title === 'A')

describe('an attempt that fails', () => {
  const fails = (sketch: Workspace, plan: Plan, actor: Actor, reason = 'The tests are red') =>
    sketch.run(failCheckpoint, { ...plan.address('A'), reason }, actor)

  it('[N1] releases nothing: what waits stays blocked, and is told the reason', () => {
    const { sketch, plan, one, claim, state } = stage()
    claim('A', one)
    const { events } = fails(sketch, plan, one)
    expect(types(events)).toEqual(['checkpoint.failed'])
    expect(state('A')).toMatchObject({
      state: 'failed',
      claim: null,
      attempts: 1,
      last_failure: { reason: 'The tests are red', by_name: 'one', attempt: 1 },
      needs_attention: false,
    })
    expect(state('B')).toMatchObject({ state: 'blocked', blocked_by: [{ ref: 1, state: 'failed', last_failure: 'The tests are red' }] })
    const refusal = sketch.refused(completeCheckpoint, plan.address('B'), one)
    expect(refusal.details.blockers).toMatchObject([{ state: 'failed', last_failure: 'The tests are red' }])
  })

  it('[N1] counts as the next attempt if nobody had claimed the checkpoint', () => {
    const { sketch, plan, one, state } = stage()
    expect(fails(sketch, plan, one).events[0]).toMatchObject({ data: { attempt: 1 } })
    expect(fails(sketch, plan, one).events[0]).toMatchObject({ data: { attempt: 2 } })
    expect(state('A')).toMatchObject({ attempts: 2, state: 'failed' })
    expect(sketch.refused(failCheckpoint, { ...plan.address('B'), reason: 'no' }, one).code).toBe('blocked')
  })

  it('[N1] needs attention after as many failures in a row as the group allows: no claim until a person gives it back', () => {
    const { sketch, plan, one, ada, claim, state } = stage()
    for (let attempt = 1; attempt <= 3; attempt++) {
      expect(state('A').needs_attention).toBe(false)
      claim('A', one)
      fails(sketch, plan, one)
    }
    expect(state('A')).toMatchObject({ state: 'failed', attempts: 3, needs_attention: true })
    expect(sketch.refused(claimCheckpoint, plan.address('A'), one).code).toBe('needs_attention')
    expect(sketch.refused(retryCheckpoint, plan.address('A'), one).code).toBe('forbidden')
    const forGroup = sketch.key(ada, { group: 'team' })
    expect(sketch.refused(retryCheckpoint, plan.address('A'), forGroup).details.missing).toBe('person')
    expect(types(sketch.run(retryCheckpoint, plan.address('A'), ada).events)).toEqual(['checkpoint.retried'])
    expect(state('A')).toMatchObject({ state: 'ready', needs_attention: false, last_failure: { attempt: 3 } })
    expect(claim('A', one).data.claim?.attempt).toBe(4)
  })

  it('[N1] counts an expired lease, does not count a release, and starts again after a completion', () => {
    const { sketch, plan, one, claim, state } = stage()
    fails(sketch, plan, one)
    claim('A', one, { ttl_seconds: 60 })
    sketch.wait(60)
    claim('A', one)
    sketch.run(releaseCheckpoint, plan.address('A'), one)
    expect(state('A')).toMatchObject({ state: 'ready', attempts: 3, needs_attention: false, last_failure: { attempt: 2 } })
    fails(sketch, plan, one)
    expect(state('A').needs_attention).toBe(true)
    expect(types(sketch.run(completeCheckpoint, plan.address('A'), one).events)).toEqual(['checkpoint.completed'])
    sketch.run(reopenCheckpoint, { ...plan.address('A'), reason: 'It broke' })
    expect(state('A')).toMatchObject({ state: 'ready', attempts: 4, needs_attention: false, last_failure: null })
    expect(sketch.refused(retryCheckpoint, plan.address('A')).code).toBe('not_failed')
  })

  it('[N1] follows the group: what it allows is its setting', () => {
    const { sketch, plan, one, state } = stage()
    fails(sketch, plan, one)
    sketch.run(updateGroup, { group_id: 'team', max_failures: 1 })
    expect(state('A').needs_attention).toBe(true)
    sketch.run(updateGroup, { group_id: 'team', max_failures: 2 })
    expect(state('A').needs_attention).toBe(false)
    for (const max_failures of [0, 101, 1.5]) expect(sketch.refused(updateGroup, { group_id: 'team', max_failures }).code).toBe('invalid')
  })

  it('[N1] is refused for what is completed, and needs a reason', () => {
    const { sketch, plan, one } = stage()
    expect(sketch.refused(failCheckpoint, { ...plan.address('A'), reason: ' ' }, one).code).toBe('invalid')
    sketch.run(completeCheckpoint, plan.address('A'))
    expect(sketch.refused(failCheckpoint, { ...plan.address('A'), reason: 'no' }, one).code).toBe('checkpoint_completed')
  })
})

it('[L1] refuses a lease that is too short, too long or no whole number of seconds', () => {
  const { sketch, plan, one } = stage()
  for (const ttl_seconds of [0, 29, -1, 30.5, 86_401, 31_536_000])
    expect(sketch.refused(claimCheckpoint, { ...plan.address('A'), ttl_seconds }, one).code).toBe('invalid')
})
