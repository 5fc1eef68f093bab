import { beforeAll, describe, expect, it } from 'vitest'
import { agentKey } from '@/lib/testing/client'
import { type Data, useInstance } from '@/lib/testing/instance'
import { messageIn, modern, useMcp } from '@/lib/testing/mcp'
import { makeGroup, makeMilestone } from '@/lib/testing/milestones'

const CALLS = Number(process.env.CAIRN_INTERLEAVED_CALLS ?? 500)
const AT_ONCE = 24

type Side = { marker: string; secret: string; group_id: string; milestone_id: string }

describe('two agents whose calls are interleaved', () => {
  const test = useInstance()
  const mcp = useMcp(test)
  const sides: Side[] = []

  beforeAll(async () => {
    for (const marker of ['ALPHA', 'OMEGA']) {
      const group_id = await makeGroup(test, { name: marker, visibility: 'private' })
      const { milestone_id } = await makeMilestone(test, group_id, { [`${marker} one`]: [], [`${marker} two`]: [`${marker} one`] })
      sides.push({ marker, secret: (await agentKey(test, group_id, marker)).secret, group_id, milestone_id })
    }
  })

  /** What a call asks of its own side, or of the other, of which it may learn nothing. */
  const ask = (own: Side, other: Side, at: number): [name: string, given: Data, expected: RegExp] => {
    const { marker, group_id, milestone_id } = own
    const calls: [string, Data, RegExp][] = [
      ['get_milestone', { milestone_id }, new RegExp(`${milestone_id} [^]*${marker} one`)],
      ['list_groups', {}, new RegExp(`"${marker}"`)],
      ['list_ready', { group: group_id }, new RegExp(`${milestone_id}:1`)],
      ['get_milestone', { milestone_id: other.milestone_id }, /^not_found: /],
      ['create_milestone', { group: group_id, title: `${marker} ${at}` }, new RegExp(`"${marker} ${at}"`)],
      ['complete_checkpoint', { milestone_id, order: 2 }, /^blocked: Checkpoint 2 depends on checkpoint 1/],
      ['claim_next', { group: other.group_id }, /^not_found: /],
      ['get_my_permissions', {}, new RegExp(group_id)],
    ]
    return calls[at % calls.length] ?? expect.fail()
  }

  const call = async (own: Side, other: Side, at: number): Promise<void> => {
    const [name, given, expected] = ask(own, other, at)
    const { body, headers } = modern('tools/call', { name, arguments: given })
    const isNew = at % 3 > 0
    // Both sides use the same ids.
    const sent = isNew ? { ...body, id: at } : { jsonrpc: '2.0', id: at, method: 'tools/call', params: { name, arguments: given } }
    const message = await messageIn(await mcp.post(own.secret, sent, isNew ? headers : {}))
    expect(message.id).toBe(at)
    const { text } = message.result.content[0]
    // A machine that has much else to do may ask an agent to try again, which changed nothing.
    if (/^busy: /.test(text)) return call(own, other, at)
    expect(text, `${own.marker} ${at} ${name}`).toMatch(expected)
    expect(JSON.stringify(message)).not.toContain(other.marker)
    expect(text.replace(other.milestone_id, '').replace(other.group_id, '')).not.toContain(other.group_id)
  }

  it(`[F3] hear nothing of one another in 2 x ${CALLS} calls`, { timeout: 600_000 }, async () => {
    const [one, other] = sides
    if (!one || !other) expect.fail()
    const rest = Array.from({ length: CALLS }, (_, at) => at).flatMap((at) => [() => call(one, other, at), () => call(other, one, at)])
    const work = async () => {
      for (let next = rest.shift(); next; next = rest.shift()) await next()
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    expect(rest).toEqual([])
  })
})
