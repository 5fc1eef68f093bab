import { invalid } from '@/lib/domain/errors'
import { LIMITS } from '@/lib/domain/limits'

/** The idempotency key that was given in the header or field of this name. @throws invalid */
export const readIdempotencyKey = (name: string, given: string | File | null): string | null => {
  if (given === null) return null
  if (typeof given !== 'string' || given === '' || given.length > LIMITS.idempotency_key)
    throw invalid(name, `must have 1 to ${LIMITS.idempotency_key} characters`)
  return given
}
