import { expect, test } from 'vitest'
import { deedOf, type Part, phraseOf } from './event-words'

/** The phrase with the names of checkpoints in brackets and written texts in quotation marks. */
const say = (type: string, data: Record<string, unknown> = {}) => phraseOf({ type, data }).map(told).join('')

const told = (part: Part) => (typeof part === 'string' ? part : 'written' in part ? `“${part.written}”` : `[${part.checkpoint_id}]`)

test('an event of a checkpoint is the end of a sentence that begins with a name', () => {
  expect(say('checkpoint.added')).toBe('added it')
  expect(say('checkpoint.completed')).toBe('completed it')
  expect(say('checkpoint.updated', { title: 'T' })).toBe('renamed it to “T”')
  expect(say('checkpoint.updated', { title: 'T', description: '' })).toBe('renamed it to “T” and edited the description')
  expect(say('checkpoint.updated', { description: '' })).toBe('edited the description')
  expect(say('checkpoint.linked', { git_branch_url: 'https://x' })).toBe('linked the branch')
  expect(say('checkpoint.linked', { git_branch_url: 'https://x', git_pr_url: 'https://x', git_commit_url: null, note: 'n' })).toBe(
    'linked the branch and the pull request, removed the link to the commit and wrote a note',
  )
  expect(say('checkpoint.linked', { note: '' })).toBe('removed the note')
  expect(say('checkpoint.dependency_added', { depends_on: 'cp_1' })).toBe('made it depend on [cp_1]')
  expect(say('checkpoint.dependency_removed', { depends_on: 'cp_1' })).toBe('removed its dependency on [cp_1]')
  expect(say('checkpoint.reopened', { reason: 'It broke', cause: null })).toBe('reopened it: “It broke”')
  expect(say('checkpoint.reopened', { reason: 'It broke', cause: 'cp_1' })).toBe('reopened it together with [cp_1]: “It broke”')
  expect(say('proposal.round_started', { round: 2 })).toBe('began round 2 of the vote')
})

test('an event where nothing is named says what kind of thing it was about', () => {
  expect(deedOf('checkpoint.completed')).toBe('completed a checkpoint')
  expect(say('milestone.closed')).toBe('closed a milestone')
})

test('an event of a newer version of Cairn, or one named like a property of every object, is no riddle and no error', () => {
  for (const type of ['checkpoint.handed_over', '__proto__', 'constructor', ''])
    expect(say(type)).toBe('did something that this version of Cairn does not know')
})
