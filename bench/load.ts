import type { ChildProcess } from 'node:child_process'
import { ask, end, forkModule } from './child'

export type HttpCall = [method: string, path: string, body?: string]

export type Job = {
  origin: string
  /** Lines of the head, besides those that every request has. */
  headers: readonly string[]
  /** Calls that must follow each other, each chain by one connection. */
  chains: readonly (readonly HttpCall[])[]
  connections: number
  milliseconds: number
  /** Calls a second whatever the answers do; null: each connection sends as soon as it was answered. */
  rate: number | null
  /** Begins anew when all chains are done. */
  cycle: boolean
}

export type Measured = { rate: number; count: number; statuses: Record<string, number>; p50: number; p95: number }

/** The load comes from a process of its own. */
export class Load {
  private readonly child: ChildProcess = forkModule('./generator.ts')

  /** @throws where an answer was not as expected, since then something else was measured */
  async run(job: Partial<Job> & Pick<Job, 'origin' | 'chains'>, expected: readonly number[] = [200]): Promise<Measured> {
    const whole: Job = { headers: [], connections: 8, milliseconds: 2_000, rate: null, cycle: false, ...job }
    const measured = await ask<Measured>(this.child, whole)
    const strange = Object.entries(measured.statuses).filter(([status]) => !expected.includes(Number(status)))
    if (strange.length > 0)
      throw new Error(`of ${measured.count} answers ${strange.map(([status, count]) => `${count} were ${status}`).join(', ')}`)
    if (measured.count === 0) throw new Error('nothing was answered')
    return measured
  }

  stop(): Promise<void> {
    return end(this.child)
  }
}
