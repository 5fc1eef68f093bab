import type { EmbeddedPostgres } from '@/db/embedded/server'
import { type Instance, openInstance } from '@/db/instance'
import type { Actor } from '@/lib/domain/context'
import {
  addMember,
  castVote,
  completeCheckpoint,
  createGroup,
  createMilestone,
  createProposal,
  listOwnProposals,
  listProposals,
} from '@/lib/operations'
import type { Operation } from '@/lib/operations/define'
import { execute } from '@/lib/operations/execute'
import { countVotes } from '@/lib/operations/proposals'
import { ensureOwner, registerPerson } from '@/lib/operations/setup'
import { administer } from '@/lib/testing/administer'
import type { Pace } from './lane'
import { makeDatabase } from './scratch'
import { compare, median } from './statistics'
import { atMost, type Row } from './table'

const PROPOSALS = 1_000
const MEMBERS = 40
const CALLERS = 8
const STEPS = 10

type Call = (operation: Operation, input: object, actor?: Actor) => Promise<Record<string, string>>

const person = (actor_id: string): Actor => ({ actor_id, key_id: null, session_id: null, via: 'web' })

const callsOf = async (instance: Instance): Promise<Call> => {
  const { principal_id } = await ensureOwner(instance)
  return async (operation, input, actor = person(principal_id)) => JSON.parse((await execute(instance, operation, { input, actor })).data)
}

/** A group with so many people. */
const makeTeam = async (instance: Instance, call: Call, name: string): Promise<{ group_id: string; people: Actor[] }> => {
  const { group_id = '' } = await call(createGroup, { name })
  const people: Actor[] = []
  for (let at = 1; at < MEMBERS; at++) {
    const email = `${name}-${at}@votes.example`
    const principal_id = await registerPerson(instance, { name: `Voter ${at}`, email, instance_owner: false })
    await call(addMember, { group_id, principal_id, role: 'member' })
    people.push(person(principal_id))
  }
  return { group_id, people }
}

/** Runs chains of calls, so many at a time, until the time is over. Answers the calls a second. */
const rateOf = async (chains: (() => Promise<unknown>)[][], milliseconds: number): Promise<number> => {
  const began = performance.now()
  let calls = 0
  const isOver = () => performance.now() - began > milliseconds
  const work = async () => {
    for (let chain = chains.pop(); chain && !isOver(); chain = chains.pop()) {
      for (const call of chain) {
        if (isOver()) return
        await call()
        calls++
      }
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, work))
  return calls / ((performance.now() - began) / 1_000)
}

const gatesOf = async (call: Call, group_id: string, count: number): Promise<string[]> => {
  const checkpoints = Array.from({ length: STEPS }, (_, at) => ({ title: `Step ${at + 1}`, requires_consensus: true }))
  const made: string[] = []
  while (made.length < count) {
    const milestone: Record<string, unknown> = await call(createMilestone, { group_id, title: 'Gates', checkpoints })
    for (const { requires_proposal_id } of milestone.checkpoints as { requires_proposal_id: string }[]) made.push(requires_proposal_id)
  }
  return made
}

/** Compares ballots on gates, each of which has an electorate of the whole team, with completions. */
const measureBallots = async (instance: Instance, call: Call, { rounds, milliseconds }: Pace): Promise<Row> => {
  const { group_id, people } = await makeTeam(instance, call, 'ballots')
  const ballots = async () => {
    const gates = await gatesOf(call, group_id, 200)
    return rateOf(
      gates.map((proposal_id) => people.map((actor) => () => call(castVote, { proposal_id, vote: 'yes', round: 1 }, actor))),
      milliseconds,
    )
  }
  const completions = async () => {
    const checkpoints = Array.from({ length: STEPS }, (_, at) => ({ title: `Step ${at + 1}`, depends_on: at > 0 ? [at] : [] }))
    const ids: string[] = []
    for (let at = 0; at < 800; at++) ids.push((await call(createMilestone, { group_id, title: 'Steps', checkpoints })).milestone_id ?? '')
    return rateOf(
      ids.map((milestone_id) => checkpoints.map((_, at) => () => call(completeCheckpoint, { milestone_id, order: at + 1 }))),
      milliseconds,
    )
  }
  const { figure, limit, ratio } = await compare(rounds, ballots, completions)
  return {
    what: `vote on a gate of ${MEMBERS}, ${CALLERS} callers in this process`,
    unit: '/s',
    figure,
    limit: { what: `complete a checkpoint of a milestone of ${STEPS}, in the same way`, figure: limit },
    ratio,
    target: { of: 'ratio', at: 'least', value: 1 },
  }
}

/** Measures the lists of a group that has had many votes: half of them gates, a third of them finalized or closed by their deadlines. */
const measureLists = async (instance: Instance, call: Call, ownerUrl: string, repeats: number): Promise<Row> => {
  const { group_id, people } = await makeTeam(instance, call, 'lists')
  const gates = await gatesOf(call, group_id, PROPOSALS / 2)
  for (let at = 0; at < PROPOSALS / 2; at++) {
    const { proposal_id } = await call(createProposal, {
      group_id,
      title: `Question ${at}`,
      ...(at % 3 === 0 ? { deadline_hours: 1 } : {}),
    })
    await Promise.all(people.slice(0, 12).map((actor) => call(castVote, { proposal_id, vote: at % 2 ? 'yes' : 'no' }, actor)))
  }
  await Promise.all(
    gates.flatMap((proposal_id) => people.slice(0, 6).map((actor) => call(castVote, { proposal_id, vote: 'yes', round: 1 }, actor))),
  )
  await administer(ownerUrl, 'analyze')
  const actor = people.at(-1)
  const asked: [string, Operation, object][] = [
    ['of a group', listProposals, { group_id, limit: 20 }],
    ['of a group, 100 at once', listProposals, { group_id, limit: 100 }],
    ['open', listOwnProposals, { status: 'open', limit: 20 }],
    ['waiting for a ballot', listOwnProposals, { status: 'waiting', limit: 20 }],
    ['finalized', listOwnProposals, { status: 'finalized', limit: 20 }],
    ['the number that wait', countVotes, {}],
  ]
  const measured: { what: string; ms: number }[] = []
  for (const [what, operation, input] of asked) {
    const times: number[] = []
    for (let at = 0; at <= repeats; at++) {
      const began = performance.now()
      await call(operation, input, actor)
      if (at > 0) times.push(performance.now() - began)
    }
    measured.push({ what, ms: median(times) })
  }
  const [worst] = [...measured].sort((a, b) => b.ms - a.ms)
  return {
    what: `a page of ${PROPOSALS.toLocaleString('en')} votes, slowest list`,
    unit: 'ms',
    figure: worst?.ms ?? Number.NaN,
    target: atMost(50),
    note: measured.map(({ what, ms }) => `${what} ${ms.toFixed(1)} ms`).join(', '),
  }
}

export const measureVotes = async (server: EmbeddedPostgres, pace: Pace, repeats: number): Promise<Row[]> => {
  const { url, ownerUrl } = await makeDatabase(server, 'bench_votes')
  const instance = await openInstance(url, 'http://127.0.0.1')
  try {
    const call = await callsOf(instance)
    return [await measureLists(instance, call, ownerUrl, repeats), await measureBallots(instance, call, pace)]
  } finally {
    await instance.close()
  }
}
