import { beforeAll, describe, expect, it } from 'vitest'
import { connect } from '@/db/client'
import { createProject, updateGroup, updateMilestone } from '@/lib/operations'
import { agentKey, userKey } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'
import { positionOf } from '@/lib/testing/watch'
import { handleRest } from './rest'

const MANY = 2_500

describe('events as a file', () => {
  const test = useInstance()
  let group_id: string
  let secret: string
  let made: Data

  beforeAll(async () => {
    group_id = await makeGroup(test)
    secret = (await userKey(test)).secret
    made = await makeMilestone(test, group_id, { Step: [] })
    const owner = await connect(test.database.ownerUrl, 'log')
    await owner.query(
      `insert into events (workspace_id, seq, type, at, actor_id, actor_type, via, group_id, project_id, milestone_id, checkpoint_id, data, batch)
      select workspace_id, w.seq + n, 'claim.renewed', at, actor_id, actor_type, via, group_id, project_id, milestone_id, checkpoint_id, '{}', batch
      from events join workspaces w using (workspace_id), generate_series(1, $2::int) n where checkpoint_id = $1`,
      [made.checkpoints[0].checkpoint_id, MANY],
    )
    await owner.query('update workspaces set seq = seq + $1', [MANY])
    await owner.end()
  })

  const ask = (path: string, accept?: string, key = secret): Promise<Response> => {
    const headers = { authorization: `Bearer ${key}`, ...(accept && { accept }) }
    return handleRest(test.instance, new Request(`http://localhost/api${path}`, { headers }))
  }
  const rowsOf = async (response: Response): Promise<Data[]> => {
    const lines = (await response.text()).split('\n')
    expect(lines.pop()).toBe('')
    return lines.map((line) => JSON.parse(line))
  }
  const seqsIn = async (path: string): Promise<number[]> => (await rowsOf(await ask(path))).map(({ seq }) => seq)

  it('has every event to the end of the log, in either direction, over many pages', async () => {
    const { seq } = await positionOf(test)
    const all = Array.from({ length: seq }, (_, at) => at + 1)
    expect(await seqsIn('/events.ndjson')).toEqual(all)
    expect(await seqsIn(`/events.ndjson?before=${seq + 1}`)).toEqual(all.toReversed())
    expect(await seqsIn('/events.ndjson?limit=5&after=3')).toEqual(all.slice(3))
    const renewed = await seqsIn(`/events.ndjson?type=claim.renewed&milestone_id=${made.milestone_id}`)
    expect(renewed).toHaveLength(MANY)
    expect(await seqsIn('/events.ndjson?type=project.archived')).toEqual([])
  })

  it('ends where the log ended when it began', async () => {
    const { seq } = await positionOf(test)
    const response = await ask('/events.ndjson')
    await test.run(updateMilestone, { milestone_id: made.milestone_id, title: 'Meanwhile' })
    expect((await rowsOf(response)).at(-1)?.seq).toBe(seq)
  })

  it('is a table with one line for each event, in which no cell is a formula', async () => {
    const title = '=HYPERLINK("https://x","a, b")'
    const { project_id } = (await test.run(createProject, { group_id, title })).data
    const { seq } = await positionOf(test)
    const response = await ask(`/events.csv?project_id=${project_id}&after=${seq - 1}`)
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="cairn-events.csv"')
    expect(response.headers.get('cache-control')).toBe('no-store')
    const [head, line, end] = (await response.text()).split('\r\n')
    expect(head).toBe(
      'seq,type,at,actor_id,actor_name,actor_type,on_behalf_of,session_id,via,group_id,project_id,milestone_id,checkpoint_id,data',
    )
    expect(line).toMatch(new RegExp(`^${seq},project\\.created,`))
    expect(line).toContain(String.raw`""title"":""=HYPERLINK(\""https://x\"",\""a, b\"")""`)
    expect(end).toBe('')
    await test.run(updateGroup, { group_id, name: 'Plain' })
    const agent = await test.agent(group_id, '=1+1')
    await test.run(updateMilestone, { milestone_id: made.milestone_id, title: 'By a formula' }, agent)
    expect(await (await ask(`/events.csv?actor_id=${agent.actor_id}`)).text()).toContain(",'=1+1,")
  })

  it('is asked for by its type, and only where that is preferred and there is a file', async () => {
    const typeOf = async (path: string, accept: string) => (await ask(path, accept)).headers.get('content-type')?.split(';')[0]
    expect(await typeOf('/events', 'text/csv')).toBe('text/csv')
    expect(await typeOf('/events', 'application/x-ndjson, */*;q=0.1')).toBe('application/x-ndjson')
    expect(await typeOf('/events', 'text/*')).toBe('text/plain')
    expect(await typeOf('/events', 'application/*')).toBe('application/json')
    expect(await typeOf('/events', '*/*')).toBe('application/json')
    expect(await typeOf('/events', 'application/json, text/csv')).toBe('application/json')
    expect(await typeOf('/events', 'text/html,application/xhtml+xml,*/*;q=0.8')).toBe('application/json')
    expect(await typeOf('/groups', 'text/csv')).toBe('application/json')
    expect((await ask('/groups.csv')).status).toBe(404)
  })

  it('is refused before it begins, as any other call is', async () => {
    for (const [path, status] of [
      ['/events.csv?milestone_id=ms_nowhere', 404],
      ['/events.csv?type=nothing', 422],
      ['/events.csv?since=then', 422],
      ['/events.csv?nonsense=1', 422],
    ] as const) {
      const response = await ask(path)
      expect(response.status, path).toBe(status)
      expect(response.headers.get('content-type'), path).toMatch(/^application\/json/)
    }
    expect((await ask('/events.csv', undefined, `sk_live_${'a'.repeat(32)}`)).status).toBe(401)
  })

  it('[E4] has only what its caller may read, and breaks off when that ends', async () => {
    const { secret: key } = await agentKey(test, group_id)
    const rows = await rowsOf(await ask('/events.ndjson', undefined, key))
    expect(rows.length).toBeGreaterThan(MANY)
    expect(new Set(rows.map((row) => row.group_id))).toEqual(new Set([group_id]))
    const reader = (await ask('/events.ndjson', undefined, key)).body?.getReader()
    expect((await reader?.read())?.done).toBe(false)
    const owner = await connect(test.database.ownerUrl, 'log')
    await owner.query('update api_keys set revoked_at = now() where group_id = $1', [group_id])
    await owner.end()
    await expect(
      (async () => {
        for (;;) if ((await reader?.read())?.done) return
      })(),
    ).rejects.toThrow(/revoked/)
  })
})
