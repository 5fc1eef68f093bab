import type { ChildProcess } from 'node:child_process'
import { ask, end, forkModule } from './child'

/** `header` is a line that is added to this request only. */
export type HttpCall = [method: string, path: string, body?: string, header?: string]

export type Job = {
  origin: string
  /** Header lines that are added to every request. */
  headers: readonly string[]
  /** Without a `rate`, one connection sends the calls of a chain one after another. */
  chains: readonly (readonly HttpCall[])[]
  connections: number
  milliseconds: number
  /** Calls per second, whether or not earlier ones are answered. Null if each connection sends its next call after the answer. */
  rate: number | null
  /** Whether the first chain follows again after the last one. */
  cycle: boolean
}

export type Measured = { rate: number; count: number; statuses: Record<string, number>; p50: number; p95: number; p99: number }

/** Sends the load from a separate process, which runs generator.ts. */
export class Load {
  private readonly child: ChildProcess = forkModule('./generator.ts')

  /** @throws if a status was not expected, because then something else was measured */
  async run(job: Partial<Job> & Pick<Job, 'origin' | 'chains'>, expected: readonly number[] = [200]): Promise<Measured> {
    const whole: Job = { headers: [], connections: 8, milliseconds: 2_000, rate: null, cycle: false, ...job }
    const measured = await ask<Measured>(this.child, whole)
    const strange = Object.entries(measured.statuses).filter(([status]) => !expected.includes(Number(status)))
    if (strange.length > 0)
      throw new Error(
        `Of ${measured.count} calls, ${strange.map(([status, count]) => `${count} had status ${status}`).join(', ')} (0: no answer)`,
      )
    if (measured.count === 0) throw new Error('No call was sent')
    return measured
  }

  stop(): Promise<void> {
    return end(this.child)
  }
}
