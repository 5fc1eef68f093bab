import { findMember } from './access'
import { claimOf } from './attempt'
import { meets } from './counting'
import type { Checkpoint, Group, Kind, Principal, Proposal } from './entities'
import type { Event } from './events'
import { evolve } from './evolve'
import { entityId, KIND_NAMES } from './kinds'
import { canonical } from './replay'
import { isCompleted } from './state'
import { enumerated } from './words'
import { WorldState } from './world'

export type Finding = {
  rule: string
  title: string
  violations: string[]
  /** A fact that is printed if nothing violates the rule. */
  detail?: string
}

/** Checks the state rules over a whole world. It is for the doctor and for tests; no request waits for it. */
export const auditState = (world: WorldState): Finding[] => {
  const checkpoints = world.all('checkpoint')
  const edges = checkpoints.flatMap((checkpoint) =>
    checkpoint.depends_on.map((id) => ({ checkpoint, id, target: world.find('checkpoint', id) })),
  )
  return [
    {
      rule: 'D1',
      title: 'a completed checkpoint has only completed dependencies',
      violations: edges
        .filter(({ checkpoint, target }) => isCompleted(checkpoint) && !(target && isCompleted(target)))
        .map(({ checkpoint, id }) => `${checkpoint.checkpoint_id} is completed, but its dependency ${id} is not`),
    },
    { rule: 'D2', title: 'the dependencies have no cycle', violations: cycles(world, checkpoints) },
    {
      rule: 'D3',
      title: 'inside a milestone a dependency points to a lower number',
      violations: edges
        .filter(({ checkpoint, target }) => target?.milestone_id === checkpoint.milestone_id && target.order >= checkpoint.order)
        .map(({ checkpoint, id }) => `${checkpoint.checkpoint_id} depends on ${id}, whose number is not lower`),
    },
    {
      rule: 'D4',
      title: 'the target of every dependency exists',
      violations: edges
        .filter(({ target }) => !target)
        .map(({ checkpoint, id }) => `${checkpoint.checkpoint_id} depends on ${id}, which is missing`),
    },
    {
      rule: 'M1',
      title: 'the numbers of a milestone are 1 to n',
      violations: world
        .all('milestone')
        .filter(({ milestone_id }) => world.checkpoints(milestone_id).some(({ order }, at) => order !== at + 1))
        .map(({ milestone_id }) => milestone_id),
    },
    {
      rule: 'M2',
      title: 'a closed milestone has checkpoints, and all are completed',
      violations: world
        .all('milestone')
        .filter(({ milestone_id, status }) => status === 'closed' && !isDone(world.checkpoints(milestone_id)))
        .map(({ milestone_id }) => milestone_id),
    },
    {
      rule: 'G1',
      title: 'a completed checkpoint with a gate has a vote that has passed, by the ballots of those who may vote',
      violations: [...checkpoints.flatMap(faultsOfGate(world)), ...strayVotes(world)],
    },
    {
      rule: 'L1',
      title: 'a claim is whole, is an attempt, and is that of one pending checkpoint',
      violations: faultsOfClaims(checkpoints),
    },
    { rule: 'O1', title: 'a group has exactly one owner, who is a person', violations: world.all('group').flatMap(faultsOfGroup(world)) },
    {
      rule: 'A1',
      title: 'a person of its group answers for each agent profile',
      violations: world
        .all('principal')
        .filter(({ kind, deleted_at }) => kind === 'agent_profile' && deleted_at === null)
        .filter(({ group_id, accountable_id }) => !isPersonIn(world, group_id, accountable_id))
        .map(({ principal_id, accountable_id }) => `${accountable_id} answers for ${principal_id} without being a person of its group`),
    },
    {
      rule: 'A2',
      title: 'an agent that is suspended or deleted holds no claim',
      violations: checkpoints
        .filter(({ claimed_by }) => claimed_by !== null && isStopped(world.find('principal', claimed_by)))
        .map(({ checkpoint_id, claimed_by }) => `${checkpoint_id} is claimed by ${claimed_by}, which may do nothing`),
    },
    {
      rule: 'R1',
      title: 'the claims and keys of a group are those of its members',
      violations: [
        ...checkpoints
          .filter(
            ({ claimed_by, milestone_id }) =>
              claimed_by !== null && !isMember(world, world.find('milestone', milestone_id)?.group_id, claimed_by),
          )
          .map(({ checkpoint_id, claimed_by }) => `${checkpoint_id} is claimed by ${claimed_by}, who is not a member`),
        ...world
          .all('key')
          .filter(({ group_id, principal_id, revoked_at }) => group_id && !revoked_at && !isMember(world, group_id, principal_id))
          .map(({ key_id, principal_id }) => `${key_id} is a key of ${principal_id}, who is not a member`),
      ],
    },
    { rule: 'N1', title: 'the failures of a checkpoint are among its attempts', violations: checkpoints.flatMap(faultsOfFailures) },
  ]
}

