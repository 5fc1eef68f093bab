import type { Event, EventType } from './events'
import { milestoneOf } from './resolve'
import { neededForStates, stateOf, unitsOf } from './state'
import type { World } from './world'

/**
 * E4: whether an event of a type may change the state of the checkpoint that it is about. Readers of the checkpoint's dependents are told so, even if they may
 * not read its group. A new checkpoint has no dependents yet, and one that is deleted or withdrawn has none any more.
 */
const CHANGES_FACE: { [T in EventType]: boolean } = {
  'person.registered': false,
  'person.updated': false,
  'agent_profile.created': false,
  'agent_profile.updated': false,
  'agent_profile.assigned': false,
  'agent_profile.suspended': false,
  'agent_profile.resumed': false,
  'agent_profile.deleted': false,
  'key.created': false,
  'key.revoked': false,
  'group.created': false,
  'group.updated': false,
  'group.transferred': false,
  'member.added': false,
  'member.role_changed': false,
  'member.removed': false,
  'invitation.created': false,
  'invitation.accepted': false,
  'invitation.revoked': false,
  'project.created': false,
  'project.updated': false,
  'project.completed': false,
  'project.archived': false,
  'project.reopened': false,
  'milestone.created': false,
  'milestone.updated': false,
  'milestone.closed': false,
  'milestone.reopened': false,
  'milestone.deleted': false,
  'checkpoint.added': false,
  'checkpoint.updated': false,
  'checkpoint.linked': false,
  'checkpoint.dependency_added': true,
  'checkpoint.dependency_removed': true,
  'checkpoint.completed': true,
  'checkpoint.reopened': true,
  'checkpoint.failed': true,
  'checkpoint.retried': true,
  'checkpoint.relinked': true,
  'checkpoint.withdrawn': false,
  'checkpoint.deleted': false,
  'claim.taken': true,
  'claim.renewed': false,
  'claim.released': true,
  'claim.expired': true,
  'checkpoint.gated': true,
  'checkpoint.gate_lifted': true,
  'proposal.created': false,
  'proposal.opened': true,
  'proposal.round_started': true,
  'proposal.voter_added': false,
  'proposal.finalized': true,
  'ballot.cast': false,
}

export const TYPES_THAT_CHANGE_FACES: readonly string[] = Object.entries(CHANGES_FACE).flatMap(([type, does]) => (does ? [type] : []))

const changing = new Set(TYPES_THAT_CHANGE_FACES)

/** The checkpoint whose face an event may have changed, or null. */
export const changedFace = ({ type, checkpoint_id }: Pick<Event, 'type' | 'checkpoint_id'>): string | null =>
  changing.has(type) ? checkpoint_id : null

/** Where a checkpoint is. */
export type CheckpointPlace = { group_id: string; project_id: string; milestone_id: string }

/** For each of these checkpoints, where its dependents are. Whoever may read one of these places sees the face of the checkpoint. */
export const placesOfDependents = (world: World, checkpoint_ids: readonly string[]): Map<string, CheckpointPlace[]> => {
  world.need(unitsOf('dependents', checkpoint_ids))
  const dependents = new Map(checkpoint_ids.map((id) => [id, world.dependents(id)]))
  world.need(unitsOf('milestone', new Set([...dependents.values()].flat().map(({ milestone_id }) => milestone_id))))
  return new Map([...dependents].map(([id, found]) => [id, found.map(({ milestone_id }) => milestoneOf(world, milestone_id))]))
}

export const FACE_CHANGED = 'checkpoint.face_changed'

/** An event about a checkpoint, as it is told to those who may see the face of the checkpoint and may not read its group. */
export type FaceChanged = {
  seq: number
  type: typeof FACE_CHANGED
  at: string
  actor_id: ''
  actor_name: ''
  actor_type: null
  on_behalf_of: null
  session_id: null
  via: null
  group_id: null
  project_id: null
  milestone_id: null
  checkpoint_id: string
  data: { state: string }
}

/** E4: the events as changes of faces, with the state that each checkpoint has now. */
export const viewFaceChanges = (world: World, events: readonly Event[], now: string): FaceChanged[] => {
  const ids = events.flatMap((event) => changedFace(event) ?? [])
  const checkpoints = world.findAll('checkpoint', ids).flatMap((checkpoint) => checkpoint ?? [])
  world.need(neededForStates(checkpoints))
  const states = new Map(checkpoints.map((checkpoint) => [checkpoint.checkpoint_id, stateOf(world, checkpoint, now)]))
  return events.flatMap((event) => {
    const state = states.get(changedFace(event) ?? '')
    return state && event.checkpoint_id ? viewFaceChange(event, event.checkpoint_id, state) : []
  })
}

const viewFaceChange = ({ seq, at }: Event, checkpoint_id: string, state: string): FaceChanged => ({
  seq,
  type: FACE_CHANGED,
  at,
  actor_id: '',
  actor_name: '',
  actor_type: null,
  on_behalf_of: null,
  session_id: null,
  via: null,
  group_id: null,
  project_id: null,
  milestone_id: null,
  checkpoint_id,
  data: { state },
})
