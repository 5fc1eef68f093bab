import type { Data } from '../instance'
import type { Mind } from './mind'
import type { Call, Name } from './record'

type Made<N extends Name> = Extract<Call, { name: N }>['input'] | null

/** A milestone of so few checkpoints has no gate, so that it is closed often. */
const SMALL = 5
/** No milestone gets more checkpoints than this. */
const LARGE = 17

const LONG_LEASES = [30, 60, 300, 900]

const chosen = (mind: Mind, wanted: (checkpoint: Data) => boolean, own = 0) => {
  const claimed = mind.random.chance(own) ? mind.claimed() : null
  if (claimed) return claimed
  const milestone = mind.milestone()
  const checkpoint = mind.checkpoint(milestone, wanted)
  return checkpoint && { milestone, checkpoint }
}

/** The input of a call about a checkpoint that is named by its number or by its id. */
const about = <I>(
  mind: Mind,
  wanted: (checkpoint: Data) => boolean,
  rest: (checkpoint: Data, milestone: Data) => I,
  own = 0,
): ({ milestone_id: string; order: number | string } & I) | null => {
  const found = chosen(mind, wanted, own)
  if (!found) return null
  const { milestone, checkpoint } = found
  const order = mind.random.chance(0.5) ? checkpoint.checkpoint_id : checkpoint.order
  return { milestone_id: milestone.milestone_id, order, ...rest(checkpoint, milestone) }
}

const isReady = ({ state }: Data) => state === 'ready' || state === 'failed'
const isGated = ({ state }: Data) => state === 'awaiting_consensus'
const isPending = ({ status }: Data) => status === 'pending'
const isDone = ({ status }: Data) => status === 'completed'
const isClaimed = ({ claim }: Data) => claim !== null
const isClosed = ({ status }: Data) => status === 'closed'
const isFinished = ({ status, checkpoints }: Data) => status === 'active' && checkpoints.every(isDone)

/** A reference to another checkpoint, which need not be possible. */
const reference = (mind: Mind, milestone_id: string, order: number): number | string => {
  const { random } = mind
  if (random.chance(0.5)) return 1 + random.below(random.chance(0.85) ? Math.max(1, order - 1) : order + 2)
  const other = mind.anywhere()
  const target = random.pick<Data>(other.checkpoints)
  if (!target || other.milestone_id === milestone_id) return 1
  return random.chance(0.5) ? target.checkpoint_id : `${other.milestone_id}:${target.order}`
}

const dependencies = (mind: Mind, { order, depends_on }: Data, { milestone_id }: Data): (number | string)[] => {
  const { random, isPerson, isOdd } = mind
  const kept = depends_on.filter(() => random.chance(isPerson || isOdd ? 0.8 : 0.97))
  return depends_on.length < 4 && random.chance(0.5) ? [...kept, reference(mind, milestone_id, order)] : kept
}

