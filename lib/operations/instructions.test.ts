import { describe, expect, it } from 'vitest'
import { instructionsText } from '@/lib/domain/text/instructions'
import { createProject, getGroupOperation, getInstructions, updateGroup, updateProject } from '@/lib/operations'
import { agentKey, groupKey, makePerson, userKey } from '@/lib/testing/client'
import { useInstance } from '@/lib/testing/instance'
import { makeGroup } from '@/lib/testing/milestones'
import { handleRest } from '@/lib/transport/rest'

describe('the instructions of a project', () => {
  const test = useInstance()

  it('have the present slug of its group, its title and the address of the instance', async () => {
    const group_id = await makeGroup(test)
    const { project_id } = (await test.run(createProject, { group_id, title: 'API v2' })).data
    await test.run(updateGroup, { group_id, slug: 'renamed-team' })
    await test.run(updateProject, { project_id, title: 'API v3' })
    const { data } = await test.run(getInstructions, { project_id })
    const place = { origin: 'http://cairn.test', group_slug: 'renamed-team', project_id, title: 'API v3' }
    const { name } = (await test.run(getGroupOperation, { group_id })).data
    expect(data).toEqual({ project_id, title: 'API v3', group_slug: 'renamed-team', group_name: name, text: instructionsText(place) })
  })

  it('are read by an agent of the group as plain text, ready for a file', async () => {
    const group_id = await makeGroup(test)
    const { project_id } = (await test.run(createProject, { group_id, title: 'Mine' })).data
    const { call, secret } = await agentKey(test, group_id)
    const path = `/projects/${project_id}/instructions`
    const { data } = await call('GET', path)
    const headers = { authorization: `Bearer ${secret}`, accept: 'text/plain' }
    const plain = await handleRest(test.instance, new Request(`http://cairn.test/api${path}`, { headers }))
    expect(plain.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await plain.text()).toBe(data.text)
  })

  it('are not there for whoever may not read the project', async () => {
    const group_id = await makeGroup(test)
    const other = await makeGroup(test)
    const { project_id } = (await test.run(createProject, { group_id, title: 'Hidden' })).data
    await test.run(updateGroup, { group_id, visibility: 'private' })
    const stranger = await userKey(test, await makePerson(test, 'Stranger'))
    for (const { call } of [stranger, await groupKey(test, other)])
      expect(await call('GET', `/projects/${project_id}/instructions`)).toMatchObject({ status: 404, error: 'not_found' })
  })
})
