import * as z from 'zod'
import { expiryOf } from '@/lib/domain/claim'
import { frozen } from '@/lib/domain/completion'
import type { Context } from '@/lib/domain/context'
import { afterRemoval, assertDeletable, deletesOthersWork } from '@/lib/domain/deletion'
import { areStanding, changeDependencies, insertionAt, removesPendingEdge } from '@/lib/domain/dependency'
import type { Checkpoint } from '@/lib/domain/entities'
import { invalid } from '@/lib/domain/errors'
import type { EventDraft } from '@/lib/domain/events'
import { EXAMPLE } from '@/lib/domain/example'
import { addGate, liftGate, newRound } from '@/lib/domain/gate'
import { assertProjectActive, assertRoomFor, reopening } from '@/lib/domain/milestone'
import { referringMilestones } from '@/lib/domain/numbering'
import { addition } from '@/lib/domain/planning'
import { resolveTargets } from '@/lib/domain/reference'
import { getCheckpoint, scopeOfCheckpoint } from '@/lib/domain/resolve'
import { Description, Reason, Remark, Title } from '@/lib/domain/schemas/text'
import { isCompleted } from '@/lib/domain/state'
import { removedText, renumberedText } from '@/lib/domain/text/milestone'
import type { World } from '@/lib/domain/world'
import { decided, defineMutation, idIn } from './define'
import { differing } from './differing'
import { CheckpointAddress, DependsOn, ExpectedVersion, gitLinks, MilestoneReference } from './fields'
import { findMilestone, milestoneAnswer } from './milestones'

type Address = { milestone_id: string; order: string | number }

export const findCheckpoint = (world: World, address: Address, context: Context) => {
  const { milestone, checkpoint } = getCheckpoint(world, context, address)
  return { scope: scopeOfCheckpoint(milestone, checkpoint), milestone, checkpoint, met: expiryOf(milestone, checkpoint, context.now) }
}

export const addCheckpoint = defineMutation({
  name: 'add_checkpoint',
  routes: ['POST /milestones/:milestone_id/checkpoints'],
  permission: 'milestones:write',
  summary:
    'Add a checkpoint, at the end or at a position. Later ones move down, dependencies keep their targets, and a closed milestone becomes active',
  atWork: true,
  repeats: true,
  input: z.strictObject({
    milestone_id: MilestoneReference,
    title: Title,
    description: Description.default(''),
    requires_consensus: z.boolean().default(false),
    depends_on: DependsOn.default([]),
    position: z
      .int()
      .min(1, 'is less than 1')
      .optional()
      .describe('its number, at most one more than there are checkpoints; default: the end'),
    ...gitLinks,
    expected_version: ExpectedVersion,
  }),
  example: { depends_on: [2] },
  ...milestoneAnswer,
  errors: ['project_not_active', 'invalid_dependency'],
  find: findMilestone,
  decide: (world, input, context, { scope, milestone }) => {
    const checkpoints = world.checkpoints(milestone.milestone_id)
    const position = input.position ?? checkpoints.length + 1
    if (position > checkpoints.length + 1)
      throw invalid('position', `must not exceed ${checkpoints.length + 1}, the position after the last checkpoint`)
    assertRoomFor(checkpoints.length + 1)
    assertProjectActive(world, milestone.project_id)
    const depends_on = resolveTargets(world, context, insertionAt(world, milestone, position), input.depends_on)
    const renumbers = referringMilestones(world, milestone, checkpoints.slice(position - 1))
    const checkpoint_id = context.ids.newId('cp')
    const added = addition(world, context, { ...scope, checkpoint_id }, input, position, depends_on, renumbers)
    return decided([...reopening(milestone, checkpoint_id), ...added], { checkpoint_id })
  },
  text: (world, ids, context) => {
    const change = milestoneAnswer.text(world, ids, context)
    const { total } = world.counts(idIn(ids, 'milestone_id'))
    const added = world.find('checkpoint', idIn(ids, 'checkpoint_id'))
    return added && added.order < total ? renumberedText(change, 'higher') : change
  },
})

const liftsGate = (checkpoint: Checkpoint, wanted: boolean | undefined): boolean => checkpoint.requires_consensus && wanted === false

/** P1: a gate is lifted with a reason. @throws invalid */
const reasonFor = (reason: string | undefined): string => {
  if (reason === undefined) throw invalid('reason', 'is missing: a gate is lifted with a reason')
  return reason
}

