import type { Actor } from '@/lib/domain/context'
import type { Checkpoint, Entities, Group, Kind, Milestone, Proposal } from '@/lib/domain/entities'
import type { Event } from '@/lib/domain/events'
import { findGroupBySlug } from '@/lib/domain/resolve'
import type { WorldState } from '@/lib/domain/world'
import { brokenAttempts, brokenClaims } from './attempts'

// The rules are implemented here a second time, from the text of RULES.md and independently of the code that keeps them.

const KEYS: { [K in Kind]: (entity: Entities[K]) => string } = {
  principal: ({ principal_id }) => principal_id,
  key: ({ key_id }) => key_id,
  group: ({ group_id }) => group_id,
  member: ({ group_id, principal_id }) => `${group_id} ${principal_id}`,
  project: ({ project_id }) => project_id,
  milestone: ({ milestone_id }) => milestone_id,
  checkpoint: ({ checkpoint_id }) => checkpoint_id,
  proposal: ({ proposal_id }) => proposal_id,
}
const isKind = (name: string): name is Kind => name in KEYS
const KINDS = Object.keys(KEYS).filter(isKind)

const sortedEntries = (entity: object, without: readonly string[]) =>
  Object.entries(entity)
    .filter(([field]) => !without.includes(field))
    .map(([field, value]) => [field, field === 'depends_on' ? [...value].sort() : value])
    .sort(([a], [b]) => (a < b ? -1 : 1))

/** A form in which the state is written, with the texts of the entities that were written in it before. */
type Form = { without: readonly string[]; texts: WeakMap<object, string> }
const WHOLE: Form = { without: [], texts: new WeakMap() }
const SUBSTANCE: Form = { without: ['updated_at', 'version'], texts: new WeakMap() }

/** Entities are replaced and never changed in place. So that this holds, and their texts with it, they are frozen. */
const textOf = (entity: object, { without, texts }: Form): string => {
  const text = texts.get(entity) ?? JSON.stringify(sortedEntries(entity, without))
  texts.set(Object.freeze(entity), text)
  return text
}

const rowsOf = <K extends Kind>(world: WorldState, kind: K, form: Form): string[] =>
  world
    .all(kind)
    .map((entity) => `${KEYS[kind](entity)} ${textOf(entity, form)}`)
    .sort()

const written = (world: WorldState, form: Form): string => KINDS.map((kind) => [kind, ...rowsOf(world, kind, form)].join('\n')).join('\n')

/** E2: the whole state as text, in which the order of dependencies does not matter. */
export const canonical = (world: WorldState): string => written(world, WHOLE)

/** The state without the fields that only record that something changed. E2: an event that leaves it as it was is not a change. */
export const substance = (world: WorldState): string => written(world, SUBSTANCE)

export type Copy = {
  checkpoints: ReadonlyMap<string, Checkpoint>
  milestones: ReadonlyMap<string, Milestone>
  proposals: ReadonlyMap<string, Proposal>
  groups: ReadonlyMap<string, Group>
}

/** A copy of the maps is a copy of the state, because entities are not changed in place. */
export const copy = (world: WorldState): Copy => ({
  checkpoints: new Map(world.all('checkpoint').map((entity) => [entity.checkpoint_id, entity])),
  milestones: new Map(world.all('milestone').map((entity) => [entity.milestone_id, entity])),
  proposals: new Map(world.all('proposal').map((entity) => [entity.proposal_id, entity])),
  groups: new Map(world.all('group').map((entity) => [entity.group_id, entity])),
})

const done = (checkpoint: Checkpoint | undefined) => checkpoint?.completed_at != null
const stepsOf = ({ checkpoints }: Pick<Copy, 'checkpoints'>, milestone_id: string) =>
  [...checkpoints.values()].filter((checkpoint) => checkpoint.milestone_id === milestone_id).sort((a, b) => a.order - b.order)

/** The violations of the rules that hold after every single event: D1 to D4, C3, M1, and what L1 and N1 say of rows. */
export const brokenByEvent = (now: Copy): string[] => [...brokenEdges(now), ...cycles(now), ...gaps(now), ...brokenClaims(now)]

const brokenEdges = ({ checkpoints }: Copy): string[] => {
  const broken: string[] = []
  for (const { checkpoint_id: id, milestone_id, order, completed_at, depends_on } of checkpoints.values()) {
    if (new Set(depends_on).size !== depends_on.length) broken.push(`D4: ${id} holds an edge twice`)
    for (const target_id of depends_on) {
      const target = checkpoints.get(target_id)
      if (!target) broken.push(`C3: ${id} depends on ${target_id}, which is gone`)
      if (completed_at !== null && !done(target)) broken.push(`D1: ${id} is completed and ${target_id} is not`)
      if (target?.milestone_id === milestone_id && target.order >= order)
        broken.push(`D3: ${id} depends on a later number, ${target.order}`)
    }
  }
  return broken
}

