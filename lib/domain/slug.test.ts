import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createGroup, updateGroup } from '@/lib/operations/groups'
import { createMilestone } from '@/lib/operations/milestones'
import { createProject, updateProject } from '@/lib/operations/projects'
import { workspace } from '@/lib/testing/sketch'
import { identify } from './context'
import { NOWHERE } from './events'
import { isUuid, repeatableIds } from './ids'
import { freeSlug, needsTransliteration, SLUG_LENGTH, SLUG_SHAPE, slugFrom } from './slug'
import { transliterate } from './transliterate'

const titles = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.uuid().map((id) => id.replace(/[a-f]/g, (letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0))),
  fc.array(fc.constantFrom('é', 'ß', 'Й', '后', 'バ', '백', 'ف', 'टी', ' ', '-', 'x', '7', '💥')).map((parts) => parts.join('')),
)

describe('the slug of a title', () => {
  const slugOf = (title: string) => slugFrom(title, 'fallback', transliterate)

  it.each([
    ['API v2', 'api-v2'],
    ['  Crème brûlée!  ', 'creme-brulee'],
    ['--Ship -- it--', 'ship-it'],
    ['2026', '2026'],
    ['ﬁne Ⅳ', 'fine-iv'],
    ['½ price', '1-2-price'],
    ['п’ять днів', 'p-yat-dniv'],
    ['пʼять', 'pyat'],
    ['объект', 'obekt'],
    ['и\u0306', 'y'],
    ['ﾊﾟﾝ', 'pan'],
    ['人々 2 チーム', 'ren-2-chimu'],
    ['٣ و ๔', '3-w-4'],
    ['Ship 💥 it', 'ship-it'],
  ])('is of %j: %j', (title, slug) => {
    expect(slugOf(title)).toBe(slug)
  })

  it.each(['💥', '!!!', '', 'ا', '1b4e28ba-2fa1-11d2-883f-0016d3cca427'])('is the fallback for %j', (title) => {
    expect(slugOf(title)).toBe('fallback')
  })

  it('is cut at 64 characters, and never ends in a hyphen', () => {
    expect(slugOf('a'.repeat(80))).toBe('a'.repeat(64))
    expect(slugOf(`${'a'.repeat(63)} b`)).toBe('a'.repeat(63))
  })

  it('is well-formed or the fallback, whatever the title, and the same in whichever form of Unicode it comes', () => {
    fc.assert(
      fc.property(titles, (title) => {
        const slug = slugFrom(title, '', transliterate)
        expect(slug).toMatch(/^$|^[a-z0-9]+(-[a-z0-9]+)*$/)
        expect(slug.length).toBeLessThanOrEqual(SLUG_LENGTH)
        expect(isUuid(slug)).toBe(false)
        expect(['NFC', 'NFD'].map((form) => slugFrom(title.normalize(form), '', transliterate))).toEqual([slug, slug])
      }),
    )
  })

  it('is well-formed, whatever the tables say of a character', () => {
    fc.assert(
      fc.property(titles, fc.string({ unit: 'binary' }), (title, anything) => {
        expect(slugFrom(title, 'fallback', () => anything)).toMatch(SLUG_SHAPE)
      }),
    )
  })

  it('asks no table for a title that is not said to need them', () => {
    fc.assert(
      fc.property(titles, (title) => {
        let asked = false
        slugFrom(title, '', (character) => {
          asked = true
          return transliterate(character)
        })
        expect(needsTransliteration(title)).toBe(asked)
      }),
    )
    expect(['Équipe Été', 'C++ 💥', 'ﬁne'].some(needsTransliteration)).toBe(false)
    expect(['Straße', 'Ω', 'टी', '北'].every(needsTransliteration)).toBe(true)
  })
})

