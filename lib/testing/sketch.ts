import type * as z from 'zod'
import { type Actor, type Context, identify } from '@/lib/domain/context'
import type { Checkpoint, Milestone, Proposal } from '@/lib/domain/entities'
import { DomainError } from '@/lib/domain/errors'
import { type Authorship, type Event, type EventDraft, NOWHERE } from '@/lib/domain/events'
import { evolve } from '@/lib/domain/evolve'
import { newId, repeatableIds } from '@/lib/domain/ids'
import type { PermissionName } from '@/lib/domain/permission'
import { findGroupBySlug } from '@/lib/domain/resolve'
import type { Say } from '@/lib/domain/text/say'
import { type World, WorldState } from '@/lib/domain/world'
import { createAgentProfile } from '@/lib/operations/agents'
import type { Mutation, Subject } from '@/lib/operations/define'
import { fingerprintOf } from '@/lib/operations/fingerprint'
import { createGroup, updateGroup } from '@/lib/operations/groups'
import { parseInput } from '@/lib/operations/input'
import { judge } from '@/lib/operations/judge'
import { addMember } from '@/lib/operations/members'
import { createMilestone } from '@/lib/operations/milestones'
import { castVote, finalizeProposal } from '@/lib/operations/proposals'
import { byPerson } from './authors'
import { canonical } from './canonical'

/** `text` says the short text of the answer, as it is now. */
export type Ran<T> = { data: T; text: (say: Say) => string; events: readonly Event[]; changed: boolean; seq: number; replayed: boolean }
type Typed<Parsed, Given, Shown, Answer, S extends Subject> = Mutation<z.ZodType<Parsed, Given>, z.ZodType<Shown, Answer>, S>
type Permissions = Partial<Record<PermissionName, boolean>>
type Remembered = NonNullable<Parameters<typeof judge>[4]>

/** Titles with their dependencies: titles of the same plan, or `plan/title` for another plan. */
export type Steps = Record<string, readonly string[]>

const ORIGIN = 'http://cairn.test'
const START = Date.UTC(2026, 0, 1)

/** A workspace in memory, which does the work of `execute` and the lane without a database: parse, judge, apply the events, answer. */
export class Workspace {
  readonly world = new WorldState(true)
  readonly log: Event[] = []
  readonly owner: Actor
  /** How much time has passed without an event, in milliseconds. */
  private passed = 0
  private readonly actors = new Map<string, Actor>()
  private readonly milestones = new Map<string, string>()
  private readonly remembered = new Map<string, Remembered>()

  /** Called with each event as soon as it is applied. */
  onEvent: (event: Event) => void = () => {}
  /** Called with each question that a call asks of the world, before it is asked, so that a test can ask it of another world too. */
  onAsk: (ask: (world: World) => unknown) => void = () => {}

  constructor() {
    this.owner = this.as('Owner', { groups: [], instance_owner: true })
    this.group('Team')
  }

  get now(): string {
    return new Date(START + this.passed + this.log.length * 1000).toISOString()
  }

  /** Lets time pass without an event. Each event lets a second pass too. */
  wait(seconds: number): void {
    this.passed += seconds * 1_000
  }

  /** Returns the actor with this name. A new one is a person in these groups or, with `agent`, an agent profile in the first of them. */
  as(name: string, options: { agent?: boolean; groups?: readonly string[]; instance_owner?: boolean } = {}): Actor {
    const known = this.actors.get(name)
    if (known) return known
    const { agent = false, groups = ['team'], instance_owner = false } = options
    const actor: Actor = {
      actor_id: newId(agent ? 'ap' : 'usr'),
      key_id: null,
      session_id: `session of ${name}`,
      via: agent ? 'mcp' : 'web',
    }
    this.actors.set(name, actor)
    if (agent) {
      const { data } = this.run(createAgentProfile, { group_id: groups[0] ?? 'team', name })
      actor.actor_id = data.agent_profile_id
      return actor
    }
    const data = { principal_id: actor.actor_id, name, email: `${name}@cairn.test`, instance_owner }
    this.record([{ ...NOWHERE, type: 'person.registered', data }], byPerson(actor))
    for (const group_id of groups) this.run(addMember, { group_id, principal_id: actor.actor_id, role: 'member' })
    return actor
  }

