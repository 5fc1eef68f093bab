import type { Call, Judgement } from '@/db/lane'
import { assertMay, assertPermission, identify } from '@/lib/domain/access'
import { DomainError } from '@/lib/domain/errors'
import type { EventDraft, Scope } from '@/lib/domain/events'
import { assertVersion } from '@/lib/domain/milestone'
import { getGroup, groupOf } from '@/lib/domain/resolve'
import type { World } from '@/lib/domain/world'
import type { Mutation, Request } from './operation'

/** Steps 2 to 8 of the order of refusals: who it is, what exists for it, what it may, whether it was done before, whether the plan is the one it knew, the state. */
export const judge = (
  operation: Mutation,
  world: World,
  input: unknown,
  request: Request,
  now: string,
  remembered: Parameters<Call['judge']>[2],
): Judgement => {
  const caller = identify(world, request.actor, now)
  const context = { caller, now }
  const authorship = { ...request.actor, actor_type: caller.principal.kind }
  const same = remembered !== null && remembered.fingerprint === request.idempotency?.fingerprint
  if (same) {
    const scope = scopeFrom(remembered.scope)
    assertMay(world, caller, operation.permission, scope.group_id ? getGroup(world, caller, scope.group_id) : null, true)
    if (remembered.loosened) assertPermission(caller, 'milestones:relax')
    return { drafts: [], authorship, scope, loosened: remembered.loosened, replay: remembered }
  }
  const found = operation.find(world, input, context)
  assertMay(world, caller, operation.permission, groupIn(world, found), true)
  const loosened = operation.loosens?.(world, input, context) ?? false
  if (loosened) assertPermission(caller, 'milestones:relax')
  if (remembered) {
    throw new DomainError('idempotency_mismatch', 'This idempotency key was used for another call. Use a new key for a new call.')
  }
  const expected = expectedVersion(input)
  if (expected !== null && found.milestone_id) assertVersion(world, found.milestone_id, expected)
  const drafts = operation.decide(world, input, context, found)
  return { drafts, authorship, scope: completed(found, drafts), loosened, replay: null }
}

const groupIn = (world: World, { group_id }: Scope) => (group_id ? groupOf(world, group_id) : null)

const expectedVersion = (input: unknown): number | null => {
  if (typeof input !== 'object' || input === null || !('expected_version' in input)) return null
  return typeof input.expected_version === 'number' ? input.expected_version : null
}

/** The scope that was found, with the ids of what the decision made where it named none. */
const completed = (found: Scope, drafts: readonly EventDraft[]): Scope => {
  const made = (id: keyof Scope) => found[id] ?? drafts.find((draft) => draft[id] !== null)?.[id] ?? null
  return {
    group_id: made('group_id'),
    project_id: made('project_id'),
    milestone_id: made('milestone_id'),
    checkpoint_id: made('checkpoint_id'),
  }
}

const scopeFrom = (remembered: Record<string, string | null>): Scope => ({
  group_id: remembered.group_id ?? null,
  project_id: remembered.project_id ?? null,
  milestone_id: remembered.milestone_id ?? null,
  checkpoint_id: remembered.checkpoint_id ?? null,
})
