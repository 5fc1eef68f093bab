import { refusalOf, unavailable } from '@/db/client'
import type { Instance } from '@/db/instance'
import { DomainError } from '@/lib/domain/errors'
import { openApi } from './openapi'

const clean = (path: string) => path.replace(/\/+$/, '')

const assertRead = (method: string): void => {
  if (method !== 'GET') throw new DomainError('method_not_allowed', 'This address accepts GET only.', { allowed: ['GET'] })
}

/**
 * Answers the two health calls, which are the only calls without credentials: whether the instance runs, and whether its database
 * answers and takes changes.
 * Returns null for any other path.
 */
export const answerHealth = async ({ pool, lane }: Instance, method: string, path: string): Promise<Record<string, unknown> | null> => {
  const asked = clean(path)
  if (asked !== '/health' && asked !== '/health/ready') return null
  assertRead(method)
  if (asked === '/health/ready') {
    if (lane.presentFault) throw unavailable(lane.presentFault)
    await pool.query('select 1').catch((error: unknown) => {
      throw refusalOf(error) ?? error
    })
  }
  return { success: true, data: { status: 'ok' } }
}

export const isDescription = (path: string): boolean => clean(path) === '/openapi.json'

/** The description of all calls. @throws method_not_allowed */
export const describeCalls = ({ origin }: Instance, method: string): Record<string, unknown> => {
  assertRead(method)
  return openApi(origin)
}
