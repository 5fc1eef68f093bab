import { expect } from 'vitest'
import type { Actor } from '@/lib/domain/context'
import { DomainError } from '@/lib/domain/errors'
import type { Operation } from '@/lib/operations/define'
import type { Invocation } from '@/lib/operations/execute'
import type { Answered, Data, TestInstance } from './instance'

/** The position of the log. Every batch that stores anything writes a new random `head`, so equal positions mean that nothing was written. */
export const positionOf = async ({ instance }: TestInstance): Promise<{ seq: number; head: string }> => {
  const { rows } = await instance.pool.query('select seq, head from workspaces where workspace_id = $1', [instance.workspace_id])
  return rows[0]
}

/** The rows of the log after a seq. */
export const eventsAfter = async ({ instance }: TestInstance, seq: number): Promise<Data[]> => {
  const text = 'select * from events where workspace_id = $1 and seq > $2 order by seq'
  const { rows } = await instance.pool.query(text, [instance.workspace_id, seq])
  return rows
}

/** Makes a call and returns its answer with the events that it wrote. It expects that `seq`, `changed` and the log agree. */
export const watch = async (
  test: TestInstance,
  operation: Operation,
  input: object,
  actor?: Actor,
  more?: Partial<Invocation>,
): Promise<Answered & { events: Data[]; types: string[] }> => {
  const before = await positionOf(test)
  const answer = await test.run(operation, input, actor, more)
  const events = await eventsAfter(test, before.seq)
  if (operation.kind === 'mutation' && !answer.replayed) {
    expect(answer.changed).toBe(events.length > 0)
    expect(answer.seq).toBe(before.seq + events.length)
  }
  return { ...answer, events, types: events.map(({ type }) => type) }
}

/** Makes a call that must be refused and must write nothing, and returns the refusal. */
export const refusal = async (
  test: TestInstance,
  operation: Operation,
  input: object,
  actor?: Actor,
  more?: Partial<Invocation>,
): Promise<DomainError> => {
  const before = await positionOf(test)
  const error = await test.run(operation, input, actor, more).then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof DomainError)) throw error ?? new Error(`${operation.name} was not refused`)
  expect(await positionOf(test)).toEqual(before)
  return error
}
