import type { ProblemCode } from './errors'

/** What a caller is told when a call was done. */
export type Done<T> = { success: true; data: T; seq: number; changed: boolean }

/** What a caller is told when a call was refused. `seq` is there where the refusal was judged against the state: it is true at that number. */
export type Refusal = {
  success: false
  error: ProblemCode
  message: string
  details: Record<string, unknown>
  request_id: string
  seq?: number
}

export type ActionResult<T> = Done<T> | Refusal
