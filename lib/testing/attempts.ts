import type { Checkpoint } from '@/lib/domain/entities'
import type { Event } from '@/lib/domain/events'
import type { By, Step } from './call-checker'
import type { Copy } from './copy'

// L1 and N1, implemented a second time like the other rules of checker.ts, from the text of RULES.md.

type Attempts = Pick<
  Checkpoint,
  | 'claim_id'
  | 'claimed_by'
  | 'claim_session'
  | 'claimed_for'
  | 'claim_via'
  | 'claimed_at'
  | 'claim_expires_at'
  | 'attempts'
  | 'failures'
  | 'last_failure'
  | 'last_done_by'
>

const NOBODY = {
  claim_id: null,
  claimed_by: null,
  claim_session: null,
  claimed_for: null,
  claim_via: null,
  claimed_at: null,
  claim_expires_at: null,
}
const UNTRIED: Attempts = { ...NOBODY, attempts: 0, failures: 0, last_failure: null, last_done_by: null }

const told = (row: Attempts, field: string) => JSON.stringify(Reflect.get(row, field))

/** Whether somebody holds the checkpoint at this time. */
export const isHeld = ({ claim_expires_at }: Attempts, now: string): boolean => claim_expires_at !== null && claim_expires_at > now

const hasLapsed = (row: Attempts, now: string) => row.claim_id !== null && !isHeld(row, now)

/** The failed attempts in a row, of which an expired claim is one before its event is written. */
export const failuresOf = (row: Attempts, now: string): number => row.failures + (hasLapsed(row, now) ? 1 : 0)

/** Whether nobody holds it and the last attempt at it failed. */
export const hasFailed = (row: Attempts, now: string): boolean =>
  hasLapsed(row, now) || (row.claim_id === null && row.failures > 0 && row.last_failure?.attempt === row.attempts)

/** Whether the caller counts as the holder of the checkpoint's claim. */
export const isHolder = (by: By, { claim_id, claimed_by, claim_session, claim_via }: Attempts): boolean => {
  if (by.claim_id !== undefined && by.claim_id === claim_id) return true
  if (by.actor_id !== claimed_by) return false
  return by.via === 'web' || claim_via === 'web' ? by.via === claim_via : by.session_id !== null && by.session_id === claim_session
}

export const isBlocked = ({ checkpoints }: Copy, { depends_on }: Checkpoint): boolean =>
  depends_on.some((id) => checkpoints.get(id)?.completed_at == null)

export const isShut = ({ proposals }: Copy, { requires_consensus, proposal_id }: Checkpoint): boolean => {
  const proposal = proposals.get(proposal_id ?? '')
  return requires_consensus && !(proposal?.status === 'finalized' && proposal.threshold_met)
}

export const groupOfStep = ({ milestones, groups }: Copy, { milestone_id }: Checkpoint) =>
  groups.get(milestones.get(milestone_id)?.group_id ?? '')

/** L1, N1: what must hold of the claims and failures of all rows after every event. */
export const brokenClaims = ({ checkpoints }: Copy): string[] => {
  const broken: string[] = []
  const claims = new Set<string>()
  for (const { checkpoint_id: id, completed_at, ...row } of checkpoints.values()) {
    const { claim_id, claimed_by, claim_via, claimed_at, claim_expires_at, attempts, failures, last_failure } = row
    const missing = [claimed_by, claim_via, claimed_at, claim_expires_at].filter((value) => value === null).length
    if (missing !== (claim_id === null ? 4 : 0)) broken.push(`L1: ${id} has half a claim`)
    if (claim_id !== null && claims.has(claim_id)) broken.push(`L1: ${claim_id} is the claim of two`)
    if (claim_id !== null) claims.add(claim_id)
    if (completed_at !== null && (claim_id !== null || failures > 0 || last_failure !== null))
      broken.push(`L1, N1: ${id} is completed, and claimed or failed`)
    if (failures < 0 || failures > attempts || (claim_id !== null && attempts < 1)) broken.push(`N1: ${id} counts ${failures}/${attempts}`)
    if ((failures > 0 && !last_failure) || (last_failure?.attempt ?? 0) > attempts) broken.push(`N1: ${id} failed, and no attempt did`)
  }
  return broken
}

/** L1, N1: what the events of a call say of attempts must be allowed, and be what the rows then say. */
export const brokenAttempts = (step: Step): string[] => [
  ...[...new Set([...step.before.checkpoints.keys(), ...step.after.checkpoints.keys()])].flatMap((id) => walked(step, id)),
  ...spread(step),
]

const walked = (step: Step, id: string): string[] => {
  const { before, after, events, now } = step
  const was = before.checkpoints.get(id)
  const is = after.checkpoints.get(id)
  const its = events.filter(({ checkpoint_id }) => checkpoint_id === id)
  if (is === was && its.length === 0) return []
  const broken: string[] = []
  let row: Attempts = was ?? UNTRIED
  for (const event of its) {
    if (AFTER_EXPIRY.has(event.type) && hasLapsed(row, now)) broken.push(`L1: ${event.type} of ${id} before its claim expired`)
    broken.push(...(was ? forbidden(step, event, was, row) : []))
    row = next(step, event, row)
  }
  if (!is) return broken
  for (const field of Object.keys(UNTRIED))
    if (told(is, field) !== told(row, field))
      broken.push(`L1, N1: ${field} of ${id} is ${told(is, field)}, and its events say ${told(row, field)}`)
  return broken
}

