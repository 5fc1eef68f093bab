import * as z from 'zod'
import { assertDeletable, frozen } from '@/lib/domain/completion'
import { assertAcyclic, resolveDependencies, resolveLeniently } from '@/lib/domain/dependency'
import { invalid } from '@/lib/domain/errors'
import type { EventDraft, Scope } from '@/lib/domain/events'
import { newRound } from '@/lib/domain/gate'
import { newId } from '@/lib/domain/ids'
import { assertProjectActive, assertRoomFor, closing, reopening } from '@/lib/domain/milestone'
import { referringMilestones } from '@/lib/domain/numbering'
import { addition } from '@/lib/domain/plan'
import { dependenciesOf, getCheckpoint, getMilestone, idIn, milestoneOf, type Reference, scopeOfCheckpoint } from '@/lib/domain/resolve'
import { Milestone } from '@/lib/domain/schemas/milestone'
import { Description, Remark, Title } from '@/lib/domain/schemas/text'
import { isCompleted } from '@/lib/domain/state'
import type { World } from '@/lib/domain/world'
import { different } from './changes'
import { CheckpointAddress, DependsOn, ExpectedVersion, gitLinks, MilestoneReference } from './fields'
import { answerMilestone, findMilestone } from './milestones'
import { type Context, defineMutation } from './operation'

type Address = { milestone_id: string; order: string | number }

export const findCheckpoint = (world: World, address: Address, { caller }: Context): Scope => {
  const { milestone, checkpoint } = getCheckpoint(world, caller, address)
  return scopeOfCheckpoint(milestone, checkpoint)
}

export const checkpointIn = (world: World, scope: Scope) => {
  const milestone = milestoneOf(world, idIn(scope, 'milestone_id'))
  const checkpoint = world.find('checkpoint', idIn(scope, 'checkpoint_id'))
  if (!checkpoint) throw new Error('a checkpoint that was found is missing')
  return { milestone, checkpoint }
}

export const addCheckpoint = defineMutation({
  name: 'add_checkpoint',
  routes: ['POST /milestones/:milestone_id/checkpoints'],
  permission: 'milestones:write',
  summary:
    'Add a checkpoint at the end or at a position; later ones move down and every dependency keeps its target. A closed milestone becomes active',
  input: z.strictObject({
    milestone_id: MilestoneReference,
    title: Title,
    description: Description.default(''),
    requires_consensus: z.boolean().default(false),
    depends_on: DependsOn.default([]),
    position: z.int().min(1, 'is less than 1').optional().describe('its number, at most one more than there are; without, the last'),
    ...gitLinks,
    expected_version: ExpectedVersion,
  }),
  output: Milestone,
  errors: ['project_not_active', 'invalid_dependency'],
  find: findMilestone,
  decide: (world, input, { caller }, scope) => {
    const milestone = getMilestone(world, caller, idIn(scope, 'milestone_id'))
    const checkpoints = world.checkpoints(milestone.milestone_id)
    const position = input.position ?? checkpoints.length + 1
    if (position > checkpoints.length + 1) throw invalid('position', `is beyond ${checkpoints.length + 1}, the place after the last`)
    assertRoomFor(checkpoints.length + 1)
    assertProjectActive(world, milestone.project_id)
    const depends_on = resolveDependencies(world, caller, milestone, position, input.depends_on)
    const renumbers = referringMilestones(world, milestone, checkpoints.slice(position - 1))
    const added = { ...scope, checkpoint_id: newId('cp') }
    return [...reopening(milestone, added.checkpoint_id), ...addition(added, input, position, depends_on, renumbers)]
  },
  answer: answerMilestone,
})

/** The ids that a pending checkpoint would no longer wait for. */
const removedDependencies = (world: World, input: Address & { depends_on?: readonly Reference[] | undefined }, { caller }: Context) => {
  if (!input.depends_on) return []
  const { milestone, checkpoint } = getCheckpoint(world, caller, input)
  if (isCompleted(checkpoint)) return []
  const kept = resolveLeniently(world, caller, milestone, input.depends_on, checkpoint.depends_on)
  return dependenciesOf(world, checkpoint).filter((target) => !kept.includes(target.checkpoint_id))
}

