import { expect, test } from 'vitest'
import { deedOf, type Part, phraseOf } from './event-words'

/** The phrase with the names of checkpoints in brackets and written texts in quotation marks. */
const say = (type: string, data: Record<string, unknown> = {}) => phraseOf({ type, data, actor_id: 'usr_1' }).map(told).join('')

function told(part: Part) {
  if (typeof part === 'string') return part
  if ('written' in part) return `“${part.written}”`
  return `[${'checkpoint_id' in part ? part.checkpoint_id : part.principal_id}]`
}

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
  expect(say('proposal.round_started', { round: 2 })).toBe('began round 2 of the vote on it')
})

test('a vote is told by what it is on, with what was voted and what it came to', () => {
  expect(say('proposal.created', { title: 'Where?' })).toBe('asked for a vote on it')
  expect(say('ballot.cast', { vote: 'yes', comment: '' })).toBe('voted “yes” on it')
  expect(say('ballot.cast', { vote: 'Oslo,Riga', comment: 'Near' })).toBe('voted “Oslo,Riga” on it: “Near”')
  const facts = { round: 1, by: 'call', result: 'yes', threshold_met: true }
  expect(say('proposal.finalized', facts)).toBe('finalized the vote on it, which passed')
  expect(say('proposal.finalized', { ...facts, result: 'Oslo' })).toBe('finalized the vote on it, which passed, with “Oslo”')
  expect(say('proposal.finalized', { ...facts, by: 'deadline', result: null, threshold_met: false })).toBe(
    'found that the vote on it had ended and did not pass',
  )
  expect(say('proposal.round_started', { round: 2, reason: 'Now it works' })).toBe('began round 2 of the vote on it: “Now it works”')
  expect(say('proposal.voter_added', { voter_id: 'ap_1' })).toBe('added [ap_1] to those who vote on it')
  expect(say('checkpoint.gate_lifted', { reason: 'Trivial' })).toBe('lifted its gate: “Trivial”')
})

test('what became of claims and attempts is told by its number, and an expiry is told as what happened to its holder', () => {
  expect(say('claim.taken', { attempt: 1 })).toBe('claimed it')
  expect(say('claim.taken', { attempt: 2 })).toBe('claimed it (attempt 2)')
  expect(say('claim.renewed')).toBe('extended the claim')
  expect(say('claim.released', { held_by: 'usr_1', attempt: 1 })).toBe('released it')
  expect(say('claim.released', { held_by: 'ap_1', attempt: 1 })).toBe('released the claim of [ap_1]')
  expect(say('claim.expired', { held_by: 'ap_1', attempt: 2 })).toBe('The claim of [ap_1] expired (attempt 2)')
  expect(say('checkpoint.failed', { reason: 'Red', attempt: 3 })).toBe('reported that attempt 3 failed: “Red”')
  expect(say('checkpoint.retried')).toBe('gave it back')
  expect(say('checkpoint.relinked', { withdrawn: 'cp_0', depends_on: ['cp_1', 'cp_2'] })).toBe(
    'withdrew a checkpoint that it waited for, so that it waits for [cp_1] and [cp_2] instead',
  )
  expect(say('checkpoint.relinked', { withdrawn: 'cp_0', depends_on: [] })).toBe('withdrew a checkpoint that it waited for')
})

test('an event where nothing is named says what kind of thing it was about', () => {
  expect(deedOf('checkpoint.completed')).toBe('completed a checkpoint')
  expect(say('milestone.closed')).toBe('closed a milestone')
})

test('an event of a newer version of Cairn, or one named like a property of every object, is no riddle and no error', () => {
  for (const type of ['checkpoint.handed_over', '__proto__', 'constructor', ''])
    expect(say(type)).toBe('did something that this version of Cairn does not know')
})
