import type * as z from 'zod'
import type { Instance } from '@/db/instance'
import type { Answer, Call } from '@/db/lane'
import { readSnapshot, type Snapshot } from '@/db/read'
import { type Actor, assertPermission, type Caller, identify, type Need } from '@/lib/domain/access'
import { DomainError, type ProblemCode } from '@/lib/domain/errors'
import type { EventDraft, Scope } from '@/lib/domain/events'
import type { View } from '@/lib/domain/views/view'
import type { Unit, World } from '@/lib/domain/world'
import { parseInput } from './input'
import { judge } from './judge'

/** `METHOD /path/:parameter`; parameters are fields of the input. An operation without one is reached by our own commands only. */
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
    bytes: JSON.stringify(input).length,
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
