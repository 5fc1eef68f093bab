import { type Checkpoint, type Entities, type Group, type Key, type Kind, type Member, memberId, type Project } from './entities'

/**
 * What can be loaded, and therefore known to be complete:
 * `principal` with its keys, `group` with its members and projects, `group_slug` (who has it), `checkpoints` of a milestone, `dependents` of a checkpoint,
 * and single rows of the rest, a checkpoint with the ids that it depends on.
 */
export type Unit = {
  kind: 'principal' | 'group' | 'group_slug' | 'project' | 'milestone' | 'checkpoint' | 'proposal' | 'checkpoints' | 'dependents'
  id: string
}

const unitKey = (kind: Unit['kind'], id: string) => `${kind}:${id}`

/** Thrown where a world is asked for what it has not loaded: "not loaded" cannot be mistaken for "does not exist". */
export class NotLoaded extends Error {
  override readonly name = 'NotLoaded'
  constructor(
    readonly units: readonly Unit[],
    /** What will be asked for next: the loader may fetch the pending ancestors of the checkpoints along with them. */
    readonly prefetch: 'ancestors' | null = null,
  ) {
    super(`not loaded: ${units.map(({ kind, id }) => unitKey(kind, id)).join(', ')}`)
  }
}

const idOf: { [K in Kind]: (entity: Entities[K]) => string } = {
  principal: (entity) => entity.principal_id,
  key: (entity) => entity.key_id,
  group: (entity) => entity.group_id,
  member: (entity) => memberId(entity.group_id, entity.principal_id),
  project: (entity) => entity.project_id,
  milestone: (entity) => entity.milestone_id,
  checkpoint: (entity) => entity.checkpoint_id,
  proposal: (entity) => entity.proposal_id,
}

/** The units that a new entity makes complete, because nothing can refer to it yet. */
const ownUnits: { [K in Kind]: (entity: Entities[K]) => Unit[] } = {
  principal: ({ principal_id }) => [{ kind: 'principal', id: principal_id }],
  key: () => [],
  group: ({ group_id, slug }) => [
    { kind: 'group', id: group_id },
    { kind: 'group_slug', id: slug },
  ],
  member: () => [],
  project: ({ project_id }) => [{ kind: 'project', id: project_id }],
  milestone: ({ milestone_id }) => [
    { kind: 'milestone', id: milestone_id },
    { kind: 'checkpoints', id: milestone_id },
  ],
  checkpoint: ({ checkpoint_id }) => [
    { kind: 'checkpoint', id: checkpoint_id },
    { kind: 'dependents', id: checkpoint_id },
  ],
  proposal: ({ proposal_id }) => [{ kind: 'proposal', id: proposal_id }],
}

const indexAdd = <K extends string>(index: Map<K, Set<string>>, key: K, id: string) => {
  const ids = index.get(key)
  if (ids) ids.add(id)
  if (!ids) index.set(key, new Set([id]))
}

/** What a decision may see. */
export type World = Omit<WorldState, 'create' | 'put' | 'remove' | 'admit' | 'complete' | 'changes' | 'settle' | 'size' | 'present'>

/** Entities, true at one point of the log. Only `evolve` calls `create`, `put` and `remove`; only the loader calls `admit` and `complete`. */
export class WorldState {
  private readonly rows: { [K in Kind]: Map<string, Entities[K]> } = {
    principal: new Map(),
    key: new Map(),
    group: new Map(),
    member: new Map(),
    project: new Map(),
    milestone: new Map(),
    checkpoint: new Map(),
    proposal: new Map(),
  }
  private readonly loaded = new Map<Unit['kind'], Set<string>>()
  /** Deleted in this world: a later load must not revive them. */
  private readonly tombstones = new Set<string>()
  /** Changed since the last `settle`, by kind: what the store has to write. */
  readonly changes = new Map<Kind, Map<string, 'put' | 'removed'>>()
  private readonly index = {
    dependents: new Map<string, Set<string>>(),
    checkpoints: new Map<string, Set<string>>(),
    members: new Map<string, Set<string>>(),
    projects: new Map<string, Set<string>>(),
    slugs: new Map<string, Set<string>>(),
  }
  private readonly sorted = new Map<string, readonly Checkpoint[]>()

  /** @param whole true where all there is will be put in: a replay of the whole log, a plan in memory. Nothing is then missing. */
  constructor(private readonly whole = false) {}

  /** The entity, or null where it does not exist. @throws NotLoaded */
  find<K extends Exclude<Kind, 'key' | 'member'>>(kind: K, id: string): Entities[K] | null {
    const entity = this.rows[kind].get(id)
    if (entity) return entity
    this.need([{ kind, id }])
    return null
  }

  findKey(principal_id: string, key_id: string): Key | null {
    this.need([{ kind: 'principal', id: principal_id }])
    const key = this.rows.key.get(key_id)
    return key?.principal_id === principal_id ? key : null
  }

  findMember(group_id: string, principal_id: string): Member | null {
    this.need([{ kind: 'group', id: group_id }])
    return this.rows.member.get(memberId(group_id, principal_id)) ?? null
  }

  findGroupBySlug(slug: string): Group | null {
    const [id] = this.index.slugs.get(slug) ?? []
    if (id) return this.find('group', id)
    this.need([{ kind: 'group_slug', id: slug }])
    return null
  }

  members(group_id: string): Member[] {
    this.need([{ kind: 'group', id: group_id }])
    return this.collect('member', this.index.members.get(group_id))
  }

