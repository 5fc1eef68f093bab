import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ActionResult } from '@/lib/domain/answer'
import { call } from './call'

const DONE: ActionResult<string> = { success: true, data: 'x', seq: 1, changed: true }
const form = new FormData()
const replaceState = vi.fn()

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('window', { history: { replaceState }, location: { href: 'http://cairn.test/p/x' } })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  replaceState.mockClear()
})

describe('a call of a server action', () => {
  it('is sent after the one before has been answered', async () => {
    const order: string[] = []
    const action = (name: string, ms: number) => async () => {
      order.push(`${name} sent`)
      await new Promise((resolve) => setTimeout(resolve, ms))
      order.push(`${name} answered`)
      return DONE
    }
    const both = Promise.all([call(action('one', 50), form), call(action('two', 0), form)])
    await vi.advanceTimersByTimeAsync(100)
    expect(await both).toEqual([{ done: DONE }, { done: DONE }])
    expect(order).toEqual(['one sent', 'one answered', 'two sent', 'two answered'])
  })

  it('gives up silence, and lets the next one pass, which has all its time', async () => {
    const silent = call(() => new Promise<ActionResult<string>>(() => {}), form)
    const next = call(async () => {
      await new Promise((resolve) => setTimeout(resolve, 15_000))
      return DONE
    }, form)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(await silent).toEqual({ trouble: { kind: 'unreached' } })
    expect(replaceState).toHaveBeenCalledExactlyOnceWith(null, '', 'http://cairn.test/p/x')
    await vi.advanceTimersByTimeAsync(15_000)
    expect(await next).toEqual({ done: DONE })
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([
    ['Failed to fetch', { kind: 'unreached' }],
    ['<h1>Bad gateway</h1>', { kind: 'unreached' }],
    ['{"status":502}', { kind: 'unreached' }],
    ['null', { kind: 'unreached' }],
  ])('that ends with the message %j was not answered by Cairn', async (message, trouble) => {
    expect(await call(() => Promise.reject(new Error(message)), form)).toEqual({ trouble })
  })

  it('that was refused before it came to the action says why', async () => {
    const refusal = {
      success: false,
      error: 'too_large',
      message: 'What was sent is larger than 1 MiB. Send less.',
      details: {},
      request_id: 'r',
    }
    const outcome = await call(() => Promise.reject(new Error(JSON.stringify(refusal))), form)
    expect(outcome).toEqual({ trouble: { kind: 'refused', refusal } })
  })
})
