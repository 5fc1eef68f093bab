import type * as z from 'zod'
import type { Instance } from '@/db/instance'
import type { Answer, Call, Judgement } from '@/db/lane'
import { readSnapshot, type Snapshot } from '@/db/read'
import { type Actor, assertMay, assertPermission, type Caller, identify, type Need } from '@/lib/domain/access'
import { DomainError, type ProblemCode } from '@/lib/domain/errors'
import type { EventDraft, Scope } from '@/lib/domain/events'
import { assertVersion } from '@/lib/domain/milestone'
import { getGroup, groupOf } from '@/lib/domain/resolve'
import type { View } from '@/lib/domain/views/view'
import type { Unit, World } from '@/lib/domain/world'
import { parseInput } from './input'

/** `METHOD /path/:parameter`; parameters are fields of the input. Null: not reached from outside, only by our own commands. */
export type Route = `${'GET' | 'POST' | 'PATCH' | 'DELETE'} /${string}`

type Described<I extends z.ZodType, O extends z.ZodType> = {
  /** verb_noun: also the MCP tool and the operationId. */
  name: string
  routes: readonly Route[]
  permission: Need
  summary: string
  input: I
  output: O
  /** Besides those that every call can meet. */
  errors: readonly ProblemCode[]
}

export type Context = { caller: Caller; now: string }

export type Mutation<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> = Described<I, O> & {
  kind: 'mutation'
  /** What the call is about, as far as it exists before: the group is the one in which the caller needs the permission. @throws not_found */
  find(world: World, input: z.output<I>, context: Context): Scope
  /** Whether it loosens a plan, and so needs `milestones:relax` too (P1). */
  loosens?(world: World, input: z.output<I>, context: Context): boolean
  /** Pure. Answers what is to be written, or refuses; nothing to write is an empty list. */
  decide(world: World, input: z.output<I>, context: Context, scope: Scope): EventDraft[]
  /** Pure. What the caller is told; `scope` has the ids that the decision made. */
  answer(world: World, scope: Scope, view: View, input: z.output<I>): z.input<O>
}

export type Reading = Snapshot & { view: View }

export type Query<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> = Described<I, O> & {
  kind: 'query'
  read(reading: Reading, input: z.output<I>): Promise<z.input<O>>
}

export const defineMutation = <I extends z.ZodType, O extends z.ZodType>(definition: Omit<Mutation<I, O>, 'kind'>): Mutation<I, O> => ({
  kind: 'mutation',
  ...definition,
})

export const defineQuery = <I extends z.ZodType, O extends z.ZodType>(definition: Omit<Query<I, O>, 'kind'>): Query<I, O> => ({
  kind: 'query',
  ...definition,
})

/** Any operation: the members above are methods, which TypeScript lets a narrower input pass for; only `execute` feeds them, with what the schema parsed. */
export type Operation = Mutation | Query

export type Request = {
  input: unknown
  actor: Actor
  idempotency?: { key: string; fingerprint: string } | null
  /** Aborts once the caller left. */
  signal?: AbortSignal | null
}

/** `data` is JSON already. */
export type Executed = Omit<Answer, 'changed' | 'replayed'> & { changed?: boolean; replayed?: boolean }

/** The only door: parses the input, then lets the lane judge and write, or reads one snapshot. @throws DomainError */
export const execute = async (instance: Instance, operation: Operation, request: Request): Promise<Executed> => {
  const input = await parsed(instance, operation, request)
  if (operation.kind === 'query') return read(instance, operation, input, request.actor)
  const call: Call = {
    judge: (world, now, remembered) => judge(operation, world, input, request, now, remembered),
    answer: (world, scope, now) => {
      const view = { caller: identify(world, request.actor, now), now, origin: instance.origin }
      return operation.answer(world, scope, view, input)
    },
    remember: request.idempotency
      ? { principal_id: request.actor.actor_id, idempotency_key: request.idempotency.key, fingerprint: request.idempotency.fingerprint }
      : null,
    left: () => request.signal?.aborted ?? false,
  }
  return instance.lane.submit(call)
}

/** A key that was revoked is refused as such even where the input is wrong too: step 2 comes before step 3. */
const parsed = async (instance: Instance, operation: Operation, { input, actor }: Request): Promise<unknown> => {
  try {
    return parseInput(operation.input, input)
  } catch (error) {
    await assertKnown(instance, actor)
    throw error
  }
}

/** @throws unauthenticated */
export const assertKnown = (instance: Instance, actor: Actor): Promise<Caller> =>
  readSnapshot(instance, [{ kind: 'principal', id: actor.actor_id }], ({ world, now }) => world((known) => identify(known, actor, now)))

const read = (instance: Instance, operation: Query, input: unknown, actor: Actor): Promise<Executed> =>
  readSnapshot(instance, expectedBy(input, actor), async (snapshot) => {
    try {
      const caller = await snapshot.world((world) => identify(world, actor, snapshot.now))
      const view = { caller, now: snapshot.now, origin: instance.origin }
      const data = await operation.read({ ...snapshot, view }, input)
      // After the read, since what is not found comes before what is not allowed.
      assertReadable(caller, operation.permission)
      return { data: JSON.stringify(data), seq: snapshot.seq }
    } catch (error) {
      throw error instanceof DomainError ? error.at(snapshot.seq) : error
    }
  })

/** What a read will surely ask for: who asks, and what its input names. */
const expectedBy = (input: unknown, { actor_id }: Actor): Unit[] => {
  const named = (field: string, ...kinds: Unit['kind'][]): Unit[] => {
    const id: unknown = typeof input === 'object' && input !== null ? Reflect.get(input, field) : null
    return typeof id === 'string' ? kinds.map((kind) => ({ kind, id })) : []
  }
  return [{ kind: 'principal', id: actor_id }, ...named('milestone_id', 'milestone', 'checkpoints'), ...named('project_id', 'project')]
}

const assertReadable = (caller: Caller, need: Need): void => {
  if (need === 'person' || need === 'admin' || need === 'anyone') return
  assertPermission(caller, need)
}

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
