import { describe, expect, it } from 'vitest'
import {
  addCheckpoint,
  castVote,
  completeCheckpoint,
  createGroup,
  createMilestone,
  createProject,
  createProposal,
  reopenCheckpoint,
  updateCheckpoint,
} from '@/lib/operations'
import { inputFromForm, sentIn } from './form'

const formOf = (...fields: [name: string, value: string][]): FormData => {
  const form = new FormData()
  for (const [name, value] of fields) form.append(name, value)
  return form
}

const address: [string, string][] = [
  ['milestone_id', 'ms_x'],
  ['order', '2'],
]

describe('a form', () => {
  it('becomes text, numbers, a yes, and a list of references, as the operation takes them', () => {
    const form = formOf(...address, ['title', 'T'], ['position', '3'], ['requires_consensus', 'on'], ['depends_on', '1, ms_x:3  cp_y'])
    expect(inputFromForm(addCheckpoint.input, form)).toEqual({
      milestone_id: 'ms_x',
      order: '2',
      title: 'T',
      position: 3,
      requires_consensus: true,
      depends_on: [1, 'ms_x:3', 'cp_y'],
    })
  })

  it('leaves out an empty number, clears an empty link, and keeps an empty text and an empty list', () => {
    const form = formOf(['position', ''], ['git_pr_url', ''], ['description', ''], ['depends_on', ' '])
    expect(inputFromForm(addCheckpoint.input, form)).toEqual({ git_pr_url: null, description: '', depends_on: [] })
  })

  it('takes each line for an option of a vote, and joins the parts of a ballot that ranks them', () => {
    const options = ['options', ' Blue, of the sea \r\n\r\nGreen\r\n'] as [string, string]
    expect(inputFromForm(createProposal.input, formOf(options, ['deadline_hours', '']))).toEqual({
      options: [' Blue, of the sea ', 'Green'],
      deadline_hours: null,
    })
    const parts = Array.from({ length: 11 }, (_, at): [string, string] => [`vote.${at}`, `Option ${at}`])
    expect(inputFromForm(castVote.input, formOf(...parts.toReversed(), ['round', '2']))).toEqual({
      vote: parts.map(([, option]) => option).join(','),
      round: 2,
    })
    expect(inputFromForm(castVote.input, formOf(['vote', 'yes']))).toEqual({ vote: 'yes' })
  })

  it('[U1] completes an address without a scheme, and passes on every other text in its place', () => {
    const pasted = 'github.com/org/repo/pull/42'
    expect(inputFromForm(updateCheckpoint.input, formOf(['git_pr_url', ` ${pasted} `], ['note', pasted], ['title', pasted]))).toEqual({
      git_pr_url: `https://${pasted}`,
      note: pasted,
      title: pasted,
    })
    expect(inputFromForm(createMilestone.input, formOf(['checkpoints.0.git_branch_url', pasted]))).toEqual({
      checkpoints: [{ git_branch_url: `https://${pasted}` }],
    })
    expect(inputFromForm(updateCheckpoint.input, formOf(['git_pr_url', 'ftp://a.b/c']))).toEqual({ git_pr_url: 'ftp://a.b/c' })
  })

  it('leaves out an empty text where an empty one has not the form that is asked for', () => {
    expect(inputFromForm(createGroup.input, formOf(['name', 'C#'], ['slug', '']))).toEqual({ name: 'C#' })
    expect(inputFromForm(createGroup.input, formOf(['name', ''], ['slug', ' ']))).toEqual({ name: '', slug: ' ' })
    expect(inputFromForm(createProject.input, formOf(['color', ''], ['description', '']))).toEqual({ description: '' })
  })

  it('passes on a number that is none, so that it is refused and not lost', () => {
    for (const text of ['1.5', 'x', '1e3', '0x10', ' 1', '9'.repeat(16)])
      expect(inputFromForm(addCheckpoint.input, formOf(['position', text]))).toEqual({ position: text })
  })

  it('takes a checkbox for a yes by its value, and one that is not sent for no answer', () => {
    expect(inputFromForm(reopenCheckpoint.input, formOf(['cascade', 'on']))).toEqual({ cascade: true })
    expect(inputFromForm(reopenCheckpoint.input, formOf(['cascade', 'true']))).toEqual({ cascade: true })
    expect(inputFromForm(reopenCheckpoint.input, formOf(['cascade', 'false']))).toEqual({ cascade: false })
    expect(inputFromForm(reopenCheckpoint.input, formOf(['reason', 'x']))).toEqual({ reason: 'x' })
  })

  it('gathers a field that is given several times into a list where it takes one, else the first counts', () => {
    expect(inputFromForm(updateCheckpoint.input, formOf(['depends_on', '1'], ['depends_on', '3']))).toEqual({ depends_on: [1, 3] })
    expect(inputFromForm(updateCheckpoint.input, formOf(['title', 'a'], ['title', 'b']))).toEqual({ title: 'a' })
  })

  it('ends lines with a line feed, as they were typed', () => {
    expect(inputFromForm(completeCheckpoint.input, formOf(['note', 'a\r\nb\nc']))).toEqual({ note: 'a\nb\nc' })
  })

  it('leaves out what Next adds, and files', () => {
    const form = formOf(['$ACTION_ID_1', 'x'], ['$ACTION_REF_1', ''], ['note', 'n'])
    form.append('git_pr_url', new File(['x'], 'x.txt'))
    expect(inputFromForm(completeCheckpoint.input, form)).toEqual({ note: 'n', git_pr_url: null })
  })

  it('passes on a field that the operation does not know, so that it is refused', () => {
    expect(inputFromForm(createProject.input, formOf(['colour', 'red']))).toEqual({ colour: 'red' })
  })

  it('becomes rows by their numbers, in order, whatever the order of the fields', () => {
    const form = formOf(
      ['checkpoints.10.title', 'K'],
      ['checkpoints.2.title', 'C'],
      ['checkpoints.0.title', 'A'],
      ['checkpoints.0.depends_on', ''],
    )
    expect(inputFromForm(createMilestone.input, form)).toEqual({
      checkpoints: [{ title: 'A', depends_on: [] }, { title: 'C' }, { title: 'K' }],
    })
  })

  it('leaves out rows that nobody filled in', () => {
    const row = (at: number, title: string): [string, string][] => [
      [`checkpoints.${at}.title`, title],
      [`checkpoints.${at}.depends_on`, ''],
      [`checkpoints.${at}.git_pr_url`, ''],
    ]
    const { checkpoints } = Object(inputFromForm(createMilestone.input, formOf(...row(0, 'A'), ...row(1, ''), ...row(2, ''))))
    expect(checkpoints).toEqual([{ title: 'A', depends_on: [], git_pr_url: null }])
  })

  it('[D4] a number goes on meaning the row that was meant, when a row before it was left out', () => {
    const rows = ['A', '', 'C', 'D', 'E'].flatMap((title, at): [string, string][] => [
      [`checkpoints.${at}.title`, title],
      // E waits for the third row, C.
      [`checkpoints.${at}.depends_on`, title === 'E' ? '3' : ''],
    ])
    const { checkpoints } = Object(inputFromForm(createMilestone.input, formOf(...rows)))
    const steps: { title: string; depends_on: number[] }[] = checkpoints
    const waits = steps.flatMap(({ title, depends_on }) => depends_on.map((order) => `${title} waits for ${steps[order - 1]?.title}`))
    expect(waits).toEqual(['E waits for C'])
  })

  it('leaves out a field that still has what it had when it was shown, so that it sends what was changed and nothing else', () => {
    const shown: [string, string][] = [
      ['$was.title', 'T'],
      ['$was.description', 'a\nb'],
      ['$was.depends_on', '1, 3'],
      ['$was.note', ''],
    ]
    const untouched = formOf(...address, ...shown, ['title', 'T'], ['description', 'a\r\nb'], ['depends_on', '1, 3'], ['note', ''])
    expect(inputFromForm(updateCheckpoint.input, untouched)).toEqual({ milestone_id: 'ms_x', order: '2' })
    const touched = formOf(...address, ...shown, ['title', 'T '], ['description', ''], ['depends_on', '1'], ['note', 'n'])
    expect(inputFromForm(updateCheckpoint.input, touched)).toEqual({
      milestone_id: 'ms_x',
      order: '2',
      title: 'T ',
      description: '',
      depends_on: [1],
      note: 'n',
    })
  })

  it('sends a field that was shown in one piece and has something added in another', () => {
    const form = formOf(['$was.depends_on', 'cp_a cp_b'], ['depends_on', 'cp_a cp_b'], ['depends_on', '99'])
    expect(inputFromForm(updateCheckpoint.input, form)).toEqual({ depends_on: ['cp_a', 'cp_b', 99] })
  })

  it('sends the version with what it guards, and not without it', () => {
    const guarded = (depends_on: string, position: string) =>
      inputFromForm(
        addCheckpoint.input,
        formOf(
          ['title', 'T'],
          ['$was.depends_on', ''],
          ['$with.depends_on.expected_version', '7'],
          ['depends_on', depends_on],
          ['$was.position', ''],
          ['$with.position.expected_version', '7'],
          ['position', position],
        ),
      )
    expect(guarded('', '')).toEqual({ title: 'T' })
    expect(guarded('cp_a', '')).toEqual({ title: 'T', depends_on: ['cp_a'], expected_version: 7 })
    expect(guarded('', '2')).toEqual({ title: 'T', position: 2, expected_version: 7 })
    expect(guarded('cp_a', '2')).toEqual({ title: 'T', depends_on: ['cp_a'], position: 2, expected_version: 7 })
  })

  it('does not send the version with a position that is emptied, which is not sent either', () => {
    const form = formOf(['$was.position', '3'], ['$with.position.expected_version', '7'], ['position', ''])
    expect(inputFromForm(addCheckpoint.input, form)).toEqual({})
  })

  it('gives back all that was in it, with what it was shown with, and without what Next and the script add', () => {
    const form = formOf(['title', 'a\r\nb'], ['$was.title', 'a'], ['$numbers', 'cp_a cp_b'], ['$key', 'k'], ['$ACTION_ID_1', ''])
    form.append('depends_on', '1')
    form.append('depends_on', '2')
    expect(sentIn(form)).toEqual({ title: ['a\nb'], '$was.title': ['a'], $numbers: ['cp_a cp_b'], depends_on: ['1', '2'] })
  })

  it('an empty row for which another one waits is kept, so that it is refused and the other waits for nothing else', () => {
    const form = formOf(
      ['checkpoints.0.title', ''],
      ['checkpoints.1.title', ''],
      ['checkpoints.2.title', 'C'],
      ['checkpoints.2.depends_on', '2'],
    )
    expect(inputFromForm(createMilestone.input, form)).toEqual({ checkpoints: [{ title: '' }, { title: 'C', depends_on: [1] }] })
  })

  it('passes on a number that nobody would write as one, so that it is refused as it was written', () => {
    expect(inputFromForm(updateCheckpoint.input, formOf(['depends_on', '01, 1, 0']))).toEqual({ depends_on: ['01', 1, 0] })
  })

  it('cannot reach beyond itself', () => {
    const form = formOf(['__proto__.polluted', '1'], ['constructor.prototype.polluted', '1'], ['checkpoints.__proto__.polluted', '1'])
    inputFromForm(createMilestone.input, form)
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
    expect(Reflect.get([], 'polluted')).toBeUndefined()
    expect(Reflect.get(Object, 'polluted')).toBeUndefined()
  })

  it('as deep as a name can be is read like any other', () => {
    const form = formOf([Array.from({ length: 10_000 }, () => 'a').join('.'), 'x'])
    expect(() => inputFromForm(createMilestone.input, form)).not.toThrow()
  })
})