const cycles = ({ checkpoints }: Copy): string[] => {
  const waiting = new Map([...checkpoints.values()].map(({ checkpoint_id, depends_on }) => [checkpoint_id, depends_on.length]))
  const dependents = new Map<string, string[]>()
  for (const { checkpoint_id, depends_on } of checkpoints.values())
    for (const id of depends_on) dependents.set(id, [...(dependents.get(id) ?? []), checkpoint_id])
  const free = [...waiting].filter(([, count]) => count === 0).map(([id]) => id)
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    waiting.delete(id)
    for (const dependent of dependents.get(id) ?? []) {
      const left = (waiting.get(dependent) ?? 0) - 1
      waiting.set(dependent, left)
      if (left === 0) free.push(dependent)
    }
  }
  return waiting.size > 0 ? [`D2: a cycle among ${[...waiting.keys()].join(', ')}`] : []
}

const gaps = (now: Copy): string[] =>
  [...now.milestones.keys()]
    .filter((id) => stepsOf(now, id).some(({ order }, at) => order !== at + 1))
    .map((id) => `M1: the numbers of ${id} are not 1..n`)

/** The violations of the rules at every commit: those of every event, M2, G1, the counts of milestones, and that indexes agree with rows. */
export const brokenAtCommit = (world: WorldState, now: Copy): string[] => [
  ...brokenByEvent(now),
  ...wronglyClosed(now),
  ...openGates(now),
  ...counts(world, now),
  ...indexes(world, now),
]

const wronglyClosed = (now: Copy): string[] =>
  [...now.milestones.values()].flatMap(({ milestone_id, status, closed_at }) => {
    if ((status === 'closed') !== (closed_at !== null)) return [`M2: ${milestone_id} is ${status} and was closed at ${closed_at}`]
    const steps = stepsOf(now, milestone_id)
    return status === 'closed' && (steps.length === 0 || !steps.every(done)) ? [`M2: ${milestone_id} is closed and not done`] : []
  })

const openGates = ({ checkpoints, proposals }: Copy): string[] => {
  const broken: string[] = []
  for (const { checkpoint_id, requires_consensus, proposal_id, completed_at } of checkpoints.values()) {
    const proposal = proposals.get(proposal_id ?? '')
    if (requires_consensus !== (proposal?.checkpoint_id === checkpoint_id))
      broken.push(`G1: ${checkpoint_id} has a gate without its proposal`)
    const passed = proposal?.status === 'finalized' && proposal.threshold_met === true
    if (requires_consensus && completed_at !== null && !passed) broken.push(`G1: ${checkpoint_id} is completed behind a shut gate`)
  }
  const owners = new Set([...checkpoints.values()].map(({ proposal_id }) => proposal_id))
  for (const id of proposals.keys()) if (!owners.has(id)) broken.push(`G1: the proposal ${id} belongs to nothing`)
  return broken
}

const counts = (world: WorldState, now: Copy): string[] =>
  world.all('project').flatMap(({ project_id, group_id, milestone_count }) => {
    const milestones = [...now.milestones.values()].filter((milestone) => milestone.project_id === project_id)
    const broken =
      milestones.length === milestone_count ? [] : [`${project_id} counts ${milestone_count} milestones of ${milestones.length}`]
    return milestones.some((milestone) => milestone.group_id !== group_id)
      ? [...broken, `${project_id} holds another group's work`]
      : broken
  })

const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && [...a].sort().join() === [...b].sort().join()

const indexes = (world: WorldState, now: Copy): string[] => {
  const broken: string[] = []
  const rows = [...now.checkpoints.values()]
  for (const id of now.milestones.keys()) {
    const listed = world.checkpoints(id)
    if (listed.some((step, at) => step !== stepsOf(now, id)[at]) || listed.length !== stepsOf(now, id).length)
      broken.push(`index: the checkpoints of ${id}`)
  }
  for (const { checkpoint_id } of rows) {
    const expected = rows.filter(({ depends_on }) => depends_on.includes(checkpoint_id)).map((row) => row.checkpoint_id)
    if (
      !same(
        expected,
        world.dependents(checkpoint_id).map((row) => row.checkpoint_id),
      )
    )
      broken.push(`index: the dependents of ${checkpoint_id}`)
  }
  for (const group of world.all('group')) if (findGroupBySlug(world, group.slug) !== group) broken.push(`index: the slug ${group.slug}`)
  return broken
}