  /** Creates a key for a principal and returns the actor that uses it. With `milestone_id`, it works only in this milestone of the group. */
  key(
    actor: Actor,
    {
      group,
      milestone_id = null,
      permissions = {},
      expires_at = null,
    }: { group?: string; milestone_id?: string | null; permissions?: Permissions; expires_at?: string | null } = {},
  ): Actor {
    const key_id = newId('key')
    const group_id = group ? this.groupId(group) : null
    const facts = { name: 'key', hash: key_id, hint: '', permissions, expires_at }
    const data = { key_id, principal_id: actor.actor_id, group_id, milestone_id, ...facts }
    this.record([{ ...NOWHERE, group_id, type: 'key.created', data }], byPerson(actor))
    return { ...actor, key_id, via: 'rest' }
  }

  /** Creates a group, whose slug is its name in lower case. */
  group(name: string, visibility: 'workspace' | 'private' = 'workspace'): string {
    return this.run(createGroup, { name, slug: name.toLowerCase(), visibility }).data.group_id
  }

  hide(group_id: string): void {
    this.run(updateGroup, { group_id, visibility: 'private' })
  }

  groupId(slug: string): string {
    const group = findGroupBySlug(this.world, slug)
    if (!group) throw new Error(`the sketch has no group ${slug}`)
    return group.group_id
  }

  /** Creates a milestone. `gated` names the steps that need the group's consent. */
  plan(
    title: string,
    steps: Steps,
    { group = 'team', gated = [], actor = this.owner }: { group?: string; gated?: readonly string[]; actor?: Actor } = {},
  ): Plan {
    const titles = Object.keys(steps)
    const checkpoints = Object.entries(steps).map(([name, targets]) => ({
      title: name,
      requires_consensus: gated.includes(name),
      depends_on: targets.map((target) => (target.includes('/') ? this.at(target).checkpoint_id : titles.indexOf(target) + 1)),
    }))
    const { data } = this.run(createMilestone, { group_id: group, title, checkpoints }, actor)
    this.milestones.set(title, data.milestone_id)
    return new Plan(this, title, data.milestone_id)
  }

  /** Finds a checkpoint by `plan/title`. */
  at(path: string): Checkpoint {
    const [plan = '', title = ''] = path.split('/')
    const found = this.world.checkpoints(this.milestones.get(plan) ?? '').find((checkpoint) => checkpoint.title === title)
    if (!found) throw new Error(`the sketch has no ${path}`)
    return found
  }

  /** What a call of this actor is given besides the world. */
  contextOf(actor: Actor = this.owner, world: World = this.world): Context {
    return { caller: identify(world, actor, this.now), now: this.now, origin: ORIGIN, ids: repeatableIds().start() }
  }

  /** Makes a call, with the same judge as the lane. @throws DomainError */
  run<Parsed, Given, Shown, Answer, S extends Subject>(
    operation: Typed<Parsed, Given, Shown, Answer, S>,
    input: Given,
    actor: Actor = this.owner,
    idempotency_key: string | null = null,
  ): Ran<Answer> {
    const parsed = parseInput(operation.input, input)
    const { now } = this
    const ids = repeatableIds()
    const contextIn = (world: World): Context => ({ ...this.contextOf(actor, world), now, ids: ids.start() })
    const fingerprint = fingerprintOf(operation.name, input)
    const memory = `${actor.actor_id} ${idempotency_key}`
    const known = this.remembered.get(memory) ?? null
    const judgement = this.ask((world) => judge(operation, world, parsed, contextIn(world), known, fingerprint))
    const { changed, ids: made, needs, replayed } = judgement
    const events = this.record(judgement.events, judgement.authorship, now)
    const seq = replayed?.seq ?? this.log.length
    if (idempotency_key !== null && !replayed) {
      this.remembered.set(memory, {
        principal_id: actor.actor_id,
        idempotency_key,
        fingerprint: fingerprint.text,
        seq,
        changed,
        ids: made,
        needs,
      })
    }
    const data = this.ask((world) => operation.answer(world, made, contextIn(world), parsed))
    const text = (say: Say) => this.ask((world) => operation.text(world, made, contextIn(world), parsed, say))
    return { data, text, events, changed, seq, replayed: replayed !== null }
  }