/** The events before which the expiry of an expired claim must be written. */
const AFTER_EXPIRY: ReadonlySet<Event['type']> = new Set([
  'claim.taken',
  'claim.renewed',
  'claim.released',
  'checkpoint.completed',
  'checkpoint.failed',
  'checkpoint.retried',
  'checkpoint.withdrawn',
  'checkpoint.deleted',
] as const)

/** The rules that an event breaks for a checkpoint as it was before the call, whose attempts are now those of `row`. */
const forbidden = ({ before, events, by, now }: Step, event: Event, was: Checkpoint, row: Attempts): string[] => {
  const held = isHeld(row, now)
  const group = groupOfStep(before, was)
  const another = held && !isHolder(by, row)
  const wrong: { [T in Event['type']]?: () => [wrong: boolean, rule: string][] } = {
    'claim.taken': () => [
      [row.claim_id !== null, 'L1: it has a claim'],
      [isBlocked(before, was), 'L1: it is blocked'],
      [isShut(before, was), 'L1: its gate is shut'],
      [row.failures >= (group?.max_failures ?? 0), 'N1: it needs attention'],
    ],
    'claim.renewed': () => [[!held || another, 'L1: the caller does not hold it']],
    'claim.released': () => [
      [!held || (another && !by.admin(group?.group_id ?? '') && !isStopped(events, row.claimed_by)), 'L1: the caller may not release it'],
    ],
    'claim.expired': () => [[row.claim_id === null || held, 'L1: its claim has not expired']],
    'checkpoint.failed': () => [
      [another, 'L1: another holds it'],
      [isBlocked(before, was) && !held, 'L1: it is blocked'],
    ],
    'checkpoint.completed': () => [
      [another, 'L1: another holds it'],
      [by.claim_id !== undefined && by.claim_id !== row.claim_id, 'L1: the claim that was given is not the live one'],
    ],
    'checkpoint.retried': () => [
      [!by.person, 'N1: the caller is no person'],
      [row.failures === 0, 'N1: it has not failed'],
    ],
  }
  return (wrong[event.type]?.() ?? []).flatMap(([is, rule]) => (is ? [`${rule}, and there was ${event.type} of ${was.checkpoint_id}`] : []))
}

/** Whether a call makes somebody hold nothing more (R1, A2). */
const isStopped = (events: readonly Event[], principal_id: string | null): boolean =>
  events.some(
    (event) => (event.type === 'member.removed' || event.type === 'agent_profile.suspended') && event.data.principal_id === principal_id,
  )

/** The attempts at a checkpoint after an event. */
const next = ({ by, now }: Step, event: Event, row: Attempts): Attempts => {
  switch (event.type) {
    case 'claim.taken':
      return {
        ...row,
        claim_id: event.data.claim_id,
        claimed_by: by.actor_id,
        claim_session: by.session_id,
        claimed_for: by.behind,
        claim_via: by.via,
        claimed_at: now,
        claim_expires_at: event.data.expires_at,
        attempts: row.attempts + 1,
      }
    case 'claim.renewed':
      return { ...row, claim_expires_at: event.data.expires_at }
    case 'claim.released':
      return { ...row, ...NOBODY }
    case 'claim.expired': {
      const { claimed_by, claim_expires_at, attempts: attempt } = row
      const reason = 'The lease expired before the work was completed.'
      const last_failure = { reason, at: claim_expires_at ?? '', by: claimed_by ?? '', attempt }
      return { ...row, ...NOBODY, failures: row.failures + 1, last_failure, last_done_by: claimed_by }
    }
    case 'checkpoint.failed': {
      const attempts = row.claim_id === null ? row.attempts + 1 : row.attempts
      const last_failure = { reason: event.data.reason, at: now, by: by.actor_id, attempt: attempts }
      return { ...row, ...NOBODY, attempts, failures: row.failures + 1, last_failure, last_done_by: by.actor_id }
    }
    case 'checkpoint.completed':
      return { ...row, ...NOBODY, failures: 0, last_failure: null, last_done_by: by.actor_id }
    case 'checkpoint.retried':
      return { ...row, failures: 0 }
    default:
      return row
  }
}

const OF_ATTEMPTS = /^claim\.|^checkpoint\.(failed|retried|linked)$/

/** N1: a call that is only about an attempt changes its checkpoint's attempts, links and note, and nothing else. */
const spread = ({ before, after, events }: Step): string[] => {
  if (events.length === 0 || !events.every(({ type }) => OF_ATTEMPTS.test(type))) return []
  const ids = new Set(events.map(({ checkpoint_id }) => checkpoint_id))
  const rest = ({ checkpoints, milestones, proposals, groups }: Copy) =>
    JSON.stringify([
      [...checkpoints.values()].map((row) => (ids.has(row.checkpoint_id) ? { ...row, ...UNTRIED, ...UNLINKED } : row)),
      [...milestones.values()].map((row) => ({ ...row, updated_at: '' })),
      [...proposals.values(), ...groups.values()],
    ])
  return rest(before) === rest(after) ? [] : [`N1: ${events.map(({ type }) => type)} changed more than attempts`]
}

const UNLINKED = { git_branch_url: null, git_pr_url: null, git_commit_url: null, note: '' }
