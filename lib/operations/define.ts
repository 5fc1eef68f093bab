import type * as z from 'zod'
import type { Instance } from '@/db/instance'
import type { EventPlace } from '@/db/queries/event-filter'
import type { Reading } from '@/db/read'
import type { Moment, Looked as WaitLooked } from '@/db/waits'
import type { Need } from '@/lib/domain/access'
import type { Context } from '@/lib/domain/context'
import type { Group } from '@/lib/domain/entities'
import type { ProblemCode } from '@/lib/domain/errors'
import { type EventDraft, type EventType, NOWHERE, type Scope } from '@/lib/domain/events'
import type { IdName, Ids } from '@/lib/domain/kinds'
import type { LogPlace } from '@/lib/domain/log-place'
import type { ListedResources } from '@/lib/domain/schemas/resource'
import type { Say } from '@/lib/domain/text/say'
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
  /** What an example of a call shows besides the fields that every call needs. */
  example?: Partial<z.input<I>>
  output: O
  /** The refusals that are possible in addition to those of every call. */
  errors: readonly ProblemCode[]
  /** Whether an agent needs it at its daily work. An MCP client is shown only these tools unless it asks for all. */
  atWork?: true
  /** The short form of the command line, such as `complete` for `complete_checkpoint`. */
  command?: string
  /** The fields of the body that the command line takes as words, after those of the path. */
  words?: readonly string[]
  /** Fields without which the command line makes no call, although others may, each with the words that say where its value is read. */
  asks?: Readonly<Record<string, string>>
  /** Whether its answer holds a secret, which must not get into the context of a model: it is no tool. */
  secret?: true
  /** K2: whether a key of one milestone may call it although it is not about that milestone: it then tells only of the key, its group and its milestone. */
  beyondMilestone?: true
  /** K2: completes a call by a key of one milestone, so that it is about that milestone even if it names none. */
  within?(input: z.output<I>, milestone_id: string): z.output<I>
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
  /** Pure: the short text of the answer, for a reader who pays per token. It tells what changed, at a cost that does not grow with the whole answer. */
  text(world: World, ids: Ids, context: Context, input: z.output<I>, say: Say): string
  /**
   * What is done outside of Cairn once the change is stored, such as sending a mail: never in the lane, and not for a replay. It returns what the
   * answer says of it; it does not fail, because the change stands.
   */
  afterwards?(instance: Instance, answer: z.input<O>, input: z.output<I>): Promise<Afterwards<O>>
  /** The answer to a caller who prefers a minimal one. It tells what changed, at a cost that does not grow with the whole answer. */
  minimal?: Minimal
  /**
   * H4: in which group a repeat under the same idempotency key is judged, and what it needs there, where that differs from what the call needed: the
   * call itself may have taken it from the caller. Null: the same.
   */
  again?(world: World, ids: Ids, context: Context): Repeated | null
  /** Whether it takes away what people or agents have planned. */
  removes?: true
  /** Whether the same call again may have a further effect. */
  repeats?: true
}

/** Fields of an answer that tell what was done after a change, and a line of its short text. */
export type Afterwards<O extends z.ZodType = z.ZodType> = { data: Partial<z.input<O>>; text: string | null }

export type Repeated = { group: Group | null; needs: readonly Need[] }

type Minimal = { output: z.ZodType; answer(world: World, ids: Ids, context: Context): unknown }

/** How everything that a query lists is written into one file, page by page, so that no page is held longer than it takes to send it. */
export type Export<O extends z.ZodType = z.ZodType> = {
  /** What is in the file, for its name. */
  name: string
  /** The fields of a row, which are the columns of a table. */
  columns: readonly string[]
  /** The fields of the input that every page has. */
  pages: Readonly<Record<string, unknown>>
  /** The rows of an answer, and the fields of the input that lead to the next page, or false after the last. `end` is the number of the log when the export began. */
  page(
    data: z.input<O>,
    end: number,
  ): { rows: readonly Readonly<Record<string, unknown>>[]; next: Readonly<Record<string, unknown>> | false }
}

/** The things that a query reads, each of which an MCP client can keep in view as a resource. */
export type Resource = {
  /** The first part of their addresses, such as `milestones` in `cairn://milestones/ms_x`. */
  collection: string
  /** The field of the input, and of an event, that has the id of one of them. The query needs no other field. */
  id: 'project_id' | 'milestone_id'
  /** Lists those that a client is shown, and the types of events after which there may be others. */
  listed?: { by: ResourceList; changedBy: readonly EventType[] }
}