/** The sentences about a checkpoint that are true. */
const faultsOf = ({ checkpoint_id }: Checkpoint, faults: readonly (readonly [boolean, string])[]): string[] =>
  faults.flatMap(([is, fault]) => (is ? [`${checkpoint_id} ${fault}`] : []))

const faultsOfClaims = (checkpoints: readonly Checkpoint[]): string[] => {
  const known = new Set<string>()
  return checkpoints.flatMap((checkpoint) => {
    const { claim_id, claimed_by, claim_session, claim_via, claimed_at, claim_expires_at, attempts } = checkpoint
    const parts = [claim_id, claimed_by, claim_session, claim_via, claimed_at, claim_expires_at].filter((part) => part !== null)
    if (parts.length === 0) return []
    const isKnown = claim_id !== null && known.has(claim_id)
    if (claim_id !== null) known.add(claim_id)
    return faultsOf(checkpoint, [
      [isCompleted(checkpoint), 'is completed and claimed'],
      [claimOf(checkpoint) === null, 'has a part of a claim'],
      [attempts < 1, 'is claimed, and there was no attempt'],
      [isKnown, 'has the claim of another checkpoint'],
    ])
  })
}

const faultsOfGate =
  (world: WorldState) =>
  (checkpoint: Checkpoint): string[] => {
    const { requires_consensus, proposal_id, checkpoint_id } = checkpoint
    const proposal = proposal_id === null ? null : world.find('proposal', proposal_id)
    const isPassed = proposal?.status === 'finalized' && proposal.threshold_met === true
    return faultsOf(checkpoint, [
      [requires_consensus !== (proposal?.checkpoint_id === checkpoint_id), 'has a gate without a vote, or a vote without a gate'],
      [isCompleted(checkpoint) && proposal !== null && !isPassed, 'is completed, and its vote has not passed'],
      [proposal !== null && isPassed && !hasVotes(world, proposal), 'has a vote that passed without the ballots that it needs'],
    ])
  }

/** Whether as many ballots for a gate are there as its threshold needs: of its round, of its electorate, and without those that did not count. */
const hasVotes = (world: WorldState, { proposal_id, round, electorate, threshold_type, uncounted }: Proposal): boolean => {
  const ballots = world.list('ballots', proposal_id, 'ballot').filter((ballot) => ballot.round === round && ballot.vote === 'yes')
  const counting = ballots.filter(({ voter_id }) => electorate.includes(voter_id) && !uncounted.includes(voter_id))
  return threshold_type !== 'quorum' && meets(threshold_type, counting.length, electorate.length)
}

/** Votes on gates of checkpoints that do not have them, and ballots of rounds that there were not. */
const strayVotes = (world: WorldState): string[] => [
  ...world
    .all('proposal')
    .filter(
      ({ proposal_id, checkpoint_id }) => checkpoint_id !== null && world.find('checkpoint', checkpoint_id)?.proposal_id !== proposal_id,
    )
    .map(({ proposal_id, checkpoint_id }) => `${proposal_id} gates ${checkpoint_id}, which does not have it`),
  ...world
    .all('ballot')
    .filter(({ proposal_id, round }) => round > (world.find('proposal', proposal_id)?.round ?? round))
    .map(({ proposal_id, round, voter_id }) => `${voter_id} has voted in round ${round} of ${proposal_id}, which did not begin`),
]

const faultsOfFailures = (checkpoint: Checkpoint): string[] => {
  const { attempts, failures, last_failure } = checkpoint
  return faultsOf(checkpoint, [
    [isCompleted(checkpoint) && (failures > 0 || last_failure !== null), 'is completed and failed'],
    [failures < 0 || failures > attempts, `counts ${failures} failures of ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`],
    [failures > 0 && last_failure === null, 'has failed, and no failed attempt is known'],
    [last_failure !== null && last_failure.attempt > attempts, `knows a failure of attempt ${last_failure?.attempt} of ${attempts}`],
  ])
}

const faultsOfGroup =
  (world: WorldState) =>
  ({ group_id, owner_id }: Group): string[] => {
    const owners = world.list('group', group_id, 'member').filter(({ role }) => role === 'owner')
    const isRight = owners.length === 1 && owners[0]?.principal_id === owner_id && isPersonIn(world, group_id, owner_id)
    return isRight ? [] : [`${group_id} is said to be owned by ${owner_id}, and its members say otherwise`]
  }

const isStopped = (principal: Principal | null): boolean =>
  principal !== null && (principal.suspended_at !== null || principal.deleted_at !== null)

const isMember = (world: WorldState, group_id: string | null | undefined, principal_id: string): boolean =>
  typeof group_id === 'string' && findMember(world, group_id, principal_id) !== null

const isPersonIn = (world: WorldState, group_id: string | null, principal_id: string | null): boolean =>
  principal_id !== null && isMember(world, group_id, principal_id) && world.find('principal', principal_id)?.kind === 'user'

const isDone = (checkpoints: readonly Checkpoint[]) => checkpoints.length > 0 && checkpoints.every(isCompleted)

