import * as fc from 'fast-check'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { PROBLEM_CODES } from '@/lib/domain/errors'
import { log } from '@/lib/log.mjs'
import { OPERATIONS } from '@/lib/operations'
import { type Reply, replyOf, userKey } from '@/lib/testing/client'
import { useInstance } from '@/lib/testing/instance'
import { makeGroup } from '@/lib/testing/milestones'
import { type Attack, attacks } from '@/lib/testing/poison'
import { requestOf, sampleOf } from '@/lib/testing/samples'
import { expectSound } from '@/lib/testing/soundness'
import { positionOf } from '@/lib/testing/watch'
import { STATUS } from './problem'
import { handleRest } from './rest'

const CASES = Number(process.env.CAIRN_FUZZ_CASES ?? 50)
const SEED = Number(process.env.CAIRN_FUZZ_SEED ?? 20_260_101)

describe('nearly right calls', () => {
  const test = useInstance()
  let secret: string
  let group_id: string

  beforeAll(async () => {
    secret = (await userKey(test)).secret
    group_id = await makeGroup(test)
  })

  const send = async (operation: (typeof OPERATIONS)[number], { input, method, type, raw }: Attack): Promise<Reply> => {
    const sent = requestOf(operation, input)
    const bodied = sent.body !== undefined
    const headers = { authorization: `Bearer ${secret}`, ...(bodied ? { 'content-type': type ?? 'application/json' } : {}) }
    const plain = method === 'HEAD' || (method ?? sent.method) === 'GET'
    const body = !bodied || plain ? {} : { body: raw ?? JSON.stringify(sent.body) }
    const request = new Request(`http://cairn.test/api${sent.path}`, { method: method ?? sent.method, headers, ...body })
    return replyOf(await handleRest(test.instance, request))
  }

  const documented = (operation: (typeof OPERATIONS)[number]) => [
    ...[
      'malformed',
      'invalid',
      'invalid_url',
      'not_found',
      'method_not_allowed',
      'too_large',
      'unsupported_media_type',
      'version_mismatch',
    ],
    ...operation.errors,
  ]

  const expectEnvelope = (reply: Reply, operation: (typeof OPERATIONS)[number]) => {
    expect(reply.headers.get('x-request-id')).toBeTruthy()
    if (reply.headers.get('content-type') === 'text/event-stream') return expect(operation.kind).toBe('stream')
    expect(reply.headers.get('content-type')).toMatch(/^application\/json/)
    if (reply.success) {
      expect(operation.output.parse(reply.data)).toEqual(reply.data)
      return
    }
    expect(PROBLEM_CODES).toContain(reply.error)
    expect(documented(operation)).toContain(reply.error)
    expect(reply.status).toBe(STATUS[reply.error as keyof typeof STATUS])
    expect(reply.message).toBeTypeOf('string')
    expect(reply.details).toBeTypeOf('object')
    expect(reply.request_id).toBe(reply.headers.get('x-request-id'))
  }

  it.each(OPERATIONS.map((operation) => [operation.name, operation] as const))(
    '[F0] %s: never a 5xx, always an envelope, what is wrong refused, what is refused undone',
    async (_name, operation) => {
      const logged = vi.spyOn(log, 'error').mockImplementation(() => undefined)
      const sample = await sampleOf(operation, { test, group_id, by: test.owner })
      const [method = '', path = ''] = (operation.routes[0] ?? '').split(' ')
      const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
      const cases = fc.sample(attacks(operation, sample, inPath, method === 'GET' || method === 'DELETE'), { seed: SEED, numRuns: CASES })
      const wrong: string[] = []
      for (const attack of cases) {
        const before = await positionOf(test)
        const reply = await send(operation, attack)
        if (reply.status >= 500) wrong.push(`${reply.status} for ${attack.about}`)
        if (attack.negative && reply.status < 400) wrong.push(`accepted ${attack.about}`)
        if (reply.status < 500) expectEnvelope(reply, operation)
        const after = await positionOf(test)
        if (reply.status >= 400 && (after.seq !== before.seq || after.head !== before.head))
          wrong.push(`changed by the refused ${attack.about}`)
      }
      logged.mockRestore()
      expect([...new Set(wrong)]).toEqual([])
    },
  )

  it('leaves a sound workspace', () => expectSound(test.instance))
})
