import { describe, expect, it } from 'vitest'
import { addCheckpoint, updateCheckpoint } from '@/lib/operations/checkpoints'
import { claimCheckpoint } from '@/lib/operations/claims'
import { completeCheckpoint } from '@/lib/operations/completion'
import { failCheckpoint } from '@/lib/operations/failure'
import { createMilestone } from '@/lib/operations/milestones'
import { archiveProject, createProject } from '@/lib/operations/projects'
import { makeScenes } from '@/lib/testing/scenes'
import { workspace } from '@/lib/testing/sketch'
import { countTokens } from '@/lib/testing/tokens'
import { sayCommand, sayRequest, sayTool } from '@/lib/transport/say'
import type { DomainError } from '../errors'
import { refusalText } from './refusal'

const MOST = 160

const ALPHABETS = {
  words: ['Implement ', 'the ', 'session ', 'store ', 'and ', 'authentication '],
  letters: [...'abcdefghijklmnopqrstuvwxyz'],
  consonants: [...'qzxjvkwpfgh'],
  ids: [...'abcdefghijklmnopqrstuvwxyz234567'],
  mixed: [...'aBcDeFgHiJkLmNoPqRsTuVwXyZ019'],
  punctuation: [...'!@#$%^&*()_+-=[]{};:,./<>?|`~'],
  quotes: ['"', '\\', '\\"', "'"],
  cyrillic: [...'щыжэфюъ'],
  han: [...'世界龘靐齉爩鱻麤'],
  emoji: [...'😀🦄🧿🪅🫥🏴🤖'],
  rare: [...'ꙮ𒀀𐎀ᚠ𓀀ⵣ'],
  'rare words': ['ꙮꙮꙮ ', 'ᚠᚠ ', 'ⵣⵣⵣⵣ '],
}

type Alphabet = keyof typeof ALPHABETS
const alphabets = Object.keys(ALPHABETS).filter((name): name is Alphabet => name in ALPHABETS)

/** A text as long as it may be. The seed makes each run the same. */
const longest = (alphabet: Alphabet, seed: number, length = 200): string => {
  const pieces = ALPHABETS[alphabet]
  let text = ''
  for (let at = seed; text.length < length; at = (at * 1_103_515_245 + 12_345) % 2_147_483_648) text += pieces[(at >> 8) % pieces.length]
  let end = length
  if (/[\ud800-\udbff]$/.test(text.slice(0, end))) end -= 1
  return text.slice(0, end).trim()
}

/** As long as the description of a field is anywhere. */
const FORM = `depends_on: array, ${'checkpoints it waits for: numbers in this milestone (2 or "2"), "ms_x:3" in another, or cp_ ids. '.repeat(3)}`

/** The longest refusal text of the three dialects. */
const dearest = ({ code, message, details }: DomainError, asked: object): string =>
  [sayTool, sayRequest, sayCommand]
    .map((say) => refusalText({ error: code, message, details }, { ...asked }, say, code === 'invalid' ? { form: FORM } : {}))
    .reduce((most, text) => (countTokens(text) > countTokens(most) ? text : most))

describe('the text of a completion', () => {
  it('asks as little of a large milestone as of a small one', () => {
    const asked = [10, 500].map((count) => {
      const sketch = workspace()
      const checkpoints = Array.from({ length: count }, (_, at) => ({ title: `Step ${at + 1}`, depends_on: at > 0 ? [at] : [] }))
      const { milestone_id } = sketch.run(createMilestone, { group_id: 'team', title: 'Plan', checkpoints }).data
      const completed = sketch.run(completeCheckpoint, { milestone_id, order: 1 })
      let questions = 0
      sketch.onAsk = (ask) => {
        const counting = new Proxy(sketch.world, {
          get: (world, name) => {
            questions++
            const member: unknown = Reflect.get(world, name)
            return typeof member === 'function' ? member.bind(world) : member
          },
        })
        ask(counting)
      }
      expect(completed.text(sayTool)).toContain('\nnow 2 ready "Step 2"')
      return questions
    })
    expect(asked[0]).toBeGreaterThan(5)
    expect(asked[1]).toBe(asked[0])
  })
})

describe('the texts of usual work', () => {
  it.each(makeScenes())('$name costs at most $most tokens', ({ text, most }) => {
    expect(countTokens(text), text).toBeLessThanOrEqual(most)
  })
})

describe('the refusal of usual work', () => {
  it('is told whole, whatever ids it has', () => {
    const face = (ref: number, title: string, more: object) => ({
      ...{ ref, checkpoint_id: 'cp_x', title, milestone_title: 'Sign-in', group_slug: 'core', private: false },
      ...{ held_by_name: null, last_failure: null, ...more },
    })
    const blockers = [
      face(2, 'Backend implementation', { state: 'failed', last_failure: 'The staging database refuses connections' }),
      face(3, 'Frontend implementation', { state: 'claimed', held_by_name: 'atlas' }),
    ]
    const message = 'Checkpoint 4 depends on checkpoints 2 and 3 which are pending'
    for (let seed = 1; seed < 300; seed++) {
      const milestone_id = `ms_${longest('ids', seed * 7_919, 12)}`
      const text = refusalText({ error: 'blocked', message, details: { blockers } }, { milestone_id, order: 4 }, sayTool)
      expect(text).toContain('\n2 failed "Backend implementation" last failure "The staging database refuses connections"\n')
      expect(text).toContain('\n3 claimed "Frontend implementation" by "atlas"\n')
      expect(countTokens(text)).toBeLessThanOrEqual(MOST)
    }
  })
})

