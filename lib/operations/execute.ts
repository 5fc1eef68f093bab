import type { Instance } from '@/db/instance'
import type { Answer, Call } from '@/db/lane'
import { readSnapshot } from '@/db/read'
import { type Actor, type Caller, type Context, identify } from '@/lib/domain/context'
import { DomainError } from '@/lib/domain/errors'
import { type IdSource, repeatableIds } from '@/lib/domain/ids'
import type { Unit, UnitKind } from '@/lib/domain/kinds'
import type { World } from '@/lib/domain/world'
import type { Mutation, Operation, Query } from './define'
import { fingerprintOf } from './fingerprint'
import { parseInput } from './input'
import { admit, judge } from './judge'

/** A call as a transport hands it over. */
export type Invocation = {
  /** As it was given, before it is parsed. */
  input: unknown
  actor: Actor
  idempotency_key?: string | null
  /** Aborts once the caller left. */
  signal?: AbortSignal | null
}

/** `data` is JSON already; `changed` and `replayed` are those of a mutation. */
export type Executed = Pick<Answer, 'data' | 'seq'> & Partial<Pick<Answer, 'changed' | 'replayed'>>

/** The only door: parses the input, then lets the lane judge and write, or reads one snapshot. @throws DomainError */
export const execute = async (instance: Instance, operation: Operation, invocation: Invocation): Promise<Executed> => {
  const input = await parse(instance, operation, invocation)
  if (operation.kind === 'query') return query(instance, operation, input, invocation.actor)
  return mutate(instance, operation, input, invocation)
}

/** A key that was revoked is refused as such even where the input is wrong too: step 2 comes before step 3. */
const parse = async (instance: Instance, operation: Operation, { input, actor }: Invocation): Promise<unknown> => {
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

const contextOf = (world: World, actor: Actor, now: string, origin: string, ids: IdSource): Context => ({
  caller: identify(world, actor, now),
  now,
  origin,
  ids,
})

const mutate = (instance: Instance, operation: Mutation, input: unknown, { input: given, actor, ...more }: Invocation): Promise<Answer> => {
  const { origin } = instance
  const idempotency_key = more.idempotency_key ?? null
  const fingerprint = idempotency_key === null ? null : fingerprintOf(operation.name, given)
  const ids = repeatableIds()
  const call: Call = {
    decide: (world, now, remembered) =>
      judge(operation, world, input, contextOf(world, actor, now, origin, ids.start()), remembered, fingerprint),
    answer: (world, made, now) => operation.answer(world, made, contextOf(world, actor, now, origin, ids.start()), input),
    remember: idempotency_key === null || fingerprint === null ? null : { principal_id: actor.actor_id, idempotency_key, fingerprint },
    bytes: JSON.stringify(input).length,
    left: () => more.signal?.aborted ?? false,
  }
  return instance.lane.submit(call)
}

const query = (instance: Instance, operation: Query, input: unknown, actor: Actor): Promise<Executed> =>
  readSnapshot(instance, expectedBy(input, actor), async (reading) => {
    try {
      const ids = repeatableIds()
      const { context, subject } = await reading.world((world) => {
        const context = contextOf(world, actor, reading.now, instance.origin, ids.start())
        return { context, subject: admit(operation, world, input, context).subject }
      })
      const data = await operation.read(reading, input, context, subject)
      return { data: JSON.stringify(data), seq: reading.seq }
    } catch (error) {
      throw error instanceof DomainError ? error.at(reading.seq) : error
    }
  })

/** The units that a read will surely ask for, from who asks and what the input names: they are loaded in the round trip that begins it. */
const expectedBy = (input: unknown, { actor_id }: Actor): Unit[] => {
  const named = (field: string, ...kinds: UnitKind[]): Unit[] => {
    const id: unknown = typeof input === 'object' && input !== null ? Reflect.get(input, field) : null
    return typeof id === 'string' ? kinds.map((kind) => ({ kind, id })) : []
  }
  return [{ kind: 'principal', id: actor_id }, ...named('milestone_id', 'milestone', 'checkpoints'), ...named('project_id', 'project')]
}
