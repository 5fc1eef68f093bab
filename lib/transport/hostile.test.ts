import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Actor } from '@/lib/domain/context'
import { eventsText, type Named } from '@/lib/domain/text/event'
import { cut, plain } from '@/lib/domain/text/quote'
import * as operations from '@/lib/operations'
import type { Operation } from '@/lib/operations/define'
import { execute } from '@/lib/operations/execute'
import { agentKey, keyWith, restAs, type TestKey } from '@/lib/testing/client'
import { HOSTILE, HOSTILE_TEXTS, HOSTILE_TITLES } from '@/lib/testing/hostile'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup } from '@/lib/testing/milestones'
import { sayTool } from './say'

/** A text as its reader understands it: every line, with what stands between quotation marks taken out. Ids, numbers of versions and times are those of one run. */
const skeleton = (text: string): string =>
  withoutDetails(text)
    .replace(/\b(ms|cp|clm|proj|prop|usr|ap|key)_[a-z2-7]{12}\b/g, '$1_')
    .replace(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\bteam-\d+\b/g, 'group')
    .replace(/^\d+ (?=\d{4}-)|\bafter=\d+/gm, 'seq ')
    .replace(/\bv\d+/g, 'v')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T')

/** A refusal says less of what is in the way where texts are long. */
const withoutDetails = (text: string): string => {
  const bare = text.replace(/"(?:[^"\\]|\\.)*"/g, '""')
  return /^[a-z_]+: /.test(bare) ? bare.replace(/ (by|last failure) ""(?= |\n|$)| in "" of \S+/g, '') : bare
}

/** All characters that nobody sees, but for the ends of lines. */
const UNSEEN = /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800]/u

/** The rows of a milestone, read back. */
const parsed = (text: string) =>
  Array.from(
    text.matchAll(/^(\d+) (done|ready|blocked|claimed|failed|vote) "((?:[^"\\]|\\.)*)"(?: <-(\S+))?/gm),
    ([, order, state, title = '', on = '']) => ({
      order: Number(order),
      state,
      title: title.replace(/\\(.)/g, '$1'),
      depends_on: on === '' ? [] : on.split(',').map((ref) => (/^\d+$/.test(ref) ? Number(ref) : ref)),
    }),
  )

const STATES: Record<string, string> = { completed: 'done', awaiting_consensus: 'vote' }

