import type * as z from 'zod'
import type { Instance } from '@/db/instance'
import type { Answer, Call } from '@/db/lane'
import { readSnapshot } from '@/db/read'
import { type Actor, type Caller, type Context, identify } from '@/lib/domain/context'
import { DomainError } from '@/lib/domain/errors'
import { type IdSource, repeatableIds } from '@/lib/domain/ids'
import type { Unit, UnitKind } from '@/lib/domain/kinds'
import type { Say } from '@/lib/domain/text/say'
import { unchangedText } from '@/lib/domain/text/unchanged'
import type { World } from '@/lib/domain/world'
import type { AnyOperation, Mutation, Operation, Outcome, Query, Wait } from './define'
import { fingerprintOf } from './fingerprint'
import { parseInput } from './input'
import { admit, inputFor, judge } from './judge'

/** A call as a transport passes it on. */
export type Invocation = {
  /** Not parsed yet. */
  input: unknown
  actor: Actor
  idempotency_key?: string | null
  /** Whether the caller prefers the minimal answer. It counts where the operation has one, and is no part of what a call is (H4). */
  minimal?: boolean
  /** Given for a caller who reads the short text of the answer: how such a caller makes calls. It is no part of what a call is either. */
  say?: Say | null
  /** Aborts when the caller no longer waits for the answer. */
  signal?: AbortSignal | null
}

/** `data` is JSON text, or the short text for a caller who reads that. Only the answer to a mutation has `changed` and `replayed`, and only that of a wait an `outcome`. */
export type Executed = Pick<Answer, 'data' | 'seq'> & Partial<Pick<Answer, 'changed' | 'replayed'>> & { outcome?: Outcome }

/** The data of an answer, parsed. Its type holds because the text was made from what the operation answered. */
export const dataOf = <O extends z.ZodType>(_operation: { output: O }, { data }: Executed): z.output<O> => JSON.parse(data)

/** Runs an operation that answers once; there is no other way to run one. It parses the input, then submits to the lane, reads one snapshot or waits. @throws DomainError */
export const execute = async (instance: Instance, operation: Operation, invocation: Invocation): Promise<Executed> => {
  const input = await parse(instance, operation, invocation)
  if (operation.kind === 'query') return query(instance, operation, input, invocation)
  if (operation.kind === 'wait') return wait(instance, operation, input, invocation)
  return mutate(instance, operation, input, invocation)
}