  /** Makes a call that must be refused and must change nothing, and returns the refusal. */
  refused<Parsed, Given, Shown, Answer, S extends Subject>(
    operation: Typed<Parsed, Given, Shown, Answer, S>,
    input: Given,
    actor: Actor = this.owner,
    idempotency_key: string | null = null,
  ): DomainError {
    const before = canonical(this.world)
    const seq = this.log.length
    try {
      this.run(operation, input, actor, idempotency_key)
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      if (canonical(this.world) !== before || this.log.length !== seq) throw new Error(`a refused ${operation.name} changed something`)
      return error
    }
    throw new Error(`${operation.name} was not refused`)
  }

  proposal(proposal_id: string | null): Proposal {
    const proposal = this.world.find('proposal', proposal_id ?? '')
    if (!proposal) throw new Error(`the sketch has no proposal ${proposal_id}`)
    return proposal
  }

  /** Lets all who may vote on the gate of a checkpoint vote for it, or against it, and finalizes the vote. */
  seal({ proposal_id }: Checkpoint, passes = true): Proposal {
    const { electorate, round } = this.proposal(proposal_id)
    const ballot = { proposal_id: proposal_id ?? '', vote: passes ? 'yes' : 'no', round }
    for (const actor_id of electorate) this.run(castVote, ballot, { ...this.owner, actor_id })
    this.run(finalizeProposal, { proposal_id: ballot.proposal_id })
    return this.proposal(proposal_id)
  }

  private ask<T>(question: (world: World) => T): T {
    this.onAsk(question)
    return question(this.world)
  }

  /** Writes and applies events, also those that no operation makes yet. */
  record(drafts: readonly EventDraft[], authorship: Authorship, at = this.now): Event[] {
    return drafts.map((draft) => {
      const event: Event = { ...draft, ...authorship, seq: this.log.length + 1, at }
      evolve(this.world, event)
      this.log.push(event)
      this.onEvent(event)
      return event
    })
  }
}

/** A milestone that was created from a sketch, whose checkpoints are found by title. */
export class Plan {
  constructor(
    private readonly workspace: Workspace,
    readonly title: string,
    readonly milestone_id: string,
  ) {}

  get milestone(): Milestone {
    const milestone = this.workspace.world.find('milestone', this.milestone_id)
    if (!milestone) throw new Error(`the plan ${this.title} is gone`)
    return milestone
  }

  get titles(): string[] {
    return this.workspace.world.checkpoints(this.milestone_id).map(({ title }) => title)
  }

  at(title: string): Checkpoint {
    return this.workspace.at(`${this.title}/${title}`)
  }

  /** The address of a step in a call, by its present number. */
  address(title: string): { milestone_id: string; order: number } {
    return { milestone_id: this.milestone_id, order: this.at(title).order }
  }

  /** The reference to a step from another milestone. */
  ref(title: string): string {
    return `${this.milestone_id}:${this.at(title).order}`
  }

  /** The present steps, in the form of a sketch. */
  steps(): Steps {
    const { world } = this.workspace
    const checkpoints = world.checkpoints(this.milestone_id)
    return Object.fromEntries(checkpoints.map((checkpoint) => [checkpoint.title, checkpoint.depends_on.map((id) => this.name(world, id))]))
  }

  private name(world: World, checkpoint_id: string): string {
    const target = world.find('checkpoint', checkpoint_id)
    if (!target) throw new Error(`${checkpoint_id} is missing, although a checkpoint depends on it`)
    if (target.milestone_id === this.milestone_id) return target.title
    return `${world.find('milestone', target.milestone_id)?.title}/${target.title}`
  }
}

/** A workspace that has only its owner and the owner's group Team. */
export const workspace = (): Workspace => new Workspace()
