import type { Judgement } from '@/db/lane'
import { assertNeeds, type Need } from '@/lib/domain/access'
import { authorshipOf, type Caller, type Context } from '@/lib/domain/context'
import { DomainError } from '@/lib/domain/errors'
import type { Scope } from '@/lib/domain/events'
import { assertVersion } from '@/lib/domain/milestone'
import { assertChangesReach, assertReaches } from '@/lib/domain/reach'
import { getGroup, groupOf } from '@/lib/domain/resolve'
import type { World } from '@/lib/domain/world'
import type { Admitting, Mutation, Subject } from './define'
import type { Fingerprint } from './fingerprint'

/**
 * Steps 4 and 5 of the order of refusals in RULES.md, for every kind of operation: finds the subject and judges the permission. Returns the subject,
 * what the call needed in addition to `permission`, and its input as it is for this caller.
 */
export const admit = <S extends Subject>(
  operation: Admitting<S>,
  world: World,
  given: unknown,
  context: Context,
): { subject: S; needs: readonly Need[]; input: unknown } => {
  const input = inputFor(operation, given, context.caller)
  const subject = operation.find(world, input, context)
  if (!operation.beyondMilestone) assertReaches(context.caller, subject.scope)
  const group = groupIn(world, subject.scope)
  const changes = operation.kind === 'mutation'
  assertNeeds(world, context, [operation.permission], group, changes)
  const needs = operation.needs?.(world, input, context, subject) ?? []
  assertNeeds(world, context, needs, group, changes)
  return { subject, needs, input }
}

/** The input of a call, completed for a key of one milestone (K2). */
export const inputFor = ({ within }: Pick<Admitting<Subject>, 'within'>, input: unknown, { key }: Caller): unknown =>
  within && key?.milestone_id ? within(input, key.milestone_id) : input

const groupIn = (world: World, { group_id }: Scope) => (group_id ? groupOf(world, group_id) : null)

/**
 * Steps 4 to 9 of the order of refusals in RULES.md: not found, permission, idempotency, version, state, reach. The same call under the same idempotency
 * key is authorised again and then replayed: it writes nothing.
 */
export const judge = (
  operation: Mutation,
  world: World,
  given: unknown,
  context: Context,
  remembered: Judgement['replayed'],
  fingerprint: Fingerprint | null,
): Judgement => {
  const authorship = authorshipOf(context.caller)
  if (remembered && fingerprint?.is(remembered.fingerprint)) {
    const { ids, needs } = remembered
    assertReaches(context.caller, { milestone_id: ids.milestone_id ?? null })
    const again = operation.again?.(world, ids, context) ?? {
      group: ids.group_id ? getGroup(world, context, ids.group_id) : null,
      needs: [operation.permission, ...needs],
    }
    assertNeeds(world, context, again.needs, again.group, true)
    return { events: [], changed: remembered.changed, authorship, ids, needs, replayed: remembered }
  }
  const { subject, needs, input } = admit(operation, world, given, context)
  if (remembered) {
    throw new DomainError('idempotency_mismatch', 'This idempotency key was already used for a different call. Use a new key for this one.')
  }
  const expected = expectedVersion(input)
  if (expected !== null && subject.scope.milestone_id) assertVersion(world, subject.scope.milestone_id, expected)
  const { events: decided, changed, made } = operation.decide(world, input, context, subject)
  const events = [...(subject.met ?? []), ...decided]
  assertChangesReach(context.caller, events)
  return { events, changed, authorship, ids: { ...subject.scope, ...made }, needs, replayed: null }
}

const expectedVersion = (input: unknown): number | null => {
  if (typeof input !== 'object' || input === null || !('expected_version' in input)) return null
  return typeof input.expected_version === 'number' ? input.expected_version : null
}