  projects(group_id: string): Project[] {
    this.need([{ kind: 'group', id: group_id }])
    return this.collect('project', this.index.projects.get(group_id))
  }

  /** The checkpoints of a milestone by their numbers. */
  checkpoints(milestone_id: string): readonly Checkpoint[] {
    this.need([{ kind: 'checkpoints', id: milestone_id }])
    const known = this.sorted.get(milestone_id)
    if (known) return known
    const sorted = this.collect('checkpoint', this.index.checkpoints.get(milestone_id)).sort((a, b) => a.order - b.order)
    this.sorted.set(milestone_id, sorted)
    return sorted
  }

  /** The checkpoints that wait for this one, anywhere in the workspace. */
  dependents(checkpoint_id: string): Checkpoint[] {
    this.need([{ kind: 'dependents', id: checkpoint_id }])
    return this.collect('checkpoint', this.index.dependents.get(checkpoint_id))
  }

  /** Asks for many units at once, so that what is missing is loaded in one go. @throws NotLoaded naming all that are missing */
  need(units: readonly Unit[], prefetch: 'ancestors' | null = null): void {
    let missing: Unit[] | undefined
    for (const unit of units) {
      if (this.knows(unit)) continue
      missing ??= []
      missing.push(unit)
    }
    if (missing) throw new NotLoaded(missing, prefetch)
  }

  /** What the world holds of an entity, whether or not the rest of its unit is loaded. */
  present<K extends Kind>(kind: K, id: string): Entities[K] | undefined {
    return this.rows[kind].get(id)
  }

  /** All entities of a kind that are present: for properties and hashes over a whole world. */
  all<K extends Kind>(kind: K): Entities[K][] {
    return [...this.rows[kind].values()]
  }

  /** What it takes to keep: entities, and what is known to be complete or gone. */
  get size(): number {
    const entities = Object.values(this.rows).reduce((sum, rows) => sum + rows.size, 0)
    return [...this.loaded.values()].reduce((sum, ids) => sum + ids.size, entities) + this.tombstones.size
  }

  create<K extends Kind>(kind: K, entity: Entities[K]): void {
    for (const unit of ownUnits[kind](entity)) this.complete(unit)
    this.put(kind, entity)
  }

  put<K extends Kind>(kind: K, entity: Entities[K]): void {
    const id = idOf[kind](entity)
    this.unlink(kind, id)
    this.link(kind, id, entity)
    this.changed(kind, id, 'put')
  }

  remove(kind: Kind, id: string): void {
    this.unlink(kind, id)
    this.tombstones.add(`${kind}:${id}`)
    this.changed(kind, id, 'removed')
  }

  /** Takes in a row as it was when the batch began: what the world holds already is newer, what it deleted stays deleted. */
  admit<K extends Kind>(kind: K, entity: Entities[K]): void {
    const id = idOf[kind](entity)
    if (this.rows[kind].has(id) || this.tombstones.has(`${kind}:${id}`)) return
    this.link(kind, id, entity)
  }

  complete({ kind, id }: Unit): void {
    indexAdd(this.loaded, kind, id)
  }

  /** What was changed is stored. */
  settle(): void {
    this.changes.clear()
  }

  /** Whether all of a unit is here, so that what is not here does not exist. */
  knows({ kind, id }: Unit): boolean {
    if (this.whole || this.loaded.get(kind)?.has(id)) return true
    if (kind === 'group' || kind === 'principal' || kind === 'group_slug' || kind === 'checkpoints' || kind === 'dependents') return false
    return this.rows[kind].has(id) || this.tombstones.has(`${kind}:${id}`)
  }

  private collect<K extends Kind>(kind: K, ids: Iterable<string> = []): Entities[K][] {
    const found: Entities[K][] = []
    for (const id of ids) {
      const entity = this.rows[kind].get(id)
      if (entity) found.push(entity)
    }
    return found
  }

  private changed(kind: Kind, id: string, how: 'put' | 'removed'): void {
    const changes = this.changes.get(kind) ?? new Map<string, 'put' | 'removed'>()
    this.changes.set(kind, changes.set(id, how))
  }

  private link<K extends Kind>(kind: K, id: string, entity: Entities[K]): void {
    this.rows[kind].set(id, entity)
    for (const [index, key] of this.indexed(kind, id)) indexAdd(index, key, id)
  }

  private unlink(kind: Kind, id: string): void {
    for (const [index, key] of this.indexed(kind, id)) index.get(key)?.delete(id)
    this.rows[kind].delete(id)
  }

  /** Under which keys of which indexes a present entity stands. */
  private indexed(kind: Kind, id: string): [Map<string, Set<string>>, string][] {
    const { index, rows } = this
    if (kind === 'checkpoint') {
      const entity = rows.checkpoint.get(id)
      if (!entity) return []
      this.sorted.delete(entity.milestone_id)
      const own: [Map<string, Set<string>>, string][] = [[index.checkpoints, entity.milestone_id]]
      for (const target of entity.depends_on) own.push([index.dependents, target])
      return own
    }
    const member = kind === 'member' && rows.member.get(id)
    if (member) return [[index.members, member.group_id]]
    const project = kind === 'project' && rows.project.get(id)
    if (project) return [[index.projects, project.group_id]]
    const group = kind === 'group' && rows.group.get(id)
    if (group) return [[index.slugs, group.slug]]
    return []
  }
}
