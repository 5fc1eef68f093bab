import type * as z from 'zod'
import type { Reading } from '@/db/read'
import type { Need } from '@/lib/domain/access'
import type { Context } from '@/lib/domain/context'
import type { ProblemCode } from '@/lib/domain/errors'
import { type EventDraft, NOWHERE, type Scope } from '@/lib/domain/events'
import type { Ids } from '@/lib/domain/kinds'
import type { World } from '@/lib/domain/world'

/** `METHOD /path/:parameter`; parameters are fields of the input. An operation without a route is reached by our own commands only. */
export type Route = `${'GET' | 'POST' | 'PATCH' | 'DELETE'} /${string}`

/** What a call is about, as far as it exists before: its scope, and the entities that `find` came across. */
export type Subject = { scope: Scope }

type Definition<I extends z.ZodType, O extends z.ZodType, S extends Subject> = {
  /** verb_noun: also the MCP tool and the operationId. */
  name: string
  routes: readonly Route[]
  /** What every call needs, in the group of its subject. */
  permission: Need
  summary: string
  input: I
  output: O
  /** The refusals that this operation adds to those that every call can meet. */
  errors: readonly ProblemCode[]
  /** @throws not_found, also for what the caller may not read */
  find(world: World, input: z.output<I>, context: Context): S
  /** What this call needs besides, by the state: it is judged together with `permission`. */
  needs?(world: World, input: z.output<I>, context: Context, subject: S): readonly Need[]
}

export type Decision = {
  /** What is to be written. */
  events: readonly EventDraft[]
  /** Whether what the call was for was done by it. A repeat that only records what it met on its way, such as an expired lease, changed nothing. */
  changed: boolean
  /** The ids of what the call made, and of what it is about beyond its subject; remembered with an idempotency key, so that a replay names them again. */
  made: Ids
}

/** A decision whose events are all what the call was for. */
export const decided = (events: readonly EventDraft[], made: Ids = {}): Decision => ({ events, changed: events.length > 0, made })

export type Mutation<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType, S extends Subject = Subject> = Definition<
  I,
  O,
  S
> & {
  kind: 'mutation'
  /** Pure: answers what is to be written, or refuses. */
  decide(world: World, input: z.output<I>, context: Context, subject: S): Decision
  /** Pure: what the caller is told. `ids` are those of the subject's scope and of what the decision made. */
  answer(world: World, ids: Ids, context: Context, input: z.output<I>): z.input<O>
}

export type Query<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType, S extends Subject = Subject> = Definition<I, O, S> & {
  kind: 'query'
  read(reading: Reading, input: z.output<I>, context: Context, subject: S): Promise<z.input<O>>
}

/** Any operation. Its members are methods, which TypeScript lets a narrower input pass for: only `execute` calls them, with what the schema parsed and `find` found. */
export type Operation = Mutation | Query

export const defineMutation = <I extends z.ZodType, O extends z.ZodType, S extends Subject>(
  definition: Omit<Mutation<I, O, S>, 'kind'>,
): Mutation<I, O, S> => ({ kind: 'mutation', ...definition })

export const defineQuery = <I extends z.ZodType, O extends z.ZodType, S extends Subject>(
  definition: Omit<Query<I, O, S>, 'kind'>,
): Query<I, O, S> => ({ kind: 'query', ...definition })

/** The subject of a call that is about nothing that exists. */
export const nowhere = (): Subject => ({ scope: NOWHERE })

/** An id that an operation's answer rests on. */
export const idIn = (ids: Ids, name: keyof Ids): string => {
  const id = ids[name]
  if (id === undefined || id === null) throw new Error(`the operation has no ${name}`)
  return id
}