export const updateCheckpoint = defineMutation({
  name: 'update_checkpoint',
  routes: ['PATCH /milestones/:milestone_id/checkpoints/:order'],
  permission: 'milestones:write',
  summary: 'Change the texts, dependencies, gate, git links or note of a checkpoint. If it is completed, only links and note can change',
  atWork: true,
  input: z
    .strictObject({
      milestone_id: MilestoneReference,
      order: CheckpointAddress,
      title: Title.optional(),
      description: Description.optional(),
      depends_on: DependsOn.optional().describe('the complete new list: dependencies that are not in it are removed'),
      ...gitLinks,
      note: Remark.optional(),
      requires_consensus: z
        .boolean()
        .optional()
        .describe('true: gate it with a vote of the group; false: lift the gate, as an admin, with a reason'),
      reason: Reason.optional().describe('why the gate is lifted'),
      expected_version: ExpectedVersion,
    })
    .refine(({ reason, requires_consensus }) => reason === undefined || requires_consensus === false, {
      path: ['reason'],
      message: 'is given only to lift a gate, with requires_consensus false',
    }),
  example: { git_pr_url: EXAMPLE.git_pr_url, note: 'Ready for review' },
  ...milestoneAnswer,
  errors: ['checkpoint_completed', 'invalid_dependency', 'cycle'],
  find: findCheckpoint,
  needs: (world, { depends_on, requires_consensus }, context, { milestone, checkpoint }) =>
    liftsGate(checkpoint, requires_consensus)
      ? ['milestones:relax', 'admin']
      : depends_on && removesPendingEdge(world, context, milestone, checkpoint, depends_on)
        ? ['milestones:relax']
        : [],
  decide: (world, input, context, { scope, milestone, checkpoint }) => {
    const { title, description, depends_on, note, git_branch_url, git_pr_url, git_commit_url, requires_consensus, reason } = input
    const { requires_consensus: gate } = differing(checkpoint, { requires_consensus })
    const texts = differing(checkpoint, { title, description })
    const links = differing(checkpoint, { git_branch_url, git_pr_url, git_commit_url, note })
    const hasTexts = Object.keys(texts).length > 0
    if (
      isCompleted(checkpoint) &&
      (hasTexts || gate !== undefined || (depends_on && !areStanding(world, context, milestone, checkpoint, depends_on)))
    ) {
      throw frozen(checkpoint, 'its title, description, dependencies and gate cannot be changed')
    }
    const edges = isCompleted(checkpoint) || !depends_on ? [] : changeDependencies(world, context, milestone, checkpoint, depends_on)
    const events: EventDraft[] = [...edges]
    if (hasTexts) events.unshift({ ...scope, type: 'checkpoint.updated', data: texts })
    if (gate === false) events.push(...liftGate(world, milestone, checkpoint, reasonFor(reason)))
    else if (gate === true) events.push(...addGate(world, context, milestone, checkpoint))
    else if (hasTexts || edges.length > 0) events.push(...newRound(world, context, milestone, checkpoint))
    if (Object.keys(links).length > 0) events.push({ ...scope, type: 'checkpoint.linked', data: links })
    return decided(events)
  },
})

export const deleteCheckpoint = defineMutation({
  name: 'delete_checkpoint',
  routes: ['DELETE /milestones/:milestone_id/checkpoints/:order'],
  permission: 'milestones:write',
  summary: 'Delete a pending checkpoint that has no dependents; later checkpoints move up',
  atWork: true,
  removes: true,
  repeats: true,
  input: z.strictObject({
    milestone_id: MilestoneReference,
    order: CheckpointAddress,
    expected_version: ExpectedVersion,
  }),
  ...milestoneAnswer,
  errors: ['checkpoint_completed', 'has_dependents'],
  find: findCheckpoint,
  needs: (_world, _input, context, { checkpoint }) => (deletesOthersWork(context, [checkpoint]) ? ['milestones:relax'] : []),
  decide: (world, _input, context, { scope, milestone, checkpoint }) => {
    assertDeletable(world, context, checkpoint)
    const { renumbers, closed } = afterRemoval(world, milestone, checkpoint)
    return decided([{ ...scope, type: 'checkpoint.deleted', data: { order: checkpoint.order, renumbers } }, ...closed])
  },
  text: (world, ids, context, { order }) => removedText(world, idIn(ids, 'milestone_id'), milestoneAnswer.text(world, ids, context), order),
})
