import { expect, test } from 'vitest'
import { readPlan } from '@/lib/client/plan'
import { sentenceOf } from './history'

type Given = Parameters<typeof readPlan>[0]

/** The sentences read nothing else of a plan. */
const asGraph = (value: unknown) => value as Given

const plan = readPlan(
  asGraph({
    milestones: [
      { milestone_id: 'ms_1', title: 'Here', checkpoints: [{ checkpoint_id: 'cp_1', order: 1, title: 'Design', state: 'ready' }] },
    ],
    neighbours: [{ checkpoint_id: 'cp_far', order: 3, title: 'Deploy', milestone_id: 'ms_2', milestone_title: 'API v2', private: false }],
    edges: [],
  }),
)
const say = (type: string, data: Record<string, unknown> = {}) => sentenceOf({ type, data }, plan, 'ms_1')

test('an event is the end of a sentence that begins with a name', () => {
  expect(say('checkpoint.added')).toBe('added it')
  expect(say('checkpoint.completed')).toBe('completed it')
  expect(say('checkpoint.linked', { git_branch_url: 'https://x' })).toBe('linked the branch')
  expect(say('checkpoint.linked', { git_branch_url: 'https://x', git_pr_url: 'https://x', git_commit_url: null, note: 'n' })).toBe(
    'linked the branch and the pull request, unlinked the commit and wrote a note',
  )
  expect(say('checkpoint.dependency_added', { depends_on: 'cp_1' })).toBe('made it wait for 1 Design')
  expect(say('checkpoint.dependency_added', { depends_on: 'cp_far' })).toBe('made it wait for API v2 · 3 Deploy')
  expect(say('checkpoint.reopened', { reason: 'It broke', cause: null })).toBe('reopened it: It broke')
  expect(say('checkpoint.reopened', { reason: 'It broke', cause: 'cp_1' })).toBe('reopened it together with 1 Design: It broke')
})

test('what this page does not know is said without its name, and an unknown event by its own words', () => {
  expect(say('checkpoint.dependency_removed', { depends_on: 'cp_gone' })).toBe('took away that it waits for another checkpoint')
  expect(say('checkpoint.handed_over')).toBe('handed over')
})
