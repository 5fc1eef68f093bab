import { describe, expect, it } from 'vitest'
import { createGroup } from '@/lib/operations/groups'
import { createMilestone } from '@/lib/operations/milestones'
import { createProject, updateProject } from '@/lib/operations/projects'
import { workspace } from '@/lib/testing/sketch'
import { slugFrom } from './slug'

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

describe('the slugs of a workspace', () => {
  it('makes a project slug from its title, and from its id where the title has no Latin letter', () => {
    const sketch = workspace()
    expect(sketch.run(createProject, { group_id: 'team', title: 'Website 2' }).data.slug).toBe('website-2')
    const { slug, project_id } = sketch.run(createProject, { group_id: 'team', title: '計画' }).data
    expect(slug).toBe(project_id.replace('_', '-'))
  })

  it('refuses a second project of the same slug in a group, given or made, and allows it in another group', () => {
    const sketch = workspace()
    sketch.group('Other')
    sketch.run(createProject, { group_id: 'team', title: 'Website' })
    expect(sketch.refused(createProject, { group_id: 'team', title: 'website!' }).code).toBe('slug_taken')
    expect(sketch.refused(createProject, { group_id: 'team', title: 'Else', slug: 'website' }).code).toBe('slug_taken')
    expect(sketch.run(createProject, { group_id: 'other', title: 'Website' }).data.slug).toBe('website')
  })

  it('frees a slug that is given up, and keeps one that is given again', () => {
    const sketch = workspace()
    const { project_id } = sketch.run(createProject, { group_id: 'team', title: 'Website' }).data
    expect(sketch.run(updateProject, { project_id, slug: 'website' }).events).toEqual([])
    sketch.run(updateProject, { project_id, slug: 'site' })
    expect(sketch.run(createProject, { group_id: 'team', title: 'Website' }).data.slug).toBe('website')
  })

  it('reserves general for the default project, also before there is one', () => {
    const sketch = workspace()
    expect(sketch.refused(createProject, { group_id: 'team', title: 'General' }).code).toBe('slug_taken')
    sketch.run(createMilestone, { group_id: 'team', title: 'First' })
    expect(sketch.refused(createProject, { group_id: 'team', title: 'General' }).code).toBe('slug_taken')
  })

  it('refuses a second group of the same slug', () => {
    const sketch = workspace()
    expect(sketch.refused(createGroup, { name: 'TEAM' })).toMatchObject({ code: 'slug_taken', details: { slug: 'team' } })
  })
})