describe.each(alphabets)('with the longest titles, names and reasons of %s', (alphabet) => {
  const title = (seed: number) => longest(alphabet, seed)
  const make = () => {
    const sketch = workspace()
    const other = sketch.group('Other')
    const holder = sketch.as(title(7), { agent: true })
    return { sketch, other, holder }
  }

  /** A checkpoint that waits for so many others, which are failed or claimed by somebody, here or elsewhere. */
  const waiting = (count: number, elsewhere: boolean) => {
    const { sketch, holder } = make()
    const checkpoints = Array.from({ length: count }, (_, at) => ({ title: title(at + 1) }))
    const targets = sketch.run(createMilestone, { group_id: 'team', title: title(99), checkpoints }).data
    const depends_on = checkpoints.map((_, at) => (elsewhere ? `${targets.milestone_id}:${at + 1}` : at + 1))
    const milestone_id = elsewhere
      ? sketch.run(createMilestone, { group_id: 'team', title: title(98) }).data.milestone_id
      : targets.milestone_id
    const last = sketch.run(addCheckpoint, { milestone_id, title: title(97), depends_on }).data.checkpoints.length
    for (const [at] of checkpoints.entries()) {
      const target = { milestone_id: targets.milestone_id, order: at + 1 }
      sketch.run(failCheckpoint, { ...target, reason: longest(alphabet, at + 3, 2_000) }, holder)
      if (at % 2 === 0) sketch.run(claimCheckpoint, target, holder)
    }
    return { sketch, address: { milestone_id, order: last } }
  }

  it.each([1, 2, 3, 50])(
    'a refusal with %i blockers costs at most 160 tokens, and names the first three and the number of the others',
    (count) => {
      for (const elsewhere of [false, true]) {
        const { sketch, address } = waiting(count, elsewhere)
        const text = dearest(sketch.refused(completeCheckpoint, address), address)
        expect(countTokens(text), text).toBeLessThanOrEqual(MOST)
        expect(text.split('\n')).toHaveLength(1 + Math.min(count, 3) + (count > 3 ? 1 : 0) + 2)
        if (count > 3) expect(text).toContain(`and ${count - 3} more`)
        if (count === 1) expect(text).toMatch(/^blocked: Checkpoint \d depends on (checkpoint 1|ms_\w+:1) which is pending\n/)
      }
    },
  )

  it('every other refusal that says a stored text costs at most 160 tokens', () => {
    const { sketch, holder } = make()
    const ids = Array.from(
      { length: 30 },
      (_, at) =>
        sketch.run(createMilestone, { group_id: 'team', title: title(at), checkpoints: [{ title: title(at + 50) }] }).data.milestone_id,
    )
    for (const [at, milestone_id] of ids.slice(1).entries())
      sketch.run(updateCheckpoint, { milestone_id, order: 1, depends_on: [`${ids[at]}:1`] })
    const closing = { milestone_id: ids[0] ?? '', order: 1 }
    const archived = sketch.run(createProject, { group_id: 'team', title: title(5) }).data.project_id
    sketch.run(archiveProject, { project_id: archived })
    const planned = { group_id: 'team', title: 'x', project_id: archived }
    const refusals = [
      [sketch.refused(updateCheckpoint, { ...closing, depends_on: [`${ids.at(-1)}:1`] }), closing],
      [sketch.refused(createMilestone, planned), planned],
      [sketch.refused(addCheckpoint, { milestone_id: closing.milestone_id, title: 'x', depends_on: [title(3)] }), closing],
      [sketch.refused(completeCheckpoint, { ...closing, claim_id: title(2) }), closing],
    ] as const
    sketch.run(claimCheckpoint, closing, holder)
    const claimed = [sketch.refused(completeCheckpoint, closing), closing] as const
    for (const [refusal, asked] of [...refusals, claimed]) {
      const text = dearest(refusal, asked)
      expect(countTokens(text), text).toBeLessThanOrEqual(MOST)
      expect(text).toContain('next: ')
    }
  })

  it('a refusal of fifty wrong fields costs at most 160 tokens, names the first three and counts the others', () => {
    const { sketch } = make()
    const wrong = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [longest(alphabet, at + 1, 300), 1]))
    const asked = { ...wrong, group_id: 'team', title: 'x' }
    const text = dearest(sketch.refused(createMilestone, asked), asked)
    expect(countTokens(text), text).toBeLessThanOrEqual(MOST)
    expect(text).toMatch(
      /^invalid: .+\nalso .+\nalso .+\nand \d+ more\ndepends_on: array, .+…\nit takes group_id, title, description, project_id, checkpoints$/,
    )
  })

  it('a completion costs at most 120 tokens, however many it opens', () => {
    const { sketch } = make()
    const opened = Array.from({ length: 40 }, (_, at) => ({ title: title(at + 2), depends_on: [1] }))
    const { milestone_id } = sketch.run(createMilestone, {
      group_id: 'team',
      title: title(1),
      checkpoints: [{ title: title(1) }, ...opened],
    }).data
    const text = sketch.run(completeCheckpoint, { milestone_id, order: 1, note: title(3), git_pr_url: 'https://x.test/1' }).text(sayTool)
    expect(countTokens(text), text).toBeLessThanOrEqual(120)
    expect(text.split('\n')).toHaveLength(8)
    expect(text).toMatch(/\nand 35 more$/)
  })
})
