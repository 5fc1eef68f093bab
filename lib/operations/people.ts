import * as z from 'zod'
import type { Instance } from '@/db/instance'
import { readSnapshot } from '@/db/read'
import { sha256 } from '@/lib/auth/key'
import { notFound } from '@/lib/domain/errors'
import { NOWHERE } from '@/lib/domain/events'
import { isOpen } from '@/lib/domain/invitation'
import type { Ids } from '@/lib/domain/kinds'
import { assertEmailFree } from '@/lib/domain/person'
import { groupOf, scopeOfGroup } from '@/lib/domain/resolve'
import type { Role } from '@/lib/domain/schemas/group'
import { Email, Person, PersonName } from '@/lib/domain/schemas/person'
import { personText } from '@/lib/domain/text/person'
import { nameOfPrincipal } from '@/lib/domain/views/claim'
import type { World } from '@/lib/domain/world'
import { decided, defineMutation, idIn, nowhere } from './define'
import { differing } from './differing'

const viewPerson = (world: World, ids: Ids): Person => {
  const person = world.find('principal', idIn(ids, 'principal_id'))
  if (!person) throw notFound('person')
  const { principal_id, name, email, created_at } = person
  return { user_id: principal_id, name, email, created_at }
}

export const updatePerson = defineMutation({
  name: 'update_person',
  routes: ['PATCH /me'],
  permission: 'groups:admin',
  summary: 'Change your own name or e-mail address',
  input: z.strictObject({ name: PersonName.optional(), email: Email.optional() }),
  output: Person,
  errors: ['email_taken'],
  example: { name: 'Maria Santos' },
  find: nowhere,
  // P2: whoever changes where a new password is sent has the whole account.
  needs: (_world, { email }) => (email === undefined ? [] : ['session']),
  decide: (world, input, { caller: { principal } }) => {
    const { principal_id } = principal
    if (input.email !== undefined) assertEmailFree(world, input.email, principal_id)
    const changes = differing(principal, input)
    if (Object.keys(changes).length === 0) return decided([], { principal_id })
    return decided([{ ...NOWHERE, type: 'person.updated', data: { principal_id, ...changes } }], { principal_id })
  },
  answer: viewPerson,
  text: (world, ids) => personText(viewPerson(world, ids)),
})

/** What the page of an invitation shows to whoever has its link. */
export type InvitationOffer = { invitation_id: string; group: string; slug: string; invited_by: string; role: Role; expires_at: string }

const offerOf = (world: World, hash: string, now: string): InvitationOffer | null => {
  const [invitation] = world.list('invitation_hash', hash, 'invitation')
  if (!invitation || !isOpen(invitation, now)) return null
  const { invitation_id, group_id, created_by, role, expires_at } = invitation
  const { name, slug } = groupOf(world, group_id)
  return { invitation_id, group: name, slug, invited_by: nameOfPrincipal(world, created_by), role, expires_at }
}

/** The invitation of a link, or null if it cannot be accepted. @throws busy, unavailable */
export const readOffer = (instance: Instance, token: string): Promise<InvitationOffer | null> =>
  readSnapshot(instance, [], ({ world, now }) => world((known) => offerOf(known, sha256(token), now)))

export type SignUp = { principal_id: string; name: string; email: string; token: string; session_id: string | null }

/**
 * Registers a person who has an invitation and accepts it for them, in one transaction: nobody comes to exist in any other way (O2). Returns the slug
 * of their group. @throws not_found, email_taken, busy, unavailable
 */
export const signUp = async ({ lane }: Instance, { principal_id, name, email, token, session_id }: SignUp): Promise<string> => {
  let slug = ''
  await lane.submit({
    decide: (world, now) => {
      const offer = offerOf(world, sha256(token), now)
      const [invitation] = world.list('invitation_hash', sha256(token), 'invitation')
      if (!offer || !invitation) throw notFound('invitation')
      assertEmailFree(world, email, principal_id)
      const { invitation_id, group_id, role } = invitation
      const scope = scopeOfGroup(groupOf(world, group_id))
      slug = offer.slug
      return {
        events: [
          { ...NOWHERE, type: 'person.registered', data: { principal_id, name, email, instance_owner: false } },
          { ...scope, type: 'invitation.accepted', data: { invitation_id } },
          { ...scope, type: 'member.added', data: { principal_id, role } },
        ],
        changed: true,
        authorship: { actor_id: principal_id, actor_type: 'user', on_behalf_of: null, key_id: null, session_id, via: 'web' },
        ids: { ...scope, principal_id },
        needs: [],
        replayed: null,
      }
    },
    answer: () => '{}',
    remember: null,
    bytes: 0,
    left: () => false,
  })
  return slug
}
