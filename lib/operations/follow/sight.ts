import type { EventPlace } from '@/db/queries/event-filter'
import type { Logged } from '@/db/queries/events'
import { mayRead, mayReadWholeLog } from '@/lib/domain/access'
import type { Actor, Context } from '@/lib/domain/context'
import { DomainError } from '@/lib/domain/errors'
import { hasTraits, wantsFaces } from '@/lib/domain/event-filter'
import type { Event } from '@/lib/domain/events'
import { type CheckpointPlace, changedFace, type FaceChanged, placesOfDependents, viewFaceChanges } from '@/lib/domain/face-change'
import type { Unit } from '@/lib/domain/kinds'
import { nameOfPlace } from '@/lib/domain/log-place'
import { unitsOf } from '@/lib/domain/state'
import { type ShownEvent, viewEvent } from '@/lib/domain/views/event'
import { COMPLETIONS } from '@/lib/domain/waiting'
import { NotLoaded, type World } from '@/lib/domain/world'
import type { Stream } from '../define'
import { contextOf } from '../execute'
import { admit } from '../judge'

/** Told besides an event, or in place of it, about a milestone of which a checkpoint depends on the one that was completed or reopened elsewhere. */
export type DependencyChanged = { seq: number; type: 'milestone.dependency_changed'; milestone_id: string }

/** An event as its readers see it. `name` is its place in the log, by which a client reads on. */
export type ToldEvent = { seq: number; name: string; type: string; event: ShownEvent | FaceChanged | DependencyChanged }

export const tell = (event: ToldEvent['event'], batch: string): ToldEvent => ({
  seq: event.seq,
  name: nameOfPlace({ seq: event.seq, batch }),
  type: event.type,
  event,
})

/** Who follows what. All who do it by the same key and with the same filter have the same view. */
export type View = { operation: Stream; input: unknown; actor: Actor; place: EventPlace; hearsOfDependents: boolean }

/** What a view may read, as judged in some snapshot. It holds until an event may change it. `isGone`: what it is about is not readable, or is deleted. */
export type Sight = { context: Context; groups: Map<string, boolean>; isGone: boolean }

export type Verdict = {
  /** Null if the key is not valid any more. */
  sight: Sight | null
  /** Whether the view may not read something any more that it could read before. */
  lost: boolean
  events: readonly ToldEvent[]
}

export type Judged = { view: View; before: Sight | null; isDue: boolean }

/** Which of these events each view is told. It is judged in the world of one snapshot, for all views together. */
export class NewsDesk {
  private readonly shown = new Map<number, ToldEvent>()
  private readonly faces = new Map<number, ToldEvent>()

  constructor(
    private readonly events: readonly Logged[],
    private readonly now: string,
    private readonly origin: string,
  ) {}

  /** Pure but for the cache of what is encoded already. */
  judge(world: World, all: readonly Judged[]): Verdict[] {
    world.need(unitsOf('principal', new Set(all.flatMap(({ view, before, isDue }) => (before && !isDue ? [] : view.actor.actor_id)))))
    const sights = together(all, ({ view, before, isDue }) => (before && !isDue ? before : this.look(world, view)))
    const groups = new Set(this.events.flatMap(({ event }) => event.group_id ?? []))
    for (const { before, isDue } of all) if (isDue) for (const id of before?.groups.keys() ?? []) groups.add(id)
    this.learn(world, sights, groups)
    const places = this.placesOfFaces(world, all, sights)
    const dependents = this.dependentsOfCompleted(world, all, sights)
    return all.map(({ view, before }, at) => {
      const sight = sights[at] ?? null
      if (!sight) return { sight, lost: true, events: [] }
      const lost = before !== null && before !== sight && [...before.groups].some(([id, could]) => could && !sight.groups.get(id))
      const maySee = (where: CheckpointPlace) => view.hearsOfDependents && mayReadEvent(sight, where) && isIn(view.place, where)
      const events = this.events.flatMap((logged) =>
        [this.told(view, sight, logged, places) ?? [], tellDependents(logged, dependents, maySee)].flat(),
      )
      return { sight, lost, events }
    })
  }

  private look(world: World, { operation, input, actor }: View): Sight | null {
    const context = unlessRefused(() => contextOf(world, actor, this.now, this.origin, noIds))
    const isGone = context !== null && unlessRefused(() => admit(operation, world, input, context)) === null
    return context && { context, groups: new Map(), isGone }
  }

  /** Judges these groups for each sight that has not judged them yet. */
  private learn(world: World, sights: readonly (Sight | null)[], ids: ReadonlySet<string>): void {
    const open = sights.flatMap((sight) => (!sight || mayReadWholeLog(sight.context.caller) ? [] : [sight]))
    world.need(
      unitsOf(
        'group',
        [...ids].filter((id) => open.some(({ groups }) => !groups.has(id))),
      ),
    )
    for (const { groups, context } of open) {
      for (const id of ids) {
        if (groups.has(id)) continue
        const group = world.find('group', id)
        groups.set(id, group !== null && mayRead(world, context, group))
      }
    }
  }

