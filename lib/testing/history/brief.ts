import { DomainError } from '@/lib/domain/errors'
import { STATUS } from '@/lib/transport/problem'
import type { TestInstance } from '../instance'
import { claimBriefly } from '../leases'
import { type Answered, UNKNOWN } from './record'
import type { Seat } from './stage'

type Address = { milestone_id: string; order: string }

/** Claims a checkpoint for a shorter time than a call may ask for, from another process, in a session of its own. Such a call never renews a claim. */
export const briefly = async (
  test: TestInstance,
  { actor }: Seat,
  address: Address,
  session_id: string,
  milliseconds: number,
): Promise<{ answer: Answered; claim_id: string | null }> => {
  const by = { ...actor, session_id }
  const call = { name: 'claim_checkpoint', input: { ...address, ttl_seconds: milliseconds / 1_000 } } as const
  const sent = performance.now()
  const answer = (outcome: Pick<Answered, 'status' | 'code' | 'message' | 'seq' | 'changed'>): Answered => ({
    ...{ call, by, idempotency_key: null, sent, answered: performance.now(), replayed: false, tries: 1 },
    ...outcome,
  })
  try {
    const claim_id = await claimBriefly(test.instance, address, by, milliseconds)
    const answered = answer({ status: 200, code: null, message: '', seq: null, changed: true })
    return { answer: { ...answered, seq: await seqOf(test, address, claim_id) }, claim_id }
  } catch (error) {
    if (!(error instanceof DomainError))
      return { answer: answer({ status: 500, code: 'internal', message: String(error), seq: null, changed: false }), claim_id: null }
    const { message, seq } = error
    const code = ['busy', 'unavailable'].includes(error.code) ? UNKNOWN : error.code
    return { answer: answer({ status: STATUS[error.code], code, message, seq, changed: false }), claim_id: null }
  }
}

const seqOf = async ({ instance: { pool, workspace_id } }: TestInstance, { milestone_id }: Address, claim_id: string): Promise<number> => {
  const text = `select seq from events where workspace_id = $1 and milestone_id = $2 and type = 'claim.taken' and data->>'claim_id' = $3
    order by seq desc limit 1`
  return (await pool.query<{ seq: number }>(text, [workspace_id, milestone_id, claim_id])).rows[0]?.seq ?? 0
}
