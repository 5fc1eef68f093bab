import type { ProblemCode } from './errors'
import type { Sent } from './form-fields'

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
  /** What a form had in it that the browser posted by itself, so that the page which comes back still has it. */
  sent?: Sent
}

export type ActionResult<T> = Done<T> | Refusal