/** The checkpoints that lie on a cycle or on a path between two cycles, without those that only lead to a cycle or are only reached from one. */
const cycles = (world: WorldState, checkpoints: readonly Checkpoint[]): string[] => {
  const left = new Set(checkpoints.map(({ checkpoint_id }) => checkpoint_id))
  const dependencies: Neighbours = (id) => [...new Set(world.find('checkpoint', id)?.depends_on)]
  const dependents: Neighbours = (id) => world.dependents(id).map(({ checkpoint_id }) => checkpoint_id)
  peel(left, dependencies, dependents)
  peel(left, dependents, dependencies)
  return [...left]
}

type Neighbours = (id: string) => readonly string[]

/** Removes an id from `left` if none of the ids before it is in `left`, until every remaining id has such a predecessor. */
const peel = (left: Set<string>, before: Neighbours, after: Neighbours): void => {
  const counts = new Map([...left].map((id) => [id, before(id).filter((other) => left.has(other)).length]))
  const free = [...left].filter((id) => counts.get(id) === 0)
  for (let id = free.pop(); id !== undefined; id = free.pop()) {
    left.delete(id)
    for (const next of after(id)) {
      const count = (counts.get(next) ?? 0) - 1
      counts.set(next, count)
      if (count === 0) free.push(next)
    }
  }
}

/** Checks the numbers of the log (E1), and that the state still has all work that is completed according to the log (C1). */
export const auditLog = (world: WorldState, log: readonly Event[]): Finding[] => {
  const completed = new Set<string>()
  for (const { type, checkpoint_id } of log) {
    if (checkpoint_id && type === 'checkpoint.completed') completed.add(checkpoint_id)
    if (checkpoint_id && type === 'checkpoint.reopened') completed.delete(checkpoint_id)
  }
  return [
    {
      rule: 'C1',
      title: 'completed work is still there, and completed',
      violations: [...completed].filter((id) => !world.find('checkpoint', id)?.completed_at),
    },
    {
      rule: 'E1',
      title: 'the log has no gaps',
      violations: log
        .flatMap(({ seq }, at) =>
          seq === at + 1 ? [] : [seq === log[at - 1]?.seq ? `two events have the number ${seq}` : `a number is missing before ${seq}`],
        )
        .slice(0, 1),
    },
  ]
}

/** Checks that the workspace's counter is the last number of its log (E1). */
export const auditCounter = (seq: number, log: readonly Event[]): Finding => {
  const last = log.at(-1)?.seq ?? 0
  return {
    rule: 'E1',
    title: 'the counter is the last number of the log',
    violations: seq === last ? [] : [`the counter is ${seq}, and the log ends at ${last}`],
    detail: String(last),
  }
}

export type Edge = { checkpoint_id: string; depends_on_id: string }

/** Checks that a replay of the log gives the rows (E2). `strays` are stored edges of checkpoints that have no row, which a world cannot hold. */
export const auditReplay = (world: WorldState, log: readonly Event[], strays: readonly Edge[] = []): Finding => ({
  rule: 'E2',
  title: 'the log replays to the rows',
  violations: [
    ...faultsOfReplay(world, log),
    ...strays.map(({ checkpoint_id, depends_on_id }) => `the dependency of ${checkpoint_id} on ${depends_on_id} is only in the rows`),
  ],
})

const faultsOfReplay = (world: WorldState, log: readonly Event[]): string[] => {
  const replayed = new WorldState(true)
  const idle: string[] = []
  for (const event of log) {
    try {
      evolve(replayed, event)
    } catch (error) {
      return [`the replay stops at event ${event.seq} (${error instanceof Error ? error.message : error})`]
    }
    if (KIND_NAMES.every((kind) => replayed.changes[kind].size === 0)) idle.push(`event ${event.seq} (${event.type}) changes nothing`)
    replayed.markStored()
  }
  return [...idle, ...KIND_NAMES.flatMap((kind) => differences(kind, world, replayed))]
}

/** The differences between the rows of a kind and a replay of the log, one for each entity that differs. */
const differences = (kind: Kind, world: WorldState, replayed: WorldState): string[] => {
  const byId = (state: WorldState) => new Map(state.all(kind).map((entity) => [entityId(kind, entity), entity]))
  const [rows, facts] = [byId(world), byId(replayed)]
  return [...new Set([...rows.keys(), ...facts.keys()])].flatMap((id) => {
    const [row, fact] = [rows.get(id), facts.get(id)]
    if (!row) return `${kind} ${id} is missing in the rows`
    if (!fact) return `${kind} ${id} is only in the rows`
    const fields = [...new Set([...Object.keys(row), ...Object.keys(fact)])].sort()
    const different = fields.filter((field) => canonicalField(row, field) !== canonicalField(fact, field))
    return different.length > 0 ? `${kind} ${id} differs in ${enumerated(different)}` : []
  })
}

const canonicalField = (entity: object, field: string): string => canonical({ [field]: Reflect.get(entity, field) })