describe('[T4] [F5] texts that people and agents wrote', () => {
  const test = useInstance()

  it('are many, and each is another one', () => {
    expect(new Set(HOSTILE).size).toBeGreaterThan(350)
    expect(HOSTILE_TITLES.length).toBeGreaterThan(300)
  })

  let groups = 100

  /** Plans and works on a milestone whose titles, names, reasons, notes and descriptions are these, and returns all texts that are answered on the way. */
  const work = async (titles: readonly string[], texts: readonly string[]): Promise<{ all: string[]; milestone: Data; text: string }> => {
    const all: string[] = []
    const title = (at: number) => titles[at % titles.length] ?? ''
    const text = (at: number) => texts[at % texts.length] ?? ''
    const group_id = await makeGroup(test, { name: title(0), slug: `team-${++groups}`, description: text(0) })
    const agent = await agentKey(test, group_id, title(1))
    const other = await agentKey(test, group_id, title(2))
    const rest = async (key: typeof agent, method: string, path: string, body?: object) => {
      const reply = await restAs(test, key.secret)(method, path, body, { accept: 'text/plain' })
      expect(reply.headers.get('content-type')).toBe('text/plain; charset=utf-8')
      all.push(reply.text)
      return reply.text
    }
    const say = async (operation: Operation, input: object, actor: Actor = test.owner): Promise<string> => {
      const { data } = await execute(test.instance, operation, { input, actor, say: sayTool })
      all.push(data)
      return data
    }
    const project = (await test.run(operations.createProject, { group_id, title: title(3), description: text(3) })).data.project_id
    const far = (
      await test.run(operations.createMilestone, { group_id, project_id: project, title: title(4), checkpoints: [{ title: title(5) }] })
    ).data
    const checkpoints = Array.from({ length: 12 }, (_, at) => ({
      title: title(at + 6),
      description: text(at + 4),
      depends_on: at === 0 ? [] : at === 11 ? [at, `${far.milestone_id}:1`] : [at],
    }))
    const plan = { group_id, project_id: project, title: title(18), description: text(1), checkpoints }
    const made = await say(operations.createMilestone, plan)
    const milestone_id = /ms_\w+/.exec(made)?.[0] ?? ''
    const path = `/milestones/${milestone_id}`
    await rest(agent, 'POST', `${path}/checkpoints/1/complete`, { note: text(5) })
    await rest(agent, 'POST', `${path}/checkpoints/12/complete`, {})
    await rest(agent, 'POST', `${path}/checkpoints/2/claim`)
    await rest(other, 'POST', `${path}/checkpoints/2/complete`, {})
    for (const at of [6, 7, 8]) await rest(other, 'POST', `/milestones/${far.milestone_id}/checkpoints/1/fail`, { reason: text(at) })
    for (const order of [1, 2, 3, 12]) {
      await rest(other, 'GET', `${path}?order=${order}`)
      await say(operations.whyBlocked, { milestone_id, order })
    }
    await say(operations.waitFor, { milestone_id, order: 2, until: 'ready', timeout_seconds: 0 })
    await rest(other, 'GET', `/wait?milestone_id=${milestone_id}&order=12&until=ready&timeout_seconds=0`)
    await rest(other, 'POST', `/groups/${group_id}/claim-next`, {})
    await rest(other, 'GET', `/groups/${group_id}/ready`)
    await rest(other, 'POST', `/groups/${group_id}/milestones`, {
      title: title(20),
      project_id: project,
      checkpoints: [{ title: title(21) }],
    })
    await rest(other, 'GET', `/groups/${group_id}/ready`)
    await rest(other, 'POST', `/groups/${group_id}/claim-next`, {})
    for (const list of ['', '/members', '/projects', '/milestones']) await rest(agent, 'GET', `/groups/${group_id}${list}`)
    await rest(agent, 'GET', `/projects/${project}`)
    await rest(agent, 'GET', `/projects/${project}/graph`)
    await rest(agent, 'GET', `/events?group_id=${group_id}&limit=500`)
    await say(operations.completeProject, { project_id: project })
    await rest(other, 'POST', `/groups/${group_id}/milestones`, { title: 'x', project_id: project })
    await rest(agent, 'PATCH', `${path}/checkpoints/1`, { title: `${title(9).slice(0, 150)} again` })
    await vote({ rest, say, group_id, agent, other, title, text })
    const milestone = (await test.run(operations.getMilestoneOperation, { milestone_id })).data
    return { all, milestone, text: await rest(agent, 'GET', path) }
  }

  type Voting = {
    rest: (key: TestKey, method: string, path: string, body?: object) => Promise<string>
    say: (operation: Operation, input: object) => Promise<string>
    group_id: string
    agent: TestKey
    other: TestKey
    title: (at: number) => string
    text: (at: number) => string
  }

  /** An option of a vote: a title that joins no others, and differs from them. */
  const optionOf = (title: string, at: number) => `${Array.from(title.replaceAll(',', ';')).slice(0, 80).join('')} ${at}`

  /** Asks the group to vote, and lets its agents vote, with these texts. */
  const vote = async ({ rest, say, group_id, agent, other, title, text }: Voting) => {
    const options = [11, 12, 13].map((at) => optionOf(title(at), at))
    for (const voting_type of ['single', 'ranked']) {
      const question = { title: title(14), description: text(11), voting_type, options }
      const [proposal_id] = /prop_\w+/.exec(await rest(agent, 'POST', `/groups/${group_id}/proposals`, question)) ?? expect.fail()
      const path = `/proposals/${proposal_id}`
      // The refusal of a ranking says all options, and is cut sooner.
      if (voting_type === 'single') await rest(agent, 'POST', `${path}/vote`, { vote: title(15), round: 1 })
      const [first = ''] = options
      const ballot = { vote: voting_type === 'single' ? first : options.join(','), comment: text(12), round: 1 }
      await rest(agent, 'POST', `${path}/vote`, ballot)
      await rest(other, 'POST', `${path}/vote`, ballot)
      await rest(other, 'POST', `${path}/vote`, ballot)
      await rest(other, 'GET', path)
      await say(operations.finalizeProposal, { proposal_id })
    }
    const gate = { title: title(16), requires_consensus: true }
    const { data } = await test.run(operations.createMilestone, { group_id, title: title(17), checkpoints: [gate] })
    const [{ requires_proposal_id: proposal_id }] = data.checkpoints
    await rest(agent, 'POST', `/milestones/${data.milestone_id}/checkpoints/1/complete`, {})
    await rest(agent, 'GET', `/proposals/${proposal_id}`)
    await say(operations.updateCheckpoint, { milestone_id: data.milestone_id, order: 1, description: text(13) })
    await say(operations.castVote, { proposal_id, vote: 'no', comment: text(14), round: 2 })
    await rest(agent, 'POST', `/proposals/${proposal_id}/vote`, { vote: 'no', comment: text(16), round: 2 })
    await say(operations.finalizeProposal, { proposal_id })
    await say(operations.startRoundOperation, { proposal_id, reason: text(15) })
    await rest(agent, 'GET', `/groups/${group_id}/proposals`)
  }

  let harmless: string[]
  beforeAll(async () => {
    harmless = (await work(['Harmless'], ['Harmless'])).all.map(skeleton)
  })

  it.each(Array.from({ length: 18 }, (_, at) => at))(
    'come back as data in every text, and the plan is read back as it is, in lot %i',
    async (lot) => {
      const titles = HOSTILE_TITLES.slice(lot * 18, lot * 18 + 25)
      const texts = HOSTILE_TEXTS.slice(lot * 22, lot * 22 + 22)
      const { all, milestone, text } = await work(titles, texts)
      expect(all.filter((said) => UNSEEN.test(said))).toEqual([])
      // A refusal cuts what would make it too long, and where a title is told once, equal titles of two milestones are not.
      expect(all.map(skeleton)).toEqual(harmless)
      expect(parsed(text)).toEqual(
        milestone.checkpoints.map(({ order, state, title, depends_on }: Data) => ({
          order,
          state: STATES[state] ?? state,
          title: cut(plain(title), 120),
          depends_on,
        })),
      )
    },
  )

  const STORED = new Set(
    'title description note reason name email by_name held_by_name completed_by_name milestone_title actor_name last_failure owner_name last_client'.split(
      ' ',
    ),
  )

  /** The same data with other texts in it. */
  const withTexts = (data: Data, text: string): Data => {
    if (Array.isArray(data)) return data.map((one) => withTexts(one, text))
    if (typeof data !== 'object' || data === null) return data
    return Object.fromEntries(
      Object.entries(data).map(([field, value]) => [
        field,
        STORED.has(field) && typeof value === 'string' && value !== '' ? text : withTexts(value, text),
      ]),
    )
  }

  it('do not change the lines of any text that is read, whatever they are', async () => {
    const { milestone } = await work(['A title'], ['A text'])
    const { group_id, project_id, milestone_id } = milestone
    const reads: [Operation, object][] = [
      [operations.listGroups, {}],
      [operations.getGroupOperation, { group_id }],
      [operations.listMembers, { group_id }],
      [operations.listProjects, { group_id }],
      [operations.getProjectOperation, { project_id }],
      [operations.listMilestones, { group_id }],
      [operations.getMilestoneOperation, { milestone_id }],
      [operations.getMilestoneOperation, { milestone_id, order: 1 }],
      [operations.getMilestoneOperation, { milestone_id, order: 12 }],
      [operations.listReady, { group_id }],
      [operations.whyBlocked, { milestone_id, order: 12 }],
      [operations.getProjectGraph, { project_id }],
      [operations.listProjectOverview, {}],
      [operations.waitFor, { milestone_id, order: 2, until: 'completed', timeout_seconds: 0 }],
    ]
    const unicode = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.constantFrom(...HOSTILE),
    )
    for (const [operation, input] of reads) {
      const { data } = await test.run(operation, input)
      const tell = (text: string) => {
        const told = withTexts(data, text)
        if (operation.kind === 'query') return String(operation.text(told, sayTool, input, NO_READING))
        return operation.kind === 'wait' ? operation.text(told, sayTool, input, 1) : ''
      }
      const usual = skeleton(tell('x'))
      expect(usual).toContain('""')
      void fc.assert(
        fc.property(unicode, (text) => {
          const told = tell(text)
          return skeleton(told) === usual && !UNSEEN.test(told)
        }),
        { numRuns: 300 },
      )
    }
    const { data } = await test.run(operations.listEvents, { group_id })
    const names = (title: string) =>
      new Map<string, Named>(milestone.checkpoints.map(({ checkpoint_id, order }: Data) => [checkpoint_id, { milestone_id, order, title }]))
    const tell = (text: string) => eventsText(withTexts(data, text), sayTool, {}, names(text))
    const usual = skeleton(tell('x'))
    void fc.assert(
      fc.property(unicode, (text) => skeleton(tell(text)) === usual && !UNSEEN.test(tell(text))),
      { numRuns: 300 },
    )
  })

  /** None of these texts reads anything besides. */
  const NO_READING: Data = null

  it('are refused in the same words by a key that lacks a permission', async () => {
    const key = await keyWith(test, test.owner, { 'milestones:write': false })
    const group_id = await makeGroup(test, { name: HOSTILE_TITLES[4] })
    const reply = await key.call('POST', `/groups/${group_id}/milestones`, { title: HOSTILE_TITLES[5] }, { accept: 'text/plain' })
    expect(reply.text).toBe('forbidden: The permission milestones:write is missing.\n')
  })
})
