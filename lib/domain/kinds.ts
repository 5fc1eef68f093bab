import type { Entities, Kind } from './entities'

type Field<K extends Kind> = keyof Entities[K] & string

/**
 * Entities of one kind that are looked up by one of their fields. A field that holds a list is looked up by each of its members. A part may hold `only`
 * the entities that have certain values in other fields.
 */
export type Part = { [K in Kind]: readonly [kind: K, field: Field<K>, only?: Partial<Entities[K]>] }[Kind]

type Definition<K extends Kind> = {
  /** The fields that identify an entity, in the order in which they are joined. */
  id: readonly [Field<K>, ...Field<K>[]]
  /**
   * The sets of entities that are loaded as a whole and are then known to be complete. `key` is the field of this kind that names the set.
   * A set belongs to the kind whose creation makes it complete: nothing can refer to an entity that has just been created.
   */
  units: Readonly<Record<string, { key: Field<K>; parts: readonly Part[] }>>
}

/**
 * The definition of every kind of entity. The indexes of a world, its knowledge of what is complete, loading, storing and replaying all follow
 * from this record. A unit with the name of a kind is what makes a single entity of that kind findable by its id.
 */
export const KINDS = {
  principal: {
    id: ['principal_id'],
    units: {
      principal: {
        key: 'principal_id',
        parts: [
          ['principal', 'principal_id'],
          ['key', 'principal_id'],
        ],
      },
      person_email: { key: 'email', parts: [['principal', 'email', { kind: 'user' }]] },
    },
  },
  invitation: {
    id: ['invitation_id'],
    units: {
      invitation: { key: 'invitation_id', parts: [['invitation', 'invitation_id']] },
      invitation_hash: { key: 'hash', parts: [['invitation', 'hash']] },
    },
  },
  key: {
    id: ['key_id'],
    units: {
      key: { key: 'key_id', parts: [['key', 'key_id']] },
      made_with: { key: 'key_id', parts: [['key', 'made_with']] },
    },
  },
  group: {
    id: ['group_id'],
    units: {
      group: {
        key: 'group_id',
        parts: [
          ['group', 'group_id'],
          ['member', 'group_id'],
          ['project', 'group_id'],
        ],
      },
      group_slug: { key: 'slug', parts: [['group', 'slug']] },
      invitations: { key: 'group_id', parts: [['invitation', 'group_id']] },
      active_milestones: { key: 'group_id', parts: [['milestone', 'group_id', { status: 'active' }]] },
      open_proposals: { key: 'group_id', parts: [['proposal', 'group_id', { status: 'open' }]] },
    },
  },
  member: { id: ['group_id', 'principal_id'], units: {} },
  project: { id: ['project_id'], units: { project: { key: 'project_id', parts: [['project', 'project_id']] } } },
  milestone: {
    id: ['milestone_id'],
    units: {
      milestone: { key: 'milestone_id', parts: [['milestone', 'milestone_id']] },
      checkpoints: { key: 'milestone_id', parts: [['checkpoint', 'milestone_id']] },
    },
  },
  checkpoint: {
    id: ['checkpoint_id'],
    units: {
      checkpoint: { key: 'checkpoint_id', parts: [['checkpoint', 'checkpoint_id']] },
      dependents: { key: 'checkpoint_id', parts: [['checkpoint', 'depends_on']] },
    },
  },
  proposal: {
    id: ['proposal_id'],
    units: {
      proposal: { key: 'proposal_id', parts: [['proposal', 'proposal_id']] },
      ballots: { key: 'proposal_id', parts: [['ballot', 'proposal_id']] },
    },
  },
  ballot: { id: ['proposal_id', 'round', 'voter_id'], units: {} },
} as const satisfies { [K in Kind]: Definition<K> }

type Units = { [K in Kind]: (typeof KINDS)[K]['units'] }

/** The name of a set of entities that is loaded as a whole. */
export type UnitKind = { [K in Kind]: keyof Units[K] & string }[Kind]
export type Unit = { kind: UnitKind; id: string }

/** The kinds whose entities a unit holds. */
export type KindIn<U extends UnitKind> = U extends UnitKind
  ? { [K in Kind]: Units[K] extends Readonly<Record<U, { parts: readonly (infer P extends Part)[] }>> ? P[0] : never }[Kind]
  : never

/** The kinds whose entities can be found by their id alone. */
export type FoundKind = Kind & UnitKind

/** An assertion for the compiler that a union has no members. If it has some, the error of the compiler names them. */
export type Nothing<T extends never> = T

/** A kind that no unit holds could never be loaded. */
export type KindsInNoUnit = Nothing<Exclude<Kind, KindIn<UnitKind>>>

const isKind = (name: string): name is Kind => name in KINDS

export const KIND_NAMES: readonly Kind[] = Object.keys(KINDS).filter(isKind)

/** Makes a record with one value for each kind. The cast holds because KIND_NAMES has every kind. */
export const recordOfKinds = <R extends { [K in Kind]: unknown }>(make: <K extends Kind>(kind: K) => R[K]): R =>
  Object.fromEntries(KIND_NAMES.map((kind) => [kind, make(kind)])) as R

type IdField<K extends Kind> = (typeof KINDS)[K]['id'][number] & keyof Entities[K]

/** The id of an entity. If it consists of several fields, they are joined by slashes. */
export const entityId = <K extends Kind>(kind: K, entity: Pick<Entities[K], IdField<K>>): string => {
  const fields: readonly string[] = KINDS[kind].id
  return fields.map((field) => Reflect.get(entity, field)).join('/')
}

type OwnId<T> = T extends readonly [infer F extends string] ? F : never

/** The names of the ids of every kind whose id is a single field, and of claims, which checkpoints have on themselves. */
export type IdName = { [K in Kind]: OwnId<(typeof KINDS)[K]['id']> }[Kind] | 'claim_id'

/** Ids by their names, and those of the checkpoints that a withdrawal relinked. */
export type Ids = { readonly [F in IdName]?: string | null } & { readonly relinked?: readonly string[] }

type UnitDefinition = { of: Kind; key: string; parts: readonly Part[] }

const definitions = KIND_NAMES.flatMap((of) =>
  Object.entries<Omit<UnitDefinition, 'of'>>(KINDS[of].units).map(([name, unit]): [string, UnitDefinition] => [name, { of, ...unit }]),
)

// What the types above cannot say: each unit has a name of its own, and holds each kind once, by one field.
for (const [name, { parts }] of definitions) {
  const twice = definitions.filter(([other]) => other === name).length > 1 || new Set(parts.map(([kind]) => kind)).size !== parts.length
  if (twice) throw new Error(`the unit ${name} is defined twice, or holds a kind twice`)
}

/** The casts hold because UnitKind is the union of the names from which the definitions were made. */
const asUnits = (entries: readonly [string, UnitDefinition][]) => ({
  UNITS: Object.fromEntries(entries) as { [U in UnitKind]: UnitDefinition },
  UNIT_NAMES: entries.map(([name]) => name as UnitKind),
})

/** Every unit by its name, with the kind that it belongs to. */
export const { UNITS, UNIT_NAMES } = asUnits(definitions)

/** Whether a part holds at most one entity, which is found by its own id, so that the part needs no index. */
export const isById = ([kind, field]: Part): boolean => KINDS[kind].id.length === 1 && KINDS[kind].id[0] === field

/** Whether an entity of a part's kind has the values that the part asks for beside the field by which it is looked up. */
export const fits = (entity: object, [, , only]: Part): boolean =>
  !only || Object.entries(only).every(([field, value]) => Reflect.get(entity, field) === value)
