import type { ProblemCode } from './errors'

/** The answer to a call that succeeded. */
export type Done<T> = { success: true; data: T; seq: number; changed: boolean }

/** The answer to a call that was refused. `seq` is present if the refusal was judged against the state, which had this sequence number. */
export type Refusal = {
  success: false
  error: ProblemCode
  message: string
  details: Record<string, unknown>
  request_id: string
  seq?: number
}

export type ActionResult<T> = Done<T> | Refusal
