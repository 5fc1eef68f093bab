import type { Actor } from '@/lib/domain/context'
import type { Checkpoint, Milestone } from '@/lib/domain/entities'
import type { Event } from '@/lib/domain/events'
import { LIMITS } from '@/lib/domain/limits'
import { hasFailed, isHeld, isHolder } from '../attempts'
import { verdictOf } from '../verdict'
import type { Inputs, Name } from './record'
import { byOf, dependentsOf, exists, groupIdOf, hasLapsed, isDone, pendingOf, type State, stepsOf } from './state'

// What each call must answer is told here a second time, from the text of RULES.md and from rows alone.

export type Moment = {
  state: State
  by: Actor
  now: string
  /** Whether the idempotency key of the call belongs to another call that has succeeded. */
  mismatch: boolean
}

/** The code of the refusal, or the events of the success in the words of `told`, in any order. */
export type Verdict = string | string[]

const list = (ids: readonly string[]) => [...ids].sort().join('+')

/** An event in one line, with what a call decides of it. */
export const told = (event: Event): string => {
  const { type, milestone_id, checkpoint_id, project_id } = event
  const about = checkpoint_id ?? milestone_id ?? project_id
  switch (event.type) {
    case 'checkpoint.added':
      return `${type} ${milestone_id} ${event.data.order} on ${list(event.data.depends_on)}`
    case 'proposal.opened':
      return `${type} ${milestone_id}`
    case 'proposal.round_started':
      return `${type} ${about} ${event.data.round}`
    case 'checkpoint.dependency_added':
    case 'checkpoint.dependency_removed':
      return `${type} ${about} ${event.data.depends_on}`
    case 'checkpoint.reopened':
      return `${type} ${about} because of ${event.data.cause}`
    case 'checkpoint.failed':
    case 'claim.released':
    case 'claim.expired':
      return `${type} ${about} ${event.data.attempt}`
    case 'claim.taken':
      return `${type} ${about} ${event.data.attempt} until ${event.data.expires_at}`
    case 'claim.renewed':
      return `${type} ${about} until ${event.data.expires_at}`
    case 'checkpoint.relinked':
      return `${type} ${about} without ${event.data.withdrawn} on ${list(event.data.depends_on)}`
    default:
      return `${type} ${about}`
  }
}

const isMember = ({ state, by }: Moment, group_id: string) => state.roles.has(`${group_id} ${by.actor_id}`)

const mayRelax = ({ state, by }: Moment) => byOf(state, by, undefined).relaxes

const closing = (milestone: Milestone, rest: readonly Checkpoint[]): string[] =>
  milestone.status === 'active' && rest.every(isDone) ? [`milestone.closed ${milestone.milestone_id}`] : []

const linking = (step: Checkpoint, given: { note?: string; git_pr_url?: string }): string[] => {
  const changes = (given.note ?? step.note) !== step.note || (given.git_pr_url ?? step.git_pr_url) !== step.git_pr_url
  return changes ? [`checkpoint.linked ${step.checkpoint_id}`] : []
}

const nextRound = ({ proposals }: State, { checkpoint_id, proposal_id }: Checkpoint): string[] => {
  const proposal = proposals.get(proposal_id ?? '')
  return proposal ? [`proposal.round_started ${checkpoint_id} ${proposal.round + 1}`] : []
}

const isIdle = ({ projects }: State, { project_id }: Milestone) => projects.get(project_id)?.status !== 'active'

type OnMilestone<I> = (moment: Moment, milestone: Milestone, input: I) => Verdict
type OnStep<I> = (moment: Moment, step: Checkpoint, milestone: Milestone, input: I) => Verdict
type Lacks<I> = (moment: Moment, step: Checkpoint, milestone: Milestone, input: I) => boolean

/** The steps 4 to 7 of the order of refusals, for a call about a milestone. */
const onMilestone =
  <I extends { milestone_id: string; expected_version?: number }>(judge: OnMilestone<I>) =>
  (moment: Moment, input: I): Verdict => {
    const { state, by, mismatch } = moment
    const milestone = state.milestones.get(input.milestone_id)
    if (!milestone || !exists(state, by, milestone.group_id)) return 'not_found'
    if (!isMember(moment, milestone.group_id)) return 'forbidden'
    if (mismatch) return 'idempotency_mismatch'
    if (input.expected_version !== undefined && input.expected_version !== milestone.version) return 'version_mismatch'
    return judge(moment, milestone, input)
  }