describe('the free slug', () => {
  const free = (wanted: string, ...taken: string[]) => freeSlug(wanted, (slug) => taken.includes(slug))

  it('is the wanted one, or has the first number from 2 that is free', () => {
    expect(free('c')).toBe('c')
    expect(free('c', 'c')).toBe('c-2')
    expect(free('c', 'c', 'c-2', 'c-3', 'c-5')).toBe('c-4')
    expect(free('v-2', 'v-2')).toBe('v-2-2')
  })

  it('is not longer than a slug may be, and keeps its shape where it is cut', () => {
    const long = 'a'.repeat(SLUG_LENGTH)
    expect(free(long, long)).toBe(`${'a'.repeat(SLUG_LENGTH - 2)}-2`)
    const words = `${'a'.repeat(SLUG_LENGTH - 3)}-bb`
    expect(free(words, words)).toBe(`${'a'.repeat(SLUG_LENGTH - 3)}-2`)
  })

  it('is free and well-formed, whatever is taken, and found with few questions', () => {
    const numbered = fc.integer({ min: 1, max: 30_000 }).map((count) => (count === 1 ? ['x'] : ['x', `x-${count}`]))
    fc.assert(
      fc.property(
        fc.constantFrom('x', 'x'.repeat(SLUG_LENGTH), `${'x'.repeat(SLUG_LENGTH - 2)}-y`),
        fc.nat(30_000),
        fc.array(numbered),
        (wanted, count, others) => {
          const taken = new Set(others.flat())
          for (let n = 1; n <= count; n++)
            taken.add(n === 1 ? wanted : `${wanted.slice(0, SLUG_LENGTH - 1 - String(n).length).replace(/-$/, '')}-${n}`)
          let questions = 0
          const slug = freeSlug(wanted, (asked) => {
            questions++
            return taken.has(asked)
          })
          expect(taken.has(slug)).toBe(false)
          expect(slug).toMatch(SLUG_SHAPE)
          expect(slug.length).toBeLessThanOrEqual(SLUG_LENGTH)
          expect(questions).toBeLessThan(60)
        },
      ),
    )
  })
})