export const updateCheckpoint = defineMutation({
  name: 'update_checkpoint',
  routes: ['PATCH /milestones/:milestone_id/checkpoints/:order'],
  permission: 'milestones:write',
  summary: 'Change texts, dependencies, git links or note of a checkpoint; once it is completed, only links and note',
  input: z.strictObject({
    milestone_id: MilestoneReference,
    order: CheckpointAddress,
    title: Title.optional(),
    description: Description.optional(),
    depends_on: DependsOn.optional().describe('the whole list; what it leaves out is removed'),
    ...gitLinks,
    note: Remark.optional(),
    expected_version: ExpectedVersion,
  }),
  output: Milestone,
  errors: ['checkpoint_completed', 'invalid_dependency', 'cycle'],
  find: findCheckpoint,
  loosens: (world, input, context) => removedDependencies(world, input, context).some((target) => !isCompleted(target)),
  decide: (world, input, { caller }, scope) => {
    const { milestone, checkpoint } = checkpointIn(world, scope)
    const { title, description, depends_on, note, git_branch_url, git_pr_url, git_commit_url } = input
    const texts = different(checkpoint, { title, description })
    const links = different(checkpoint, { git_branch_url, git_pr_url, git_commit_url, note })
    if (isCompleted(checkpoint) && (Object.keys(texts).length > 0 || !namesItsDependencies(world, input, caller))) {
      throw frozen(checkpoint, 'its title, description and dependencies stay as they were')
    }
    const wanted = isCompleted(checkpoint) ? undefined : depends_on
    const edges = changedEdges(
      checkpoint.depends_on,
      wanted && resolveDependencies(world, caller, milestone, checkpoint.order, wanted, checkpoint.depends_on),
    )
    const content = Object.keys(texts).length > 0 || edges.added.length > 0 || edges.removed.length > 0
    assertAcyclic(world, caller, checkpoint, edges.added)
    const drafts: EventDraft[] = []
    if (Object.keys(texts).length > 0) drafts.push({ ...scope, type: 'checkpoint.updated', data: texts })
    for (const target of dependenciesOf(world, checkpoint).filter(({ checkpoint_id }) => edges.removed.includes(checkpoint_id))) {
      const data = { depends_on: target.checkpoint_id, target_was_pending: !isCompleted(target) }
      drafts.push({ ...scope, type: 'checkpoint.dependency_removed', data })
    }
    for (const id of edges.added) drafts.push({ ...scope, type: 'checkpoint.dependency_added', data: { depends_on: id } })
    if (content) drafts.push(...newRound(world, milestone, checkpoint))
    if (Object.keys(links).length > 0) drafts.push({ ...scope, type: 'checkpoint.linked', data: links })
    return drafts
  },
  answer: answerMilestone,
})

const changedEdges = (present: readonly string[], wanted: readonly string[] | undefined) => ({
  added: wanted?.filter((id) => !present.includes(id)) ?? [],
  removed: wanted ? present.filter((id) => !wanted.includes(id)) : [],
})

/** Whether a given list is the one that the checkpoint has already, so that giving it changes nothing. */
const namesItsDependencies = (
  world: World,
  input: Address & { depends_on?: readonly Reference[] | undefined },
  caller: Context['caller'],
) => {
  if (!input.depends_on) return true
  const { milestone, checkpoint } = getCheckpoint(world, caller, input)
  const named = resolveLeniently(world, caller, milestone, input.depends_on, checkpoint.depends_on)
  return named.every((id) => id !== null && checkpoint.depends_on.includes(id)) && checkpoint.depends_on.every((id) => named.includes(id))
}

export const deleteCheckpoint = defineMutation({
  name: 'delete_checkpoint',
  routes: ['DELETE /milestones/:milestone_id/checkpoints/:order'],
  permission: 'milestones:write',
  summary: 'Delete a pending checkpoint that nothing depends on; later ones move up',
  input: z.strictObject({
    milestone_id: MilestoneReference,
    order: CheckpointAddress,
    expected_version: ExpectedVersion,
  }),
  output: Milestone,
  errors: ['checkpoint_completed', 'has_dependents'],
  find: findCheckpoint,
  loosens: (world, input, { caller }) => {
    const { checkpoint } = getCheckpoint(world, caller, input)
    return !isCompleted(checkpoint) && checkpoint.created_by !== caller.principal.principal_id
  },
  decide: (world, _input, { caller }, scope) => {
    const { milestone, checkpoint } = checkpointIn(world, scope)
    if (isCompleted(checkpoint)) throw frozen(checkpoint, 'what was done stays on record')
    assertDeletable(world, caller, checkpoint)
    const others = world.checkpoints(milestone.milestone_id).filter((other) => other.checkpoint_id !== checkpoint.checkpoint_id)
    const later = others.filter(({ order }) => order > checkpoint.order)
    const data = { order: checkpoint.order, renumbers: referringMilestones(world, milestone, later) }
    return [{ ...scope, type: 'checkpoint.deleted', data }, ...closing(milestone, others)]
  },
  answer: answerMilestone,
})
