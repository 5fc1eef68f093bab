import fc from 'fast-check'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { log } from '@/lib/log.mjs'
import { OPERATIONS } from '@/lib/operations'
import { userKey } from '@/lib/testing/client'
import { useInstance } from '@/lib/testing/instance'
import { messageIn, modern } from '@/lib/testing/mcp'
import { makeGroup } from '@/lib/testing/milestones'
import { type Attack, attacks, propertiesOf } from '@/lib/testing/poison'
import { sampleOf } from '@/lib/testing/samples'
import { expectSound } from '@/lib/testing/soundness'
import { positionOf } from '@/lib/testing/watch'
import { handle } from '../handle'
import { findTool } from './tools'

const CASES = Number(process.env.CAIRN_FUZZ_CASES ?? 50)
const SEED = Number(process.env.CAIRN_FUZZ_SEED ?? 20_260_101)

const NESTED = '['.repeat(30_000) + ']'.repeat(30_000)

describe('nearly right tool calls', () => {
  const test = useInstance()
  let secret: string
  let group_id: string

  beforeAll(async () => {
    secret = (await userKey(test)).secret
    group_id = await makeGroup(test)
  })

  const send = async (name: string, { input, method, type, raw }: Attack, era: 'old' | 'new') => {
    const { body, headers } = modern('tools/call', { name, arguments: input })
    const old = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: input } }
    const plain = method === 'HEAD'
    const request = new Request('http://cairn.test/mcp', {
      method: method ?? 'POST',
      headers: {
        ...(era === 'new' && headers),
        authorization: `Bearer ${secret}`,
        accept: 'application/json, text/event-stream',
        'content-type': type ?? 'application/json',
      },
      ...(!plain && { body: raw ?? JSON.stringify(era === 'new' ? body : old) }),
    })
    const response = await handle(test.instance, request)
    return { status: response.status, message: await messageIn(response) }
  }

  const tools = OPERATIONS.flatMap(({ name }) => findTool(name) ?? [])

  it.each(tools.map((operation) => [operation.name, operation] as const))(
    '[F0] %s: never an internal error, and what is refused is undone',
    async (name, operation) => {
      const logged = vi.spyOn(log, 'error').mockImplementation(() => undefined)
      const sample = await sampleOf(operation, { test, group_id, by: test.owner })
      const fields = Object.keys(propertiesOf(operation).properties)
      const nested = fields.map(
        (field): Attack => ({ about: `${field} deep as text`, input: { ...sample, [field]: NESTED }, negative: true }),
      )
      const cases = [...fc.sample(attacks(operation, sample, [], false), { seed: SEED, numRuns: CASES }), ...nested]
      const wrong: string[] = []
      for (const [at, attack] of cases.entries()) {
        const before = await positionOf(test)
        const { status, message } = await send(name, attack, at % 2 === 0 ? 'new' : 'old')
        const text = message.result?.content?.[0]?.text ?? ''
        if (status >= 500 || message.error?.code === -32_603 || /^(internal|busy|unavailable):/.test(text))
          wrong.push(`${status} ${JSON.stringify(message)} for ${attack.about}`)
        const isRefused = message.result === undefined || message.result.isError === true
        if (message.result !== undefined && typeof message.result.content[0].text !== 'string') wrong.push(`no text for ${attack.about}`)
        if (isRefused && JSON.stringify(message).length > 4_000) wrong.push(`a long refusal for ${attack.about}`)
        const after = await positionOf(test)
        if (isRefused && (after.seq !== before.seq || after.head !== before.head)) wrong.push(`changed by the refused ${attack.about}`)
      }
      expect(logged.mock.calls).toEqual([])
      logged.mockRestore()
      expect([...new Set(wrong)]).toEqual([])
    },
  )

  it('leaves a sound workspace', () => expectSound(test.instance))
})