/** Who made a call, with the `claim_id` that was given with it. `admin` says whether the caller is an admin of a group. */
export type By = Pick<Actor, 'actor_id' | 'session_id' | 'via'> & {
  claim_id: string | undefined
  relaxes: boolean
  person: boolean
  admin: (group_id: string) => boolean
}

export type Step = { before: Copy; after: Copy; events: readonly Event[]; by: By; now: string }

/** The violations by a call of the rules about changes: C1 to C3, D4, M2, P1, G1, L1, N1, N2, and that the version moves exactly with what it stands for. */
export const brokenByCall = (step: Step): string[] => [
  ...touchedCompletions(step),
  ...movedEdges(step),
  ...missedClosings(step),
  ...loosened(step),
  ...rounds(step),
  ...versions(step),
  ...brokenAttempts(step),
  ...withdrawals(step),
]

const happened = (events: readonly Event[], type: Event['type'], id: string) =>
  events.some((event) => event.type === type && (event.checkpoint_id === id || (event.checkpoint_id === null && event.milestone_id === id)))

const COMPLETION = ['completed_at', 'completed_by', 'completed_seq', 'completed_session'] as const
const FROZEN = ['title', 'description', 'requires_consensus', 'proposal_id', ...COMPLETION] as const

const touchedCompletions = ({ before, after, events, by: { actor_id } }: Step): string[] => {
  const broken: string[] = []
  for (const [id, was] of before.checkpoints) {
    const is = after.checkpoints.get(id)
    if (!done(was) || happened(events, 'checkpoint.reopened', id)) continue
    if (!is) broken.push(`C1: ${id} was completed and is deleted`)
    if (is && !same(is.depends_on, was.depends_on)) broken.push(`C1: ${id} was completed and its dependencies changed`)
    for (const field of FROZEN) if (is && is[field] !== was[field]) broken.push(`C1, C2: ${id} was completed and its ${field} changed`)
  }
  for (const [id, is] of after.checkpoints) {
    if (!done(is) || done(before.checkpoints.get(id))) continue
    const fact = events.find((event) => event.type === 'checkpoint.completed' && event.checkpoint_id === id)
    if (is.completed_seq !== fact?.seq || is.completed_at !== fact?.at || is.completed_by !== actor_id)
      broken.push(`C2: ${id} is completed by another fact`)
  }
  return broken
}

const movedEdges = ({ before, after, events }: Step): string[] => {
  const broken: string[] = []
  for (const [id, was] of before.checkpoints) {
    const is = after.checkpoints.get(id)
    const waiting = [...before.checkpoints.values()].filter(({ depends_on }) => depends_on.includes(id))
    const isLeft = waiting.some(({ checkpoint_id }) => after.checkpoints.has(checkpoint_id))
    if (!is && isLeft && !happened(events, 'checkpoint.withdrawn', id)) broken.push(`C3: ${id} is deleted under others`)
    const changes = is ? symmetricDifference(was.depends_on, is.depends_on) : 0
    const said = events.reduce((sum, event) => sum + (event.checkpoint_id === id ? edgesIn(event) : 0), 0)
    if (is && changes !== said) broken.push(`D4: ${id} changed ${changes} edges, and the events say ${said}`)
    if (is && is.milestone_id !== was.milestone_id) broken.push(`D4: ${id} moved to another milestone`)
  }
  return broken
}

/** The number of edges that an event adds or removes. */
const edgesIn = (event: Event): number => {
  if (event.type === 'checkpoint.relinked') return 1 + event.data.depends_on.length
  return event.type.startsWith('checkpoint.dependency') ? 1 : 0
}

const symmetricDifference = (a: readonly string[], b: readonly string[]) =>
  a.filter((id) => !b.includes(id)).length + b.filter((id) => !a.includes(id)).length

const missedClosings = ({ before, after, events }: Step): string[] => {
  const broken: string[] = []
  for (const [id, is] of after.milestones) {
    const here = events.filter((event) => event.milestone_id === id)
    const steps = stepsOf(after, id)
    const finished = here.some(({ type }) => /^checkpoint\.(completed|deleted|withdrawn)$/.test(type))
    if (finished && steps.length > 0 && steps.every(done) && is.status !== 'closed') broken.push(`M2: ${id} is done and stays active`)
    const was = before.milestones.get(id)?.status ?? 'active'
    const said = here.filter(({ type }) => type === 'milestone.closed' || type === 'milestone.reopened').length
    if ((was === is.status ? 0 : 1) !== said) broken.push(`M2: ${id} went from ${was} to ${is.status} by ${said} events`)
  }
  return broken
}