export type ResourceList = Query<z.ZodType, typeof ListedResources>

export type Query<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType, S extends Subject = Subject> = Definition<I, O, S> & {
  kind: 'query'
  resource?: Resource
  export?: Export<O>
  read(reading: Reading, input: z.output<I>, context: Context, subject: S): Promise<z.input<O>>
  /** The short text of the data, for a reader who pays per token. It may tell what the data leaves out, such as the titles of what it names by id. */
  text(data: z.input<O>, say: Say, input: z.output<I>, reading: Reading): string | Promise<string>
}

/** What a look of a wait found: an answer, or that there is none yet. `about`, `hangsOn` and `again_at` are those of db/waits.ts. */
export type Looked<A> = { answer: A } | Extract<WaitLooked, { about: string }>

/**
 * A query that is answered as soon as there is an answer. `Q` is the question as it is when the wait begins: the input, with what a later change must not
 * change, such as the id of a checkpoint that the caller named by its number. Each look finds the subject anew and judges the caller anew.
 */
export type Wait<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType, S extends Subject = Subject, Q = unknown> = Definition<
  I,
  O,
  S
> & {
  kind: 'wait'
  /** For how long the caller waits. */
  seconds(input: z.output<I>): number
  /** Pure: what is asked. @throws DomainError */
  begin(world: World, input: z.output<I>, context: Context, subject: S, seq: number): z.output<I> & Q
  /** Completes the question with what is read besides a world. */
  read(reading: Reading, question: z.output<I> & Q): Promise<z.output<I> & Q>
  /** Pure. `isOver` says that the caller waits no longer, so that an answer is due. */
  look(world: World, question: z.output<I> & Q, context: Context, subject: S, moment: Pick<Moment, 'events' | 'isOver'>): Looked<z.input<O>>
  /** The short text of the answer, for a reader who pays per token. `seq` is the number at which the answer is true. */
  text(answer: z.input<O>, say: Say, question: z.output<I>, seq: number): string
  /** How the wait ended. */
  outcome(answer: z.input<O>): Outcome
}

export type Outcome = 'reached' | 'timed_out' | 'impossible'

/** A subject whose events are followed. */
export type Followed = Subject & { place: EventPlace }

/** A stream has no end. It tells the events of a place in the log that its caller may read, and `output` is the schema of one of them. */
export type Stream<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType, S extends Followed = Followed> = Definition<
  I,
  O,
  S
> & {
  kind: 'stream'
  /** The place in the log after which the stream begins, or null to begin with the next event. */
  after(input: z.output<I>): LogPlace | null
  /** One event as a line, for a reader who pays per token. */
  text(event: z.input<O>): string
}

/** An operation that answers once. */
export type Operation = Mutation | Query | Wait

/**
 * Any operation. Its members are methods, so that TypeScript accepts operations with narrower inputs here. Only `execute` and the judge call them,
 * with what the operation's own schema parsed and its own `find` found.
 */
export type AnyOperation = Operation | Stream

/** What it takes to judge whether a call may be made. */
export type Admitting<S extends Subject> = Pick<
  Definition<z.ZodType, z.ZodType, S>,
  'permission' | 'beyondMilestone' | 'within' | 'find' | 'needs'
> &
  Pick<AnyOperation, 'kind'>

export const defineMutation = <I extends z.ZodType, O extends z.ZodType, S extends Subject>(
  definition: Omit<Mutation<I, O, S>, 'kind'>,
): Mutation<I, O, S> => ({ kind: 'mutation', ...definition })

export const defineQuery = <I extends z.ZodType, O extends z.ZodType, S extends Subject>(
  definition: Omit<Query<I, O, S>, 'kind'>,
): Query<I, O, S> => ({ kind: 'query', ...definition })

export const defineWait = <I extends z.ZodType, O extends z.ZodType, S extends Subject, Q>(
  definition: Omit<Wait<I, O, S, Q>, 'kind'>,
): Wait<I, O, S, Q> => ({ kind: 'wait', ...definition })

export const defineStream = <I extends z.ZodType, O extends z.ZodType, S extends Followed>(
  definition: Omit<Stream<I, O, S>, 'kind'>,
): Stream<I, O, S> => ({ kind: 'stream', ...definition })

/** The subject of a call that is about no existing entity. */
export const nowhere = (): Subject => ({ scope: NOWHERE })

/** An id that the answer of an operation cannot do without. */
export const idIn = (ids: Ids, name: IdName): string => {
  const id = ids[name]
  if (id === undefined || id === null) throw new Error(`the operation has no ${name}`)
  return id
}
