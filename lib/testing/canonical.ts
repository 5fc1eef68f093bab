import type { Entities, Kind } from '@/lib/domain/entities'
import type { WorldState } from '@/lib/domain/world'

const KEYS: { [K in Kind]: (entity: Entities[K]) => string } = {
  principal: ({ principal_id }) => principal_id,
  key: ({ key_id }) => key_id,
  invitation: ({ invitation_id }) => invitation_id,
  group: ({ group_id }) => group_id,
  member: ({ group_id, principal_id }) => `${group_id} ${principal_id}`,
  project: ({ project_id }) => project_id,
  milestone: ({ milestone_id }) => milestone_id,
  checkpoint: ({ checkpoint_id }) => checkpoint_id,
  proposal: ({ proposal_id }) => proposal_id,
  ballot: ({ proposal_id, round, voter_id }) => `${proposal_id}/${round}/${voter_id}`,
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