  /** E4: where the dependents are of checkpoints whose faces these events have changed, and whose groups some of the views may not read. */
  private placesOfFaces(world: World, all: readonly Judged[], sights: readonly (Sight | null)[]): Map<string, CheckpointPlace[]> {
    const seeing = all.flatMap(({ view }, at) => {
      const sight = sights[at]
      return sight && view.place.checkpoint_id === undefined && wantsFaces(view.place) ? [sight] : []
    })
    const changed = this.events.filter(({ event }) => changedFace(event) && seeing.some((sight) => !mayReadEvent(sight, event)))
    if (changed.length === 0) return new Map()
    const places = placesOfDependents(world, [...new Set(changed.flatMap(({ event }) => changedFace(event) ?? []))])
    this.learn(world, seeing, new Set([...places.values()].flat().map(({ group_id }) => group_id)))
    const unknown = changed.filter(({ event }) => !this.faces.has(event.seq) && (places.get(changedFace(event) ?? '') ?? []).length > 0)
    const batches = new Map(unknown.map(({ event, batch }) => [event.seq, batch]))
    const faces = viewFaceChanges(
      world,
      unknown.map(({ event }) => event),
      this.now,
    )
    for (const face of faces) this.faces.set(face.seq, tell(face, batches.get(face.seq) ?? ''))
    return places
  }

  /** Where the dependents are of checkpoints that were completed or reopened, if some of the views are told of them. */
  private dependentsOfCompleted(world: World, all: readonly Judged[], sights: readonly (Sight | null)[]): Map<string, CheckpointPlace[]> {
    const hearing = all.flatMap(({ view }, at) => (view.hearsOfDependents ? (sights[at] ?? []) : []))
    const changed = this.events.flatMap(({ event }) => completionIn(event) ?? [])
    if (hearing.length === 0 || changed.length === 0) return new Map()
    const places = placesOfDependents(world, [...new Set(changed)])
    this.learn(world, hearing, new Set([...places.values()].flat().map(({ group_id }) => group_id)))
    return places
  }

  private told({ place }: View, sight: Sight, logged: Logged, places: ReadonlyMap<string, CheckpointPlace[]>): ToldEvent | null {
    const { event } = logged
    if (mayReadEvent(sight, event)) return isIn(place, event) && hasTraits(place, event) ? this.show(logged) : null
    const id = place.checkpoint_id === undefined && wantsFaces(place) ? changedFace(event) : null
    const seen = id !== null && places.get(id)?.some((where) => sight.groups.get(where.group_id) && isIn(place, where))
    return seen ? (this.faces.get(event.seq) ?? null) : null
  }

  private show({ event, names, batch }: Logged): ToldEvent {
    const told = this.shown.get(event.seq) ?? tell(viewEvent(event, names), batch)
    this.shown.set(event.seq, told)
    return told
  }
}

/** The checkpoint that an event completes or reopens, or null. */
export const completionIn = ({ type, checkpoint_id }: Event): string | null => (COMPLETIONS.includes(type) ? checkpoint_id : null)

/** The milestones whose checkpoints may have changed their state by an event about a checkpoint elsewhere, of those whose place may be seen. */
export const tellDependents = (
  { event, batch }: Logged,
  places: ReadonlyMap<string, CheckpointPlace[]>,
  maySee: (where: CheckpointPlace) => boolean,
): ToldEvent[] => {
  const found = (places.get(completionIn(event) ?? '') ?? []).filter((where) => where.milestone_id !== event.milestone_id && maySee(where))
  const ids = new Set(found.map(({ milestone_id }) => milestone_id))
  return [...ids].map((milestone_id) => tell({ seq: event.seq, type: 'milestone.dependency_changed', milestone_id }, batch))
}

const mayReadEvent = ({ context, groups }: Sight, { group_id }: Pick<Event, 'group_id'>): boolean =>
  mayReadWholeLog(context.caller) || (group_id !== null && groups.get(group_id) === true)

/** Whether an event, or a checkpoint, is in the place of a filter. */
export const isIn = (
  place: EventPlace,
  where: Pick<Event, 'group_id' | 'project_id' | 'milestone_id'> & { checkpoint_id?: string | null },
) =>
  (place.group_id === undefined || where.group_id === place.group_id) &&
  (place.project_id === undefined || where.project_id === place.project_id) &&
  (place.milestone_id === undefined || where.milestone_id === place.milestone_id) &&
  (place.checkpoint_id === undefined || where.checkpoint_id === place.checkpoint_id)

const unlessRefused = <T>(run: () => T): T | null => {
  try {
    return run()
  } catch (error) {
    if (error instanceof DomainError) return null
    throw error
  }
}

/** Runs a function for each, and asks for what all of them lack at once. */
const together = <T, R>(all: readonly T[], run: (one: T) => R): R[] => {
  const lacking: Unit[] = []
  const results = all.flatMap((one) => {
    try {
      return [run(one)]
    } catch (error) {
      if (!(error instanceof NotLoaded)) throw error
      lacking.push(...error.units)
      return []
    }
  })
  if (lacking.length > 0) throw new NotLoaded(lacking)
  return results
}

/** Whoever follows makes nothing that needs an id. */
const noIds = {
  newId: () => {
    throw new Error('a stream makes no ids')
  },
  newGroupId: () => {
    throw new Error('a stream makes no ids')
  },
  newSecret: () => {
    throw new Error('a stream makes no secrets')
  },
  pick: () => {
    throw new Error('a stream chooses nothing')
  },
}