/** The input of a call. Wrong credentials are refused before a wrong input (steps 2 and 3 of RULES.md), so a wrong input leads to a check of the credentials. */
export const parse = async (instance: Instance, operation: AnyOperation, { input, actor }: Invocation): Promise<unknown> => {
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

/** What a call is given besides the world. @throws unauthenticated */
export const contextOf = (world: World, actor: Actor, now: string, origin: string, ids: IdSource): Context => ({
  caller: identify(world, actor, now),
  now,
  origin,
  ids,
})

const mutate = async (instance: Instance, operation: Mutation, input: unknown, invocation: Invocation): Promise<Answer> => {
  const { origin } = instance
  const { actor, idempotency_key = null, minimal = false, say = null } = invocation
  const form = (minimal && operation.minimal) || operation
  const fingerprint = idempotency_key === null ? null : fingerprintOf(operation.name, invocation.input)
  const ids = repeatableIds()
  /** Who called, as the decision found them: a key that revokes itself is told so, although it is dead then. */
  let caller: Caller | null = null
  let answered: unknown = null
  const call: Call = {
    decide: (world, now, remembered) => {
      const context = contextOf(world, actor, now, origin, ids.start())
      caller = context.caller
      return judge(operation, world, input, context, remembered, fingerprint)
    },
    answer: (world, made, now, changed) => {
      const judged = caller ?? identify(world, actor, now)
      const again = () => ({ caller: judged, now, origin, ids: ids.start() })
      const asked = inputFor(operation, input, judged)
      if (operation.afterwards) answered = operation.answer(world, made, again(), asked)
      const context = again()
      if (!say) return JSON.stringify(form.answer(world, made, context, asked))
      const text = operation.text(world, made, context, asked, say)
      return changed || operation.repeats ? text : unchangedText(text)
    },
    remember:
      idempotency_key === null || !fingerprint ? null : { principal_id: actor.actor_id, idempotency_key, fingerprint: fingerprint.text },
    bytes: JSON.stringify(input).length,
    left: () => invocation.signal?.aborted ?? false,
  }
  const answer = await instance.lane.submit(call)
  if (!operation.afterwards || !answer.changed || answer.replayed) return answer
  const { data, text } = await operation.afterwards(instance, answered, input)
  if (say) return { ...answer, data: text === null ? answer.data : `${answer.data}\n${text}` }
  return { ...answer, data: JSON.stringify({ ...JSON.parse(answer.data), ...data }) }
}

const query = (instance: Instance, operation: Query, given: unknown, { actor, say = null }: Invocation): Promise<Executed> =>
  readSnapshot(instance, expectedBy(given, actor), async (reading) => {
    try {
      const ids = repeatableIds()
      const { context, subject, input } = await reading.world((world) => {
        const context = contextOf(world, actor, reading.now, instance.origin, ids.start())
        return { context, ...admit(operation, world, given, context) }
      })
      const data = await operation.read(reading, input, context, subject)
      return { data: say ? await operation.text(data, say, input, reading) : JSON.stringify(data), seq: reading.seq }
    } catch (error) {
      throw error instanceof DomainError ? error.at(reading.seq) : error
    }
  })

/** Asks again whenever the answer may be another one. Each time, the caller is judged anew. */
const wait = async (instance: Instance, operation: Wait, input: unknown, invocation: Invocation): Promise<Executed> => {
  const { actor, signal = null, say = null } = invocation
  const ids = repeatableIds()
  const judged = (world: World, asked: unknown, now: string) => {
    const context = contextOf(world, actor, now, instance.origin, ids.start())
    return { context, ...admit(operation, world, asked, context) }
  }
  let question: unknown
  let answered: unknown
  const done = await instance.waits.submit({
    principal_id: actor.actor_id,
    limitedBy: actor.key_id ?? actor.actor_id,
    seconds: operation.seconds(input),
    signal,
    expected: expectedBy(input, actor),
    begin: (world, { seq, now }) => {
      const { context, subject, input: asked } = judged(world, input, now)
      question = operation.begin(world, asked, context, subject, seq)
    },
    read: async (reading) => {
      question = await operation.read(reading, question)
    },
    look: (world, { now, ...moment }) => {
      const { context, subject } = judged(world, question, now)
      const looked = operation.look(world, question, context, subject, moment)
      if ('answer' in looked) {
        answered = looked.answer
        return { answer: say ? '' : JSON.stringify(answered) }
      }
      return { ...looked, again_at: earlier(looked.again_at, context.caller.key?.expires_at ?? null) }
    },
  })
  const outcome = operation.outcome(answered)
  return { ...done, outcome, ...(say && { data: operation.text(answered, say, question, done.seq) }) }
}

const earlier = (one: string | null, other: string | null): string | null => (one === null || (other !== null && other < one) ? other : one)

/** The units that a read needs in any case: the caller, and what its input names. They are loaded together with the start of the transaction. */
const expectedBy = (input: unknown, { actor_id }: Actor): Unit[] => {
  const named = (field: string, ...kinds: UnitKind[]): Unit[] => {
    const id: unknown = typeof input === 'object' && input !== null ? Reflect.get(input, field) : null
    return typeof id === 'string' ? kinds.map((kind) => ({ kind, id })) : []
  }
  return [{ kind: 'principal', id: actor_id }, ...named('milestone_id', 'milestone', 'checkpoints'), ...named('project_id', 'project')]
}