const loosened = ({ before, after, events, by: { actor_id, relaxes } }: Step): string[] => {
  const broken: string[] = []
  if (!relaxes && events.some(({ type }) => type === 'checkpoint.withdrawn')) broken.push('P1: a withdrawal without the permission')
  for (const [id, was] of before.checkpoints) {
    const is = after.checkpoints.get(id)
    if (is && was.requires_consensus && !is.requires_consensus) broken.push(`P1: the gate of ${id} was lifted`)
    if (relaxes) continue
    if (!is && !done(was) && was.created_by !== actor_id) broken.push(`P1: ${id} of another was deleted without the permission`)
    const lost = is ? was.depends_on.filter((target) => !is.depends_on.includes(target)) : []
    if (lost.some((target) => !done(before.checkpoints.get(target)))) broken.push(`P1: ${id} lost an edge to pending work`)
  }
  return broken
}

const rounds = ({ before, after, events }: Step): string[] => {
  const broken: string[] = []
  for (const [id, was] of before.proposals) {
    const is = after.proposals.get(id)
    const then = before.checkpoints.get(was.checkpoint_id)
    const now = after.checkpoints.get(was.checkpoint_id)
    if (!is || !then || !now) continue
    const changed = then.title !== now.title || then.description !== now.description || !same(then.depends_on, now.depends_on)
    const again = changed || happened(events, 'checkpoint.reopened', now.checkpoint_id)
    if (again && (is.round !== was.round + 1 || is.status !== 'open')) broken.push(`G1: ${id} stays in round ${is.round} after a change`)
    if (!again && is !== was) broken.push(`G1: ${id} began a new round for nothing`)
  }
  return broken
}

/** All that the version of a milestone stands for: its texts, project and structure, and the numbers of its checkpoints' dependencies. */
const face = ({ milestones, checkpoints }: Copy, milestone_id: string): string => {
  const milestone = milestones.get(milestone_id)
  const steps = stepsOf({ checkpoints }, milestone_id)
  const numbers = (ids: readonly string[]) => ids.map((id) => `${id} ${checkpoints.get(id)?.order}`).sort()
  const told = steps.map((step) => [step.checkpoint_id, step.title, step.description, numbers(step.depends_on)])
  return JSON.stringify([milestone?.title, milestone?.description, milestone?.project_id, told])
}

const versions = ({ before, after, events }: Step): string[] => {
  const broken: string[] = []
  for (const [id, was] of before.milestones) {
    const is = after.milestones.get(id)
    if (!is) continue
    const changed = face(before, id) !== face(after, id)
    if (changed && !events.some(({ seq }) => seq === is.version)) broken.push(`version: that of ${id} stays behind a change`)
    if (!changed && is.version !== was.version) broken.push(`version: that of ${id} moved without a change`)
  }
  return broken
}

/** N2: after a withdrawal, what remains is ordered as before, and only what waited for the withdrawn checkpoint waits for something else. */
const withdrawals = ({ before, after, events }: Step): string[] => {
  const withdrawn = events.flatMap(({ type, checkpoint_id }) => (type === 'checkpoint.withdrawn' && checkpoint_id ? [checkpoint_id] : []))
  return withdrawn.flatMap((gone) => {
    const broken: string[] = []
    const its = before.checkpoints.get(gone)
    if (!its || done(its) || after.checkpoints.has(gone)) broken.push(`N2: ${gone} was not pending, or is still there`)
    const [were, are] = [ancestors(before), ancestors(after)]
    for (const [id, was] of before.checkpoints) {
      if (id === gone) continue
      const waited = was.depends_on.includes(gone)
      const wanted = waited ? [...was.depends_on.filter((target) => target !== gone), ...(its?.depends_on ?? [])] : was.depends_on
      if (!same([...new Set(wanted)], after.checkpoints.get(id)?.depends_on ?? [])) broken.push(`N2: ${id} waits for something else`)
      const above = [...were(id)].filter((target) => target !== gone)
      if (!same(above, [...are(id)])) broken.push(`N2: ${id} is ordered otherwise`)
      if (waited !== happened(events, 'checkpoint.relinked', id)) broken.push(`N2: ${id} was relinked without its event, or in vain`)
    }
    if (before.checkpoints.size !== after.checkpoints.size + 1) broken.push('N2: a withdrawal removed or added more')
    return broken
  })
}

/** All that a checkpoint waits for, directly or through others. */
const ancestors = ({ checkpoints }: Copy): ((id: string) => ReadonlySet<string>) => {
  const known = new Map<string, Set<string>>()
  const of = (id: string): ReadonlySet<string> => {
    const found = known.get(id) ?? new Set()
    if (known.has(id)) return found
    known.set(id, found)
    for (const target of checkpoints.get(id)?.depends_on ?? []) for (const above of [target, ...of(target)]) found.add(above)
    return found
  }
  return of
}