describe('the slugs of a workspace', () => {
  it.each([
    ['Команда бэкенда', 'komanda-bekenda'],
    ['バックエンド', 'batkuendo'],
    ['后端团队', 'hou-duan-tuan-dui'],
    ['백엔드', 'baegendeu'],
    ['Ομάδα', 'omada'],
    ['فريق الخلفية', 'fryq-lkhlfyh'],
    ['टीम', 'tim'],
    ['Straße', 'strasse'],
    ['Łódź', 'lodz'],
    ['Øresund', 'oresund'],
    ['Ægir', 'aegir'],
    ['İstanbul', 'istanbul'],
    ['ışık', 'isik'],
    ['Équipe Été', 'equipe-ete'],
  ])('[S1] makes the slug of %j in Latin letters, for a group and for a project', (title, slug) => {
    const sketch = workspace()
    expect(sketch.run(createGroup, { name: title }).data.slug).toBe(slug)
    expect(sketch.run(createProject, { group_id: 'team', title }).data.slug).toBe(slug)
  })

  it('[S1] says in a refusal what to give instead, to make a slug and to change one', () => {
    const sketch = workspace()
    const { project_id } = sketch.run(createProject, { group_id: 'team', title: 'Else' }).data
    const made = 'Give another one, or none: Cairn then makes one that is free.'
    expect(sketch.refused(createGroup, { name: 'New', slug: 'team' }).message).toBe(`The slug team is not available. ${made}`)
    const project = { group_id: 'team', title: 'New', slug: 'else' }
    expect(sketch.refused(createProject, project).message).toBe(`The slug else is not available. ${made}`)
    const kept = 'Give another one, or none to keep the present one, which is'
    expect(sketch.refused(updateProject, { project_id, slug: 'general' }).message).toBe(`The slug general is not available. ${kept} else.`)
    const { group_id } = sketch.run(createGroup, { name: 'Own' }).data
    expect(sketch.refused(updateGroup, { group_id, slug: 'team' }).message).toBe(`The slug team is not available. ${kept} own.`)
  })

  it('makes a project slug from its title, and from its id where the title has no letter and no digit', () => {
    const sketch = workspace()
    expect(sketch.run(createProject, { group_id: 'team', title: 'Website 2' }).data.slug).toBe('website-2')
    const { slug, project_id } = sketch.run(createProject, { group_id: 'team', title: '…' }).data
    expect(slug).toBe(project_id.replace('_', '-'))
  })

  it('[S1] numbers a made slug that is taken, in the group of a project', () => {
    const sketch = workspace()
    sketch.group('Other')
    sketch.run(createProject, { group_id: 'team', title: 'Website' })
    const slugs = ['website!', 'Website', 'Website 2'].map((title) => sketch.run(createProject, { group_id: 'team', title }).data.slug)
    expect(slugs).toEqual(['website-2', 'website-3', 'website-2-2'])
    expect(sketch.run(createProject, { group_id: 'other', title: 'Website' }).data.slug).toBe('website')
  })

  it('[S1] refuses a given slug that is taken, in a group of projects and among all groups', () => {
    const sketch = workspace()
    const { project_id } = sketch.run(createProject, { group_id: 'team', title: 'Else' }).data
    sketch.run(createProject, { group_id: 'team', title: 'Website' })
    const taken = { code: 'slug_taken', details: { slug: 'website' } }
    expect(sketch.refused(createProject, { group_id: 'team', title: 'New', slug: 'website' })).toMatchObject(taken)
    expect(sketch.refused(updateProject, { project_id, slug: 'website' })).toMatchObject(taken)
    expect(sketch.refused(createGroup, { name: 'New', slug: 'team' })).toMatchObject({ code: 'slug_taken', details: { slug: 'team' } })
  })

  it('frees a slug that is given up, and keeps one that is given again', () => {
    const sketch = workspace()
    const { project_id } = sketch.run(createProject, { group_id: 'team', title: 'Website' }).data
    expect(sketch.run(updateProject, { project_id, slug: 'website' }).events).toEqual([])
    sketch.run(updateProject, { project_id, slug: 'site' })
    expect(sketch.run(createProject, { group_id: 'team', title: 'Website' }).data.slug).toBe('website')
  })

  it('[S1] reserves general for the default project, even before there is one', () => {
    const sketch = workspace()
    expect(sketch.refused(createProject, { group_id: 'team', title: 'Else', slug: 'general' }).code).toBe('slug_taken')
    expect(sketch.run(createProject, { group_id: 'team', title: 'General' }).data.slug).toBe('general-2')
    const { project_id } = sketch.run(createMilestone, { group_id: 'team', title: 'First' }).data
    expect(sketch.world.find('project', project_id)?.slug).toBe('general')
    expect(sketch.run(createProject, { group_id: 'team', title: 'General' }).data.slug).toBe('general-3')
  })

  it('[S1] reserves general for it in every script', () => {
    const sketch = workspace()
    expect(sketch.run(createProject, { group_id: 'team', title: 'Генерал' }).data.slug).toBe('general-2')
  })

  it('[S1] is never refused to a call that gives none', () => {
    const names = fc.constantFrom('Team', 'team!', 'Теам', 'General', 'Генерал', '💥', '后', 'hou', 'Hóu', 'general-2', 'team 2')
    fc.assert(
      fc.property(fc.array(names, { maxLength: 12 }), (given) => {
        const sketch = workspace()
        for (const title of given) {
          sketch.run(createGroup, { name: title })
          const { project_id } = sketch.run(createProject, { group_id: 'team', title }).data
          sketch.run(updateProject, { project_id, title: `${title} again` })
        }
        sketch.run(createMilestone, { group_id: 'team', title: 'First' })
        const slugs = sketch.world.list('group', sketch.groupId('team'), 'project').map(({ slug }) => slug)
        expect(new Set(slugs).size).toBe(given.length + 1)
      }),
      { numRuns: 30 },
    )
  })

  it('[S1] numbers the made slug of a group, and so does not say that a private group has it', () => {
    const sketch = workspace()
    sketch.group('Secret', 'private')
    const stranger = sketch.as('Stranger', { groups: [] })
    const slugs = ['C++', 'C#', 'C', 'TEAM', 'secret', 'Secret'].map((name) => sketch.run(createGroup, { name }, stranger).data.slug)
    expect(slugs).toEqual(['c', 'c-2', 'c-3', 'team-2', 'secret-2', 'secret-3'])
  })

  it('[S1] numbers the slug from an id too, if somebody has given it to another', () => {
    const sketch = workspace()
    const ids = { ...repeatableIds().start(), newGroupId: () => '00000000-0000-4000-8000-000000000000' }
    sketch.run(createGroup, { name: 'Squatter', slug: 'group-00000000' })
    const context = { caller: identify(sketch.world, sketch.owner, sketch.now), now: sketch.now, origin: '', ids }
    const input = createGroup.input.parse({ name: '💥' })
    expect(createGroup.decide(sketch.world, input, context, { scope: NOWHERE }).events[0]?.data).toMatchObject({ slug: 'group-00000000-2' })
  })
})
