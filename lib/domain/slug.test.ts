import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createGroup } from '@/lib/operations/groups'
import { createMilestone } from '@/lib/operations/milestones'
import { createProject, updateProject } from '@/lib/operations/projects'
import { workspace } from '@/lib/testing/sketch'
import { identify } from './context'
import { NOWHERE } from './events'
import { newId } from './ids'
import { freeSlug, SLUG_LENGTH, SLUG_SHAPE, slugFrom } from './slug'

describe('the slug of a title', () => {
  it.each([
    ['API v2', 'api-v2'],
    ['  Crème brûlée!  ', 'creme-brulee'],
    ['--Ship -- it--', 'ship-it'],
    ['2026', '2026'],
    ['ﬁne Ⅳ', 'fine-iv'],
  ])('is of %j: %j', (title, slug) => {
    expect(slugFrom(title, 'fallback')).toBe(slug)
  })

  it.each(['日本語', '!!!', '', '1b4e28ba-2fa1-11d2-883f-0016d3cca427'])('is the fallback for %j', (title) => {
    expect(slugFrom(title, 'fallback')).toBe('fallback')
  })

  it('is cut at 64 characters, and never ends in a hyphen', () => {
    expect(slugFrom('a'.repeat(80), '')).toBe('a'.repeat(64))
    expect(slugFrom(`${'a'.repeat(63)} b`, '')).toBe('a'.repeat(63))
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
  it('makes a project slug from its title, and from its id where the title has no Latin letter', () => {
    const sketch = workspace()
    expect(sketch.run(createProject, { group_id: 'team', title: 'Website 2' }).data.slug).toBe('website-2')
    const { slug, project_id } = sketch.run(createProject, { group_id: 'team', title: '計画' }).data
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

  it('[S1] numbers the made slug of a group, and so does not say that a private group has it', () => {
    const sketch = workspace()
    sketch.group('Secret', 'private')
    const stranger = sketch.as('Stranger', { groups: [] })
    const slugs = ['C++', 'C#', 'C', 'TEAM', 'secret', 'Secret'].map((name) => sketch.run(createGroup, { name }, stranger).data.slug)
    expect(slugs).toEqual(['c', 'c-2', 'c-3', 'team-2', 'secret-2', 'secret-3'])
  })

  it('[S1] numbers the slug from an id too, if somebody has given it to another', () => {
    const sketch = workspace()
    const ids = { newId, newGroupId: () => '00000000-0000-4000-8000-000000000000' }
    sketch.run(createGroup, { name: 'Squatter', slug: 'group-00000000' })
    const context = { caller: identify(sketch.world, sketch.owner, sketch.now), now: sketch.now, origin: '', ids }
    const input = createGroup.input.parse({ name: '北京' })
    expect(createGroup.decide(sketch.world, input, context, { scope: NOWHERE }).events[0]?.data).toMatchObject({ slug: 'group-00000000-2' })
  })
})