/** The same for a call about a checkpoint. A success first writes the end of a lease that it meets. */
const onStep =
  <I extends { milestone_id: string; order: number | string; expected_version?: number }>(
    judge: OnStep<I>,
    lacks: Lacks<I> = () => false,
  ) =>
  (moment: Moment, input: I): Verdict => {
    const { state, by, now } = moment
    const milestone = state.milestones.get(input.milestone_id)
    const step = stepsOf(state, input.milestone_id).find(({ order, checkpoint_id }) => [order, checkpoint_id].includes(input.order))
    if (!milestone || !step || !exists(state, by, milestone.group_id)) return 'not_found'
    if (isMember(moment, milestone.group_id) && lacks(moment, step, milestone, input)) return 'forbidden'
    const met = hasLapsed(step, now) ? [`claim.expired ${step.checkpoint_id} ${step.attempts}`] : []
    const verdict = onMilestone<I>((found, of) => judge(found, step, of, input))(moment, input)
    return typeof verdict === 'string' ? verdict : [...met, ...verdict]
  }

const onProject =
  (judge: (isActive: boolean, project_id: string) => Verdict) =>
  (moment: Moment, { project_id }: { project_id: string }): Verdict => {
    const project = moment.state.projects.get(project_id)
    if (!project || !exists(moment.state, moment.by, project.group_id)) return 'not_found'
    if (!isMember(moment, project.group_id)) return 'forbidden'
    return moment.mismatch ? 'idempotency_mismatch' : judge(project.status === 'active', project_id)
  }

/** What a call about an attempt must come to: its refusal, nothing, or the events of its success. */
const attempted = (
  { state, by, now }: Moment,
  move: string,
  step: Checkpoint,
  claim_id: string | undefined,
  events: () => string[],
): Verdict => {
  const verdict = verdictOf(state, move, byOf(state, by, claim_id), step, now)
  if (verdict === 'done') return events()
  return verdict === 'unchanged' ? [] : String(verdict)
}

/** The id of each checkpoint that references name, or null for one on which the caller may not depend. */
const targetsOf = (
  { state, by }: Moment,
  milestone_id: string,
  standing: readonly string[],
  references: readonly (number | string)[],
): (Checkpoint | null)[] =>
  references.map((reference) => {
    if (typeof reference === 'number') return stepsOf(state, milestone_id)[reference - 1] ?? null
    const [other = '', number = ''] = reference.split(':')
    const found = state.checkpoints.get(reference) ?? stepsOf(state, other)[Number(number) - 1]
    // Whoever may not see a standing dependency knows only its id.
    const isKept = standing.includes(reference)
    return found && (isKept || exists(state, by, groupIdOf(state, found), { faces: true })) ? found : null
  })

/** Whether a checkpoint with this number may depend on each of these (D3, D4). */
const arePossible = (targets: readonly (Checkpoint | null)[], milestone_id: string, order: number): targets is readonly Checkpoint[] =>
  targets.every((target) => target && (target.milestone_id !== milestone_id || target.order < order))

const idsOf = (targets: readonly (Checkpoint | null)[]): string[] => [...new Set(targets.flatMap((target) => target?.checkpoint_id ?? []))]

/** Whether a path of dependencies leads from one of these to a checkpoint (D2). */
const leadsTo = ({ checkpoints }: State, from: readonly string[], wanted: string): boolean => {
  const seen = new Set<string>()
  const rest = [...from]
  for (let id = rest.pop(); id !== undefined; id = rest.pop()) {
    if (id === wanted) return true
    if (seen.has(id)) continue
    seen.add(id)
    rest.push(...(checkpoints.get(id)?.depends_on ?? []))
  }
  return false
}

/** The completed checkpoints that wait for one, directly or through others. */
const downstream = (state: State, root: Checkpoint): Checkpoint[] => {
  const found = new Set<Checkpoint>()
  const rest = [root]
  for (let step = rest.pop(); step; step = rest.pop())
    for (const dependent of dependentsOf(state, step.checkpoint_id)) {
      if (!isDone(dependent) || found.has(dependent)) continue
      found.add(dependent)
      rest.push(dependent)
    }
  return [...found]
}

const untilFrom = (now: string, ttl_seconds: number) => new Date(Date.parse(now) + ttl_seconds * 1_000).toISOString()

/** L1: the checkpoints that nobody holds and that may be claimed, in the order in which they are taken. */
const claimable = ({ state, by, now }: Moment, { group_id, project_id, milestone_id }: Inputs['claim_next']): Checkpoint[] => {
  const milestones = [...state.milestones.values()]
    .filter((milestone) => milestone.group_id === group_id)
    .filter((milestone) => milestone_id === undefined || milestone.milestone_id === milestone_id)
    .filter((milestone) =>
      project_id === undefined ? milestone_id !== undefined || !isIdle(state, milestone) : milestone.project_id === project_id,
    )
    .sort((a, b) => (a.created_at < b.created_at ? -1 : 1))
  const isFree = (step: Checkpoint) => !isHeld(step, now) && verdictOf(state, 'claim', byOf(state, by, undefined), step, now) === 'done'
  const awaited = ({ checkpoint_id }: Checkpoint) => dependentsOf(state, checkpoint_id).filter((dependent) => !isDone(dependent)).length
  const rank = (step: Checkpoint) => ({ step, failed: Number(hasFailed(step, now)), awaited: awaited(step) })
  // The sort is stable, so what is equal stays in the order of milestones and numbers.
  return milestones
    .flatMap((milestone) => stepsOf(state, milestone.milestone_id).filter(isFree).map(rank))
    .sort((a, b) => a.failed - b.failed || b.awaited - a.awaited)
    .map(({ step }) => step)
}

