import type { Instance } from '@/db/instance'
import { findOwner, type Owner } from '@/db/queries/principals'
import { NOWHERE } from '@/lib/domain/events'
import { newId } from '@/lib/domain/ids'

export type NewPerson = { name: string; email: string; instance_owner: boolean }

/** Registers a person and returns the principal's id. The person is the author of this event, because no other caller need exist yet. */
export const registerPerson = async ({ lane }: Instance, person: NewPerson): Promise<string> => {
  const principal_id = newId('usr')
  await lane.record([{ ...NOWHERE, type: 'person.registered', data: { principal_id, ...person } }], {
    actor_id: principal_id,
    actor_type: 'user',
    on_behalf_of: null,
    key_id: null,
    session_id: null,
    via: 'cli',
  })
  return principal_id
}

const OWNER: NewPerson = { name: 'Owner', email: 'owner@cairn.local', instance_owner: true }

/** The owner of the instance, who is registered at the first start. A unique index of the database keeps it to one owner. */
export const ensureOwner = async (instance: Instance): Promise<Owner> => {
  const known = await findOwner(instance)
  if (known) return known
  const { name, email } = OWNER
  try {
    return { principal_id: await registerPerson(instance, OWNER), name, email }
  } catch (error) {
    // Another process that starts at the same time was quicker.
    const registered = await findOwner(instance)
    if (registered) return registered
    throw error
  }
}
