import * as z from 'zod'
import { hasChangedSince } from '@/db/queries/events'
import type { Reading } from '@/db/read'
import type { Context } from '@/lib/domain/context'
import { notFound } from '@/lib/domain/errors'
import { CHECKPOINT_NUMBER, getCheckpoint, getMilestone, scopeOfCheckpoint, scopeOfMilestone } from '@/lib/domain/resolve'
import { Checkpoint } from '@/lib/domain/schemas/checkpoint'
import { MilestoneStatus } from '@/lib/domain/schemas/milestone'
import { waitText } from '@/lib/domain/text/waiting'
import { viewOneCheckpoint } from '@/lib/domain/views/milestone'
import { type Awaited, dependenciesIn, endOfLease, hangsOn, isReached, shownOf, UNTIL, whatIsMissing, whyOver } from '@/lib/domain/waiting'
import type { World } from '@/lib/domain/world'
import { defineWait, type Subject } from './define'
import { CheckpointAddress, MilestoneReference } from './fields'
import { logReplaced } from './log'

/** A proxy, a client or the front gives up on a call that takes about a minute. */
const MOST_SECONDS = 50

type Address = { milestone_id: string; order?: string | number | undefined }

const findAwaited = (world: World, { milestone_id, order }: Address, context: Context): Subject & Awaited => {
  if (order === undefined) {
    const milestone = getMilestone(world, context, milestone_id)
    return { scope: scopeOfMilestone(milestone), milestone, checkpoint: null }
  }
  const found = CHECKPOINT_NUMBER.test(String(order))
    ? getCheckpoint(world, context, { milestone_id, order })
    : findById(world, context, milestone_id, String(order))
  return { scope: scopeOfCheckpoint(found.milestone, found.checkpoint), ...found }
}

/** A look finds its checkpoint by its id alone, because it needs nothing else of a large milestone. */
const findById = (world: World, context: Context, milestone_id: string, checkpoint_id: string) => {
  const milestone = getMilestone(world, context, milestone_id)
  const checkpoint = world.find('checkpoint', checkpoint_id)
  if (checkpoint?.milestone_id !== milestone.milestone_id) throw notFound('checkpoint')
  return { milestone, checkpoint }
}

type Past = { milestone_id: string; order?: string | undefined; since_seq: number; dependencies: readonly string[] }

/** What was read of the log in a snapshot, which all waits share that begin together: after an event, many ask for the next one at once. */
const readings = new WeakMap<Reading, Map<string, Promise<boolean>>>()

const readOnce = (reading: Reading, { milestone_id, order, since_seq, dependencies }: Past): Promise<boolean> => {
  const read = readings.get(reading) ?? new Map<string, Promise<boolean>>()
  readings.set(reading, read)
  const about = `${since_seq} ${order ?? milestone_id}`
  const known = read.get(about) ?? reading.select(hasChangedSince, since_seq, { milestone_id, checkpoint_id: order ?? null, dependencies })
  read.set(about, known)
  return known
}

export const waitFor = defineWait({
  name: 'wait_for',
  routes: ['GET /wait'],
  permission: 'milestones:read',
  summary: 'Wait until a checkpoint is ready or completed, a milestone is closed, or something about either changes',
  command: 'wait',
  atWork: true,
  input: z
    .strictObject({
      milestone_id: MilestoneReference,
      order: CheckpointAddress.optional().describe(
        'number or cp_ id of a checkpoint; a number means the checkpoint that has it when the wait begins',
      ),
      until: z
        .enum(UNTIL)
        .describe(
          'ready: it can be claimed; closed: the milestone is; change: there is an event about what you name, or its state is another one',
        ),
      since_seq: z
        .int()
        .min(0, 'is less than 0')
        .optional()
        .describe('the seq up to which you know the log, for change; default: when the wait begins'),
      timeout_seconds: z
        .int()
        .min(0, 'is less than 0')
        .max(MOST_SECONDS, `exceeds ${MOST_SECONDS}`)
        .default(25)
        .describe(`after which it answers in any case, at most ${MOST_SECONDS} in one call; default: 25; 0 never waits`),
    })
    .refine(({ until, order }) => order !== undefined || until === 'closed' || until === 'change', {
      path: ['order'],
      message: 'is missing: ready and completed are about a checkpoint',
    })
    .refine(({ until, order }) => until !== 'closed' || order === undefined, {
      path: ['order'],
      message: 'cannot be given: closed is about the whole milestone',
    }),
  example: { order: 3, timeout_seconds: 50 },
  output: z.object({
    reached: z.boolean().describe('true if what you wait for is true at the seq of this answer'),
    timed_out: z.boolean(),
    impossible: z.boolean().describe('true if waiting is in vain; `reason` says why'),
    reason: z.string().nullable(),
    waiting_for: z.string().nullable().describe('after the time is over, what has to happen first'),
    milestone_id: z.string(),
    status: MilestoneStatus,
    version: z.int(),
    checkpoint: Checkpoint.nullable(),
  }),
  errors: ['log_replaced'],
  find: findAwaited,
  seconds: ({ timeout_seconds }) => timeout_seconds,
  begin: (world, input, { now }, awaited, seq) => {
    const { since_seq = seq, until } = input
    if (since_seq > seq) throw logReplaced(since_seq, seq)
    const isChange = until === 'change'
    return {
      ...input,
      order: awaited.checkpoint?.checkpoint_id,
      since_seq,
      shown: isChange ? shownOf(world, awaited, now) : '',
      dependencies: isChange && since_seq < seq ? dependenciesIn(world, awaited) : [],
    }
  },
  read: async (reading, question) => {
    const { until, since_seq } = question
    if (until !== 'change' || since_seq === reading.seq) return question
    const hasChanged = await readOnce(reading, question)
    // Nothing is ever shown as an empty text, so the first look finds the change.
    return { ...question, shown: hasChanged ? '' : question.shown, dependencies: [] }
  },
  look: (world, question, context, awaited, { events, isOver }) => {
    const { milestone, checkpoint } = awaited
    const { until } = question
    const reached = isReached(world, until, awaited, question, events, context.now)
    const reason = reached ? null : whyOver(until, awaited)
    if (!reached && reason === null && !isOver) {
      return {
        about: `${until} ${checkpoint?.checkpoint_id ?? milestone.milestone_id}`,
        hangsOn: () => hangsOn(world, until, awaited),
        again_at: endOfLease(world, until, awaited, context.now),
      }
    }
    return {
      answer: {
        reached,
        timed_out: !reached && reason === null,
        impossible: reason !== null,
        reason,
        waiting_for: reached || reason !== null ? null : whatIsMissing(world, context, until, awaited),
        milestone_id: milestone.milestone_id,
        status: milestone.status,
        version: milestone.version,
        checkpoint: checkpoint && viewOneCheckpoint(world, context, checkpoint),
      },
    }
  },
  text: waitText,
  outcome: ({ reached, impossible }) => (reached ? 'reached' : impossible ? 'impossible' : 'timed_out'),
})
