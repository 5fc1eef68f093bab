import { DomainError } from './errors'
import type { World } from './world'

/** O3: an address is that of one person. @throws email_taken */
export const assertEmailFree = (world: World, email: string, principal_id: string | null): void => {
  const [holder] = world.list('person_email', email, 'principal')
  if (!holder || holder.principal_id === principal_id) return
  throw new DomainError('email_taken', 'This e-mail address is that of another person here. Use another one.', { email })
}
