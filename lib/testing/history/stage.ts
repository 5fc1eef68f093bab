import { createMilestone, createProject, updateGroup } from '@/lib/operations'
import { agentKey, groupKey, join, makePerson, type TestKey, userKey } from '../client'
import type { Data, TestInstance } from '../instance'
import { makeGroup } from '../milestones'
import type { Grounds } from './mind'
import type { Random } from './random'

/** The key and session with which somebody works. */
export type Seat = { secret: string; actor: TestKey['actor']; isPerson: boolean; grounds: Grounds }

export type Stage = { milestones: Data[]; writers: Seat[]; readers: Seat[] }

/** The checkpoints of the two milestones of a group. */
const STEPS = [16, 4]
const AGENTS_PER_GROUP = 3
const WITHOUT_SESSION = 5
/** How many failed attempts in a row each group allows. */
const PATIENCE = [2, 3, 4]

/**
 * Makes three groups, one of them private. Each has a large and a small milestone, of sixty checkpoints in all, with dependencies in them and across
 * them. Those who work get keys: agents, of which several sessions share a profile, and people, of whom some have a key for one group only.
 */
export const prepare = async (test: TestInstance, random: Random, writers: number, readers: number): Promise<Stage> => {
  const groups: string[] = []
  for (const max_failures of PATIENCE) {
    const group_id = await makeGroup(test, groups.length === 2 ? { visibility: 'private' } : {})
    await test.run(updateGroup, { group_id, max_failures })
    groups.push(group_id)
  }
  const milestones: Data[] = []
  for (const steps of STEPS) for (const group_id of groups) milestones.push(await plan(test, random, group_id, steps, milestones))
  const keys = await makeKeys(test, groups)
  const seat = ({ key, of, isPerson }: Held, session_id: string | null): Seat => {
    const places = (id: 'milestone_id' | 'project_id') => ({
      home: milestones.filter(({ group_id }) => of.includes(group_id)).map((one) => one[id]),
      away: milestones.filter(({ group_id }) => !of.includes(group_id)).map((one) => one[id]),
    })
    const grounds = { milestones: places('milestone_id'), projects: places('project_id') }
    return { secret: key.secret, actor: { ...key.actor, session_id }, isPerson, grounds }
  }
  const everySoOften = Math.ceil(writers / WITHOUT_SESSION)
  const seats = (count: number, name: string, isNameless: (at: number) => boolean) =>
    Array.from({ length: Math.ceil(count / keys.length) }, () => keys)
      .flat()
      .slice(0, count)
      .map((held, at) => seat(held, isNameless(at) ? null : `${name} ${at + 1}`))
  return {
    milestones,
    writers: seats(writers, 'writer', (at) => at % everySoOften === 0),
    readers: seats(readers, 'reader', () => false),
  }
}

const plan = async (test: TestInstance, random: Random, group_id: string, steps: number, others: readonly Data[]): Promise<Data> => {
  const { data: project } = await test.run(createProject, { group_id, title: 'Project' })
  const checkpoints = Array.from({ length: steps }, (_, at) => {
    const before = Array.from({ length: at }, (_, other) => other + 1).filter(() => random.chance(0.15))
    const across = random.pick(others)
    const far = across && random.chance(0.25) ? [`${across.milestone_id}:${1 + random.below(across.checkpoints.length)}`] : []
    const isGate = steps > 10 && at === steps - 1
    return { title: `Step ${at + 1}`, depends_on: isGate ? [] : [...before, ...far], requires_consensus: isGate }
  })
  return (await test.run(createMilestone, { group_id, title: 'Plan', project_id: project.project_id, checkpoints })).data
}

type Held = { key: TestKey; of: readonly string[]; isPerson: boolean }

const makeKeys = async (test: TestInstance, groups: readonly string[]): Promise<Held[]> => {
  const held: Held[] = [{ key: await userKey(test), of: groups, isPerson: true }]
  for (const [at, group_id] of groups.entries()) {
    const agents = await Promise.all(
      Array.from({ length: AGENTS_PER_GROUP }, (_, number) => agentKey(test, group_id, `Agent ${at}${number}`)),
    )
    const person = await makePerson(test, `Person${at}`)
    const also = groups[(at + 1) % groups.length] ?? group_id
    await join(test, group_id, person, at === 0 ? 'admin' : 'member')
    await join(test, also, person)
    held.push({ key: await userKey(test, person), of: [group_id, also], isPerson: true })
    held.push({ key: await groupKey(test, group_id, person), of: [group_id], isPerson: true })
    held.push(...agents.map((key) => ({ key, of: [group_id], isPerson: false })))
  }
  return held
}
