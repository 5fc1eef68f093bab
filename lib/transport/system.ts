import type { Instance } from '@/db/instance'
import { DomainError } from '@/lib/domain/errors'
import { openApi } from './openapi'

type Answered = { success: true; data: unknown } | Record<string, unknown>

/** What concerns the instance and not its data, and needs no credentials; null where the path is none of these. */
export const answerSystem = async ({ pool, origin }: Instance, method: string, path: string): Promise<Answered | null> => {
  const clean = path.replace(/\/+$/, '')
  if (clean !== '/health' && clean !== '/health/ready' && clean !== '/openapi.json') return null
  if (method !== 'GET') throw new DomainError('method_not_allowed', 'Here one can only GET.', { allowed: ['GET'] })
  if (clean === '/openapi.json') return openApi(origin)
  if (clean === '/health/ready') await pool.query('select 1').catch(unreachable)
  return { success: true, data: { status: 'ok' } }
}

const unreachable = (): never => {
  throw new DomainError('unavailable', 'The database is out of reach.', { retry_after_seconds: 2 })
}
