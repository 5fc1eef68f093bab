import type { Actor } from '@/lib/domain/context'
import type { Authorship } from '@/lib/domain/events'

/** The authorship of a person. */
export const byPerson = (actor: Actor): Authorship => ({ ...actor, actor_type: 'user', on_behalf_of: null })
