/** Every reason for which Cairn refuses a call. Each has an HTTP status in lib/transport: a new code does not compile until it has one. */
export const PROBLEM_CODES = [
  'malformed',
  'unauthenticated',
  'forbidden',
  'not_found',
  'method_not_allowed',
  'blocked',
  'claimed',
  'claim_lost',
  'needs_attention',
  'consensus_required',
  'checkpoint_completed',
  'not_completed',
  'not_failed',
  'has_dependents',
  'dependents_completed',
  'cycle',
  'version_mismatch',
  'slug_taken',
  'project_not_active',
  'project_active',
  'default_project',
  'milestone_closed',
  'milestone_active',
  'incomplete',
  'proposal_finalized',
  'already_voted',
  'undecided',
  'not_rejected',
  'already_member',
  'group_owner',
  'email_taken',
  'log_replaced',
  'too_large',
  'unsupported_media_type',
  'invalid',
  'invalid_dependency',
  'invalid_url',
  'idempotency_mismatch',
  'rate_limited',
  'internal',
  'busy',
  'unavailable',
] as const

export type ProblemCode = (typeof PROBLEM_CODES)[number]

export type FieldProblem = { path: string; message: string }

/** A refusal with a reason on which the caller can act. A refused call has changed nothing. */
export class DomainError extends Error {
  override readonly name = 'DomainError'
  constructor(
    readonly code: ProblemCode,
    message: string,
    readonly details: Record<string, unknown> = {},
    /** The sequence number at which the refusal was judged against a world; null if it was judged without one. */
    readonly seq: number | null = null,
  ) {
    super(message)
  }

  at(seq: number): DomainError {
    return new DomainError(this.code, this.message, this.details, seq)
  }
}

/** The refusal both for what does not exist and for what the caller may not read, so that a caller cannot tell the two apart. */
export const notFound = (noun: string) => new DomainError('not_found', `There is no such ${noun}, or you may not read it.`, { kind: noun })

/** The refusal of a slug that a call gives. `present` is the slug that stays if the call gives none, or null if one is made then. */
export const slugTaken = (slug: string, present: string | null) => {
  const otherwise = present === null ? ': Cairn then makes one that is free' : ` to keep the present one, which is ${present}`
  return new DomainError('slug_taken', `The slug ${slug} is not available. Give another one, or none${otherwise}.`, { slug })
}

export const invalid = (path: string, message: string) =>
  new DomainError('invalid', `${path} ${message}.`, { fields: [{ path, message }] satisfies FieldProblem[] })
