import type { Instance } from '@/db/instance'
import { DomainError } from '@/lib/domain/errors'
import { openApi } from './openapi'

const clean = (path: string) => path.replace(/\/+$/, '')

const assertRead = (method: string): void => {
  if (method !== 'GET') throw new DomainError('method_not_allowed', 'This address accepts GET only.', { allowed: ['GET'] })
}

/**
 * Answers the two health calls, which are the only calls without credentials: whether the instance runs, and whether its database answers.
 * Returns null for any other path.
 */
export const answerHealth = async ({ pool }: Instance, method: string, path: string): Promise<Record<string, unknown> | null> => {
  const asked = clean(path)
  if (asked !== '/health' && asked !== '/health/ready') return null
  assertRead(method)
  if (asked === '/health/ready') await pool.query('select 1').catch(unreachable)
  return { success: true, data: { status: 'ok' } }
}

export const isDescription = (path: string): boolean => clean(path) === '/openapi.json'

/** The description of all calls. @throws method_not_allowed */
export const describeCalls = ({ origin }: Instance, method: string): Record<string, unknown> => {
  assertRead(method)
  return openApi(origin)
}

const unreachable = (): never => {
  throw new DomainError('unavailable', 'The database is out of reach. Try again shortly.', { retry_after_seconds: 2 })
}