/** How each call is made from what an agent knows, and how often. The seldom ones have people as callers more often than agents. */
const MAKERS: { [N in Name]: { weight: (mind: Mind) => number; make: (mind: Mind) => Made<N> } } = {
  complete_checkpoint: {
    weight: () => 32,
    make: (mind) =>
      about(
        mind,
        mind.random.chance(0.1) ? isGated : isReady,
        (checkpoint, milestone) => ({
          ...mind.claimFor(checkpoint),
          ...mind.version(milestone),
          ...(mind.random.chance(0.1) && { note: `Note ${mind.random.below(5)}` }),
        }),
        0.5,
      ),
  },
  claim_checkpoint: {
    weight: () => 12,
    make: (mind) =>
      about(
        mind,
        mind.random.chance(0.1) ? isGated : isReady,
        (checkpoint) => ({ ...mind.claimFor(checkpoint), ttl_seconds: mind.random.pick(LONG_LEASES) ?? 900 }),
        0.2,
      ),
  },
  claim_next: {
    weight: () => 8,
    make: (mind) => {
      const { random } = mind
      const { group_id, project_id, milestone_id } = mind.milestone()
      return {
        group_id,
        ...(random.chance(0.2) && { project_id }),
        ...(random.chance(0.2) && { milestone_id }),
        ttl_seconds: random.pick(LONG_LEASES) ?? 900,
      }
    },
  },
  release_checkpoint: {
    weight: () => 7,
    make: (mind) => about(mind, isClaimed, (checkpoint) => mind.claimFor(checkpoint), 0.6),
  },
  fail_checkpoint: {
    weight: () => 8,
    make: (mind) =>
      about(
        mind,
        isReady,
        (checkpoint, milestone) => ({
          reason: `Reason ${mind.random.below(100)}`,
          ...mind.claimFor(checkpoint),
          ...mind.version(milestone),
          ...(mind.random.chance(0.1) && { git_pr_url: `https://git.example/pull/${mind.random.below(5)}` }),
        }),
        0.6,
      ),
  },
  retry_checkpoint: {
    weight: ({ isPerson }) => (isPerson ? 20 : 0),
    make: (mind) =>
      about(
        mind,
        ({ state, needs_attention }) => state === 'failed' || needs_attention,
        (_checkpoint, milestone) => mind.version(milestone),
      ),
  },
  reopen_checkpoint: {
    weight: () => 7,
    make: (mind) =>
      about(mind, isDone, (_checkpoint, milestone) => ({
        reason: `Reason ${mind.random.below(100)}`,
        ...(mind.random.chance(0.5) && { cascade: true }),
        ...mind.version(milestone),
      })),
  },
  add_checkpoint: {
    weight: () => 7,
    make: (mind) => {
      const { random } = mind
      const milestone = mind.milestone()
      const count: number = milestone.checkpoints.length
      if (count >= (count > SMALL ? LARGE : SMALL)) return null
      const position = 1 + random.below(count + 1 + (random.chance(0.1) ? 3 : 0))
      return {
        milestone_id: milestone.milestone_id,
        title: `Step ${random.below(10_000)}`,
        ...(random.chance(0.6) && { position }),
        ...(random.chance(0.5) && count > 0 && { depends_on: [reference(mind, milestone.milestone_id, position)] }),
        ...(count > SMALL && random.chance(0.04) && { requires_consensus: true }),
        ...mind.version(milestone),
      }
    },
  },
  update_checkpoint: {
    weight: () => 12,
    make: (mind) => {
      const edge = mind.random.chance(mind.isOdd ? 0.5 : 0.08) ? mind.newEdge() : null
      if (edge) {
        const { milestone, checkpoint, target } = edge
        const depends_on = [...checkpoint.depends_on, target.checkpoint_id]
        return { milestone_id: milestone.milestone_id, order: checkpoint.checkpoint_id, depends_on }
      }
      return about(mind, isPending, (checkpoint, milestone) => ({
        ...(mind.random.chance(0.7) && { depends_on: dependencies(mind, checkpoint, milestone) }),
        ...(mind.random.chance(0.15) && { title: `Step ${mind.random.below(10_000)}` }),
        ...(mind.random.chance(0.3) && { note: `Note ${mind.random.below(5)}` }),
        ...mind.version(milestone),
      }))
    },
  },
  delete_checkpoint: {
    weight: ({ isPerson }) => (isPerson ? 9 : 3),
    make: (mind) => about(mind, isPending, (_checkpoint, milestone) => mind.version(milestone)),
  },
  withdraw_checkpoint: {
    weight: ({ isPerson }) => (isPerson ? 8 : 0),
    make: (mind) => {
      const reason = `Reason ${mind.random.below(100)}`
      const entangled = mind.isOdd && mind.random.chance(0.5) ? mind.entangled() : null
      if (entangled) return { milestone_id: entangled.milestone.milestone_id, order: entangled.checkpoint.checkpoint_id, reason }
      return about(mind, isPending, (_checkpoint, milestone) => ({ reason, ...mind.version(milestone) }))
    },
  },
  close_milestone: { weight: () => 5, make: (mind) => ({ milestone_id: mind.milestoneIn(isFinished).milestone_id }) },
  reopen_milestone: { weight: () => 5, make: (mind) => ({ milestone_id: mind.milestoneIn(isClosed).milestone_id }) },
  update_milestone: {
    weight: () => 2,
    make: (mind) => {
      const milestone = mind.milestone()
      return { milestone_id: milestone.milestone_id, title: `Plan ${mind.random.below(20)}`, ...mind.version(milestone) }
    },
  },
  complete_project: { weight: () => 0.1, make: (mind) => projectOf(mind) },
  reopen_project: { weight: () => 3, make: (mind) => projectOf(mind) },
}

const projectOf = (mind: Mind) => {
  const { home, away } = mind.grounds.projects
  const project_id = mind.random.pick(mind.strays(away) ? away : home)
  return project_id === undefined ? null : { project_id }
}

const isName = (name: string): name is Name => name in MAKERS
export const NAMES: readonly Name[] = Object.keys(MAKERS).filter(isName)

/** Whether an agent makes such calls of itself. The others are for people. */
export const makes = (mind: Mind, name: Name): boolean => MAKERS[name].weight(mind) > 0

/** Makes a call of one operation, or answers null if the agent knows of nothing to call it for. */
export const makeCallOf = (mind: Mind, name: Name): Call | null => {
  const input = MAKERS[name].make(mind)
  // The cast holds because each maker gives the input of its own call.
  return input && ({ name, input } as Call)
}

/** Makes the next call of an agent. An odd one is of any operation, also a seldom one. */
export const makeCall = (mind: Mind, names: readonly Name[]): Call => {
  const { random } = mind
  for (;;) {
    const name = mind.isOdd ? random.pick(names) : random.weighted(names.map((one) => [MAKERS[one].weight(mind), one] as const))
    // What only people may do is seldom tried by agents.
    if (!name || (!makes(mind, name) && random.chance(0.7))) continue
    const call = makeCallOf(mind, name)
    if (call) return call
  }
}

/** The checkpoint whose lease a call of an agent asks for that ends while others work. */
export const makeBriefClaim = (mind: Mind): { milestone_id: string; order: string } | null => {
  const found = chosen(mind, isReady)
  return found ? { milestone_id: found.milestone.milestone_id, order: found.checkpoint.checkpoint_id } : null
}
