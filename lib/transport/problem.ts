import { refusalOf } from '@/db/client'
import type { Refusal } from '@/lib/domain/answer'
import { DomainError, type ProblemCode } from '@/lib/domain/errors'
import { log } from '@/lib/log.mjs'

/** A new code does not compile until it has a status here. */
export const STATUS: { [C in ProblemCode]: number } = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  blocked: 409,
  claimed: 409,
  claim_lost: 409,
  needs_attention: 409,
  consensus_required: 409,
  checkpoint_completed: 409,
  not_completed: 409,
  not_failed: 409,
  has_dependents: 409,
  dependents_completed: 409,
  cycle: 409,
  version_mismatch: 409,
  slug_taken: 409,
  project_not_active: 409,
  project_active: 409,
  default_project: 409,
  milestone_closed: 409,
  milestone_active: 409,
  incomplete: 409,
  proposal_finalized: 409,
  already_voted: 409,
  undecided: 409,
  not_rejected: 409,
  already_member: 409,
  email_taken: 409,
  group_owner: 409,
  log_replaced: 409,
  too_large: 413,
  unsupported_media_type: 415,
  invalid: 422,
  invalid_dependency: 422,
  invalid_url: 422,
  idempotency_mismatch: 422,
  rate_limited: 429,
  internal: 500,
  busy: 503,
  unavailable: 503,
}

/** The response to an error. A DomainError is sent as it is, and a fault of the database as unavailable or busy. Any other error is logged, and the caller learns nothing about it. */
export const toProblem = (thrown: unknown, request_id: string): Refusal => {
  const error = thrown instanceof DomainError ? thrown : (refusalOf(thrown) ?? thrown)
  if (error instanceof DomainError) {
    const { code, message, details, seq } = error
    if (code === 'unavailable' && 'retry_after_seconds' in details)
      log.warn(message, error === thrown ? error.cause : thrown, { request_id })
    return { success: false, error: code, message, details, request_id, ...(seq === null ? {} : { seq }) }
  }
  log.error('A call failed because of an error in Cairn.', error, { request_id })
  return {
    success: false,
    error: 'internal',
    message: 'Something went wrong in Cairn. Before you repeat a change, check whether it was made.',
    details: {},
    request_id,
  }
}
