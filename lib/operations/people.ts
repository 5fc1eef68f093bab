import * as z from 'zod'
import type { Instance } from '@/db/instance'
import { readSnapshot } from '@/db/read'
import { sha256 } from '@/lib/auth/key'
import { findMember } from '@/lib/domain/access'
import { join } from '@/lib/domain/arrival'
import type { Context } from '@/lib/domain/context'
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
import { type Decision, decided, defineMutation, idIn, nowhere } from './define'
import { differing } from './differing'

const viewPerson = (world: World, ids: Ids): Person => {
  const person = world.find('principal', idIn(ids, 'principal_id'))
  if (!person) throw notFound('person')
  const { principal_id, name, email, created_at } = person
  return { user_id: principal_id, name, email, created_at }
}

const person = {
  output: Person,
  find: nowhere,
  answer: viewPerson,
  text: (world: World, ids: Ids) => personText(viewPerson(world, ids)),
}

const change = ({ caller: { principal } }: Pick<Context, 'caller'>, input: { name: string } | { email: string }): Decision => {
  const { principal_id } = principal
  const changes = differing(principal, input)
  if (Object.keys(changes).length === 0) return decided([], { principal_id })
  return decided([{ ...NOWHERE, type: 'person.updated', data: { principal_id, ...changes } }], { principal_id })
}

export const updatePerson = defineMutation({
  name: 'update_person',
  routes: ['PATCH /me'],
  permission: 'groups:admin',
  summary: 'Change your own name',
  input: z.strictObject({ name: PersonName }),
  errors: [],
  example: { name: 'Maria Santos' },
  decide: (_world, input, context) => change(context, input),
  ...person,
})

/** It has no route: one signs in with the address, so only the account page changes it, for whoever has proven just now who they are. */
export const changeEmail = defineMutation({
  name: 'change_email',
  routes: [],
  permission: 'session',
  summary: 'Change the e-mail address with which you sign in',
  input: z.strictObject({ email: Email }),
  errors: ['email_taken'],
  decide: (world, input, context) => {
    assertEmailFree(world, input.email, context.caller.principal.principal_id)
    return change(context, input)
  },
  ...person,
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

/** The group in which a person is by the invitation of a link, which they accepted. @throws busy, unavailable */
export const readJoined = (instance: Instance, token: string, principal_id: string): Promise<{ group: string; slug: string } | null> =>
  readSnapshot(instance, [], ({ world }) =>
    world((known) => {
      const [invitation] = known.list('invitation_hash', sha256(token), 'invitation')
      if (!invitation || invitation.accepted_by !== principal_id || !findMember(known, invitation.group_id, principal_id)) return null
      const { name, slug } = groupOf(known, invitation.group_id)
      return { group: name, slug }
    }),
  )

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
      const group = groupOf(world, group_id)
      const scope = scopeOfGroup(group)
      slug = offer.slug
      return {
        events: [
          { ...NOWHERE, type: 'person.registered', data: { principal_id, name, email, instance_owner: false } },
          { ...scope, type: 'invitation.accepted', data: { invitation_id } },
          ...join(world, now, group, principal_id, role),
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