const JUDGES: { [N in Name]: (moment: Moment, input: Inputs[N]) => Verdict } = {
  complete_checkpoint: onStep((moment, step, milestone, input) =>
    attempted(moment, 'complete', step, input.claim_id, () => {
      const rest = stepsOf(moment.state, milestone.milestone_id).filter((other) => other !== step)
      return [...linking(step, input), `checkpoint.completed ${step.checkpoint_id}`, ...closing(milestone, rest)]
    }),
  ),

  claim_checkpoint: onStep((moment, step, _milestone, { claim_id, ttl_seconds }) =>
    attempted(moment, 'claim', step, claim_id, () => {
      const until = untilFrom(moment.now, ttl_seconds)
      if (!isHeld(step, moment.now)) return [`claim.taken ${step.checkpoint_id} ${step.attempts + 1} until ${until}`]
      return until === step.claim_expires_at ? [] : [`claim.renewed ${step.checkpoint_id} until ${until}`]
    }),
  ),

  claim_next: (moment, input) => {
    const { state, by, now, mismatch } = moment
    if (!exists(state, by, input.group_id)) return 'not_found'
    if (!isMember(moment, input.group_id)) return 'forbidden'
    if (mismatch) return 'idempotency_mismatch'
    const [first] = claimable(moment, input)
    if (!first) return []
    const { checkpoint_id, attempts } = first
    const met = hasLapsed(first, now) ? [`claim.expired ${checkpoint_id} ${attempts}`] : []
    return [...met, `claim.taken ${checkpoint_id} ${attempts + 1} until ${untilFrom(now, input.ttl_seconds)}`]
  },

  release_checkpoint: onStep(({ state, by: actor, now }, step, { group_id }, { claim_id }) => {
    const by = byOf(state, actor, claim_id)
    if (!isHeld(step, now)) return []
    if (!isHolder(by, step) && !by.admin(group_id)) return 'claimed'
    if (claim_id !== undefined && claim_id !== step.claim_id) return 'claim_lost'
    return [`claim.released ${step.checkpoint_id} ${step.attempts}`]
  }),

  fail_checkpoint: onStep((moment, step, _milestone, input) =>
    attempted(moment, 'fail', step, input.claim_id, () => {
      const attempt = isHeld(step, moment.now) ? step.attempts : step.attempts + 1
      return [...linking(step, input), `checkpoint.failed ${step.checkpoint_id} ${attempt}`]
    }),
  ),

  retry_checkpoint: onStep(
    (moment, step) => attempted(moment, 'retry', step, undefined, () => [`checkpoint.retried ${step.checkpoint_id}`]),
    ({ state, by }) => !byOf(state, by, undefined).person,
  ),

  reopen_checkpoint: onStep(({ state }, step, milestone, { cascade = false }) => {
    if (isIdle(state, milestone)) return 'project_not_active'
    if (!isDone(step)) return 'not_completed'
    const waiting = downstream(state, step)
    if (waiting.length > 0 && !cascade) return 'dependents_completed'
    const steps = [step, ...waiting]
    const milestones = new Set(steps.map(({ milestone_id }) => milestone_id))
    return [
      ...steps.map((one) => `checkpoint.reopened ${one.checkpoint_id} because of ${one === step ? null : step.checkpoint_id}`),
      ...steps.flatMap((one) => nextRound(state, one)),
      ...[...milestones].filter((id) => state.milestones.get(id)?.status === 'closed').map((id) => `milestone.reopened ${id}`),
    ]
  }),

  add_checkpoint: onMilestone((moment, milestone, input) => {
    const { milestone_id } = milestone
    const next = stepsOf(moment.state, milestone_id).length + 1
    const { position = next } = input
    if (position > next) return 'invalid'
    if (isIdle(moment.state, milestone)) return 'project_not_active'
    const targets = targetsOf(moment, milestone_id, [], input.depends_on ?? [])
    if (!arePossible(targets, milestone_id, position)) return 'invalid_dependency'
    return [
      ...(milestone.status === 'closed' ? [`milestone.reopened ${milestone_id}`] : []),
      `checkpoint.added ${milestone_id} ${position} on ${list(idsOf(targets))}`,
      ...(input.requires_consensus ? [`proposal.opened ${milestone_id}`] : []),
    ]
  }),

  update_checkpoint: onStep(
    (moment, step, { milestone_id }, input) => {
      const { checkpoint_id, depends_on } = step
      const renames = (input.title ?? step.title) !== step.title
      const targets = input.depends_on && targetsOf(moment, milestone_id, depends_on, input.depends_on)
      if (isDone(step)) {
        const stands = !targets || (targets.every((target) => target !== null) && list(idsOf(targets)) === list(depends_on))
        return renames || !stands ? 'checkpoint_completed' : linking(step, input)
      }
      if (targets && !arePossible(targets, milestone_id, step.order)) return 'invalid_dependency'
      const wanted = targets ? idsOf(targets) : depends_on
      const added = wanted.filter((id) => !depends_on.includes(id))
      const removed = depends_on.filter((id) => !wanted.includes(id))
      if (leadsTo(moment.state, added, checkpoint_id)) return 'cycle'
      const changes = renames || added.length > 0 || removed.length > 0
      return [
        ...(renames ? [`checkpoint.updated ${checkpoint_id}`] : []),
        ...removed.map((id) => `checkpoint.dependency_removed ${checkpoint_id} ${id}`),
        ...added.map((id) => `checkpoint.dependency_added ${checkpoint_id} ${id}`),
        ...(changes ? nextRound(moment.state, step) : []),
        ...linking(step, input),
      ]
    },
    (moment, step, { milestone_id }, { depends_on }) => {
      if (!depends_on || isDone(step) || mayRelax(moment)) return false
      const kept = idsOf(targetsOf(moment, milestone_id, step.depends_on, depends_on))
      return pendingOf(moment.state, step).some((id) => !kept.includes(id))
    },
  ),

  delete_checkpoint: onStep(
    ({ state }, step, milestone) => {
      if (isDone(step)) return 'checkpoint_completed'
      if (dependentsOf(state, step.checkpoint_id).length > 0) return 'has_dependents'
      const rest = stepsOf(state, milestone.milestone_id).filter((other) => other !== step)
      return [`checkpoint.deleted ${step.checkpoint_id}`, ...(rest.length > 0 ? closing(milestone, rest) : [])]
    },
    (moment, step) => !isDone(step) && step.created_by !== moment.by.actor_id && !mayRelax(moment),
  ),

  withdraw_checkpoint: onStep(
    ({ state }, step, milestone) => {
      if (isDone(step)) return 'checkpoint_completed'
      const { checkpoint_id, depends_on } = step
      const relinked = dependentsOf(state, checkpoint_id).map((dependent) => ({
        dependent,
        added: depends_on.filter((id) => !dependent.depends_on.includes(id)),
      }))
      const isPossible = relinked.every(({ dependent, added }) => {
        const targets = added.map((id) => state.checkpoints.get(id) ?? null)
        const count = dependent.depends_on.length - 1 + added.length
        return arePossible(targets, dependent.milestone_id, dependent.order) && count <= LIMITS.dependencies_per_checkpoint
      })
      if (!isPossible) return 'invalid_dependency'
      const rest = stepsOf(state, milestone.milestone_id).filter((other) => other !== step)
      return [
        ...relinked.map(
          ({ dependent, added }) => `checkpoint.relinked ${dependent.checkpoint_id} without ${checkpoint_id} on ${list(added)}`,
        ),
        ...relinked.flatMap(({ dependent }) => nextRound(state, dependent)),
        `checkpoint.withdrawn ${checkpoint_id}`,
        ...(rest.length > 0 ? closing(milestone, rest) : []),
      ]
    },
    (moment) => !mayRelax(moment),
  ),

  close_milestone: onMilestone(({ state }, milestone) => {
    if (milestone.status === 'closed') return 'milestone_closed'
    const steps = stepsOf(state, milestone.milestone_id)
    return steps.length > 0 && steps.every(isDone) ? closing(milestone, steps) : 'incomplete'
  }),

  reopen_milestone: onMilestone(({ state }, milestone) => {
    if (isIdle(state, milestone)) return 'project_not_active'
    return milestone.status === 'active' ? 'milestone_active' : [`milestone.reopened ${milestone.milestone_id}`]
  }),

  update_milestone: onMilestone((_moment, { milestone_id, title, status }, input) => {
    if (input.title === title) return []
    return status === 'closed' ? 'milestone_closed' : [`milestone.updated ${milestone_id}`]
  }),

  complete_project: onProject((isActive, project_id) => (isActive ? [`project.completed ${project_id}`] : 'project_not_active')),
  reopen_project: onProject((isActive, project_id) => (isActive ? 'project_active' : [`project.reopened ${project_id}`])),
}

/** What a call by a caller must answer in a state at a time. */
export const judge = <N extends Name>(moment: Moment, { name, input }: { name: N; input: Inputs[N] }): Verdict =>
  JUDGES[name](moment, input)
