import { describe, expect, it } from 'vitest'
import { canonicalState, replay } from '@/lib/domain/replay'
import { DomainError } from '@/lib/domain/errors'
import {
  addCheckpoint,
  completeCheckpoint,
  deleteCheckpoint,
  deleteMilestone,
  getMilestoneOperation,
  reopenCheckpoint,
  updateCheckpoint,
} from '@/lib/operations'
import { type Data, type TestInstance, useInstance } from '@/lib/testing/instance'
import { drawn, makeGroup, makeMilestone } from '@/lib/testing/plans'
import { openInstance } from './instance'
import { loadLog, loadWhole } from './whole'

const WRITERS = 16

/** What each of many concurrent calls came to: a code, or `changed` / `same`. */
const outcomes = async (calls: Promise<{ changed: boolean | undefined }>[]): Promise<string[]> =>
  (await Promise.allSettled(calls)).map((result) => {
    if (result.status === 'fulfilled') return result.value.changed ? 'changed' : 'same'
    if (result.reason instanceof DomainError) return result.reason.code
    throw result.reason
  })

const count = (values: readonly string[], wanted: string) => values.filter((value) => value === wanted).length

/** The log is gapless, replays to the rows, and a completed checkpoint has only completed dependencies. */
const expectSound = async ({ instance }: TestInstance) => {
  const events = await loadLog((await instance.pool.connect().then(async (client) => (client.release(), instance.pool))) as never, instance.workspace_id)
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1))
}
void expectSound
