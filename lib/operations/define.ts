import type * as z from 'zod'
import type { Reading } from '@/db/read'
import type { Need } from '@/lib/domain/access'
import type { Context } from '@/lib/domain/context'
import type { ProblemCode } from '@/lib/domain/errors'
import { type EventDraft, NOWHERE, type Scope } from '@/lib/domain/events'
import type { IdName, Ids } from '@/lib/domain/kinds'
import type { World } from '@/lib/domain/world'

/** `METHOD /path/:parameter`. Parameters are fields of the input. An operation without a route can only be called by Cairn's own code. */
export type Route = `${'GET' | 'POST' | 'PATCH' | 'DELETE'} /${string}`

/**
 * The existing things that a call is about: their scope, and the entities that `find` found. `met` are events that a change must write before its own,
 * because they have happened already: the expiry of a claim (L1).
 */
export type Subject = { scope: Scope; met?: readonly EventDraft[] }

type Definition<I extends z.ZodType, O extends z.ZodType, S extends Subject> = {
  /** In the form verb_noun. It is also the operationId in OpenAPI. */
  name: string
  routes: readonly Route[]
  /** Needed by every call, in the group of its subject. */
  permission: Need
  summary: string
  input: I
  output: O
  /** The refusals that are possible in addition to those of every call. */
  errors: readonly ProblemCode[]
  /** @throws not_found, also for an entity that the caller may not read */
  find(world: World, input: z.output<I>, context: Context): S
  /** What this call needs in addition to `permission`, according to the state. Both are judged in the same step. */
  needs?(world: World, input: z.output<I>, context: Context, subject: S): readonly Need[]
}

export type Decision = {
  events: readonly EventDraft[]
  /** Whether the call did what it was sent for. A repeat that only records something else, such as an expired lease, has not changed anything. */
  changed: boolean
  /** The ids of what the call made or is about, in addition to its scope. They are remembered with an idempotency key, for the answer to a replay. */
  made: Ids
}

/** A decision all of whose events are what the call was sent for. */
export const decided = (events: readonly EventDraft[], made: Ids = {}): Decision => ({ events, changed: events.length > 0, made })

export type Mutation<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType, S extends Subject = Subject> = Definition<
  I,
  O,
  S
> & {
  kind: 'mutation'
  /** Pure: returns the events to write. @throws DomainError to refuse the call */
  decide(world: World, input: z.output<I>, context: Context, subject: S): Decision
  /** Pure: the data that the caller receives. `ids` are those of the subject's scope and of what the decision made. */
  answer(world: World, ids: Ids, context: Context, input: z.output<I>): z.input<O>
}

export type Query<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType, S extends Subject = Subject> = Definition<I, O, S> & {
  kind: 'query'
  read(reading: Reading, input: z.output<I>, context: Context, subject: S): Promise<z.input<O>>
}

/**
 * Any operation. Its members are methods, so that TypeScript accepts operations with narrower inputs here. Only `execute` and the judge call them,
 * with what the operation's own schema parsed and its own `find` found.
 */
export type Operation = Mutation | Query

export const defineMutation = <I extends z.ZodType, O extends z.ZodType, S extends Subject>(
  definition: Omit<Mutation<I, O, S>, 'kind'>,
): Mutation<I, O, S> => ({ kind: 'mutation', ...definition })

export const defineQuery = <I extends z.ZodType, O extends z.ZodType, S extends Subject>(
  definition: Omit<Query<I, O, S>, 'kind'>,
): Query<I, O, S> => ({ kind: 'query', ...definition })

/** The subject of a call that is about no existing entity. */
export const nowhere = (): Subject => ({ scope: NOWHERE })

/** An id that the answer of an operation cannot do without. */
export const idIn = (ids: Ids, name: IdName): string => {
  const id = ids[name]
  if (id === undefined || id === null) throw new Error(`the operation has no ${name}`)
  return id
}
