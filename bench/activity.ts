import type { EmbeddedPostgres } from '@/db/embedded/server'
import { type Instance, openInstance } from '@/db/instance'
import type { Actor } from '@/lib/domain/context'
import { LIMITS } from '@/lib/domain/limits'
import { addMember, completeCheckpoint, createAgentProfile, createGroup, createMilestone } from '@/lib/operations'
import { readActivity } from '@/lib/operations/activity'
import type { Operation } from '@/lib/operations/define'
import { execute } from '@/lib/operations/execute'
import { ensureOwner, registerPerson } from '@/lib/operations/setup'
import { administer } from '@/lib/testing/administer'
import { makeDatabase } from './scratch'
import { median } from './statistics'
import { atMost, type Row } from './table'

const EVENTS = 100_000
const GROUPS = 5
const PLAN_SIZE = LIMITS.checkpoints_per_milestone
/** Of each group, so many milestones are worked on, each by an agent of its own; and so many steps of each are done. */
const WORKED_ON = 10
const DONE = 200
const NEWEST = Number.MAX_SAFE_INTEGER

type Filter = Readonly<Record<string, string>>
export type Trail = { reader: Actor; filters: readonly Filter[] }

/**
 * Fills a log: five private groups plan, and agents of each complete checkpoints. The reader is a member of one of the groups, in which work also waits
 * for checkpoints of the others.
 * @returns the reader, and the filters by which one may look
 */
export const fillTrail = async (instance: Instance): Promise<Trail> => {
  const { principal_id } = await ensureOwner(instance)
  const person = (actor_id: string): Actor => ({ actor_id, key_id: null, session_id: null, via: 'web' })
  const owner = person(principal_id)
  const call = async (operation: Operation, input: object, actor: Actor = owner) => {
    const { data, seq } = await execute(instance, operation, { input, actor })
    return { ...JSON.parse(data), seq }
  }
  const group_ids: string[] = []
  for (let at = 0; at < GROUPS; at++) group_ids.push((await call(createGroup, { name: `Trail ${at}`, visibility: 'private' })).group_id)
  const [own = ''] = group_ids
  const reader = person(await registerPerson(instance, { name: 'Reader', email: 'reader@trail.example', instance_owner: false }))
  await call(addMember, { group_id: own, principal_id: reader.actor_id, role: 'member' })

  const steps = Array.from({ length: PLAN_SIZE }, (_, at) => ({ title: `Step ${at + 1}` }))
  const plan = (group_id: string, checkpoints: object[] = steps) => call(createMilestone, { group_id, title: 'Trail', checkpoints })
  const worked: { milestone_id: string; agent: string; via: Actor['via'] }[] = []
  for (let at = 0; at < WORKED_ON * GROUPS; at++) {
    // The groups take turns, so that the events of the reader's lie among those of the others.
    const group_id = group_ids[at % GROUPS] ?? own
    const agent = (await call(createAgentProfile, { group_id, name: `agent ${at}` })).agent_profile_id
    worked.push({ milestone_id: (await plan(group_id)).milestone_id, agent, via: at < GROUPS ? 'cli' : 'mcp' })
  }
  const elsewhere = worked.filter((_, at) => at % GROUPS !== 0).map(({ milestone_id }) => `${milestone_id}:${DONE + 1}`)
  await plan(own, [{ title: 'Waits for the others', depends_on: elsewhere }])
  await Promise.all(
    worked.map(async ({ milestone_id, agent, via }) => {
      for (let order = 1; order <= DONE + 1; order++) await call(completeCheckpoint, { milestone_id, order }, { ...person(agent), via })
    }),
  )
  let end = 0
  for (let at = 0; end < EVENTS; at++) end = (await plan(group_ids[at % GROUPS] ?? own)).seq

  const [first, , , , , second] = worked
  const moment = new Date(Date.now() - 30_000).toISOString()
  return {
    reader,
    filters: [
      { group_id: own },
      { actor_id: first?.agent ?? '' },
      { actor_id: principal_id },
      { actor_id: 'ap_nobody' },
      { milestone_id: second?.milestone_id ?? '' },
      { type: 'checkpoint.added' },
      { type: 'checkpoint.completed' },
      { type: 'member.added,claim.*' },
      { type: 'checkpoint.*' },
      { type: 'project.archived' },
      { via: 'web' },
      { via: 'cli' },
      { via: 'rest' },
      { since: moment },
      { until: moment },
    ],
  }
}

/** The filters alone and in pairs. */
const withPairs = (filters: readonly Filter[]): Filter[] => {
  const fields = (filter: Filter) => Object.keys(filter).join()
  const pairs = filters.flatMap((one, at) => filters.slice(at + 1).map((other): [Filter, Filter] => [one, other]))
  return [{}, ...filters, ...pairs.filter(([one, other]) => fields(one) !== fields(other)).map(([one, other]) => ({ ...one, ...other }))]
}

/** Measures the first page of the activity as it is read in this process, for each filter and each pair of filters. */
export const measureTrail = async (server: EmbeddedPostgres, repeats: number): Promise<Row[]> => {
  const { url, ownerUrl } = await makeDatabase(server, 'bench_trail')
  const instance = await openInstance(url, 'http://127.0.0.1')
  try {
    const { reader, filters } = await fillTrail(instance)
    await administer(ownerUrl, 'analyze')
    const timed = async (filter: Filter) => {
      const began = performance.now()
      await execute(instance, readActivity, { input: { ...filter, before: NEWEST, limit: 100 }, actor: reader })
      return performance.now() - began
    }
    const measured: { ms: number; filter: Filter }[] = []
    for (const filter of withPairs(filters)) {
      await timed(filter)
      const times: number[] = []
      for (let at = 0; at < repeats; at++) times.push(await timed(filter))
      measured.push({ ms: median(times), filter })
    }
    const [worst] = measured.sort((a, b) => b.ms - a.ms)
    return [
      {
        what: `the activity over ${EVENTS} events, first page, slowest filter`,
        unit: 'ms',
        figure: worst?.ms ?? Number.NaN,
        target: atMost(50),
        note: `of ${measured.length} filters and pairs, for a member of one group of ${GROUPS}: ${JSON.stringify(worst?.filter)}; the median of all is ${median(measured.map(({ ms }) => ms)).toFixed(1)} ms`,
      },
    ]
  } finally {
    await instance.close()
  }
}
