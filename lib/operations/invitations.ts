import * as z from 'zod'
import type { Instance } from '@/db/instance'
import { listOpenInvitations } from '@/db/queries/invitations'
import { sha256 } from '@/lib/auth/key'
import { findMember } from '@/lib/domain/access'
import { join } from '@/lib/domain/arrival'
import type { Context } from '@/lib/domain/context'
import { notFound } from '@/lib/domain/errors'
import { NOWHERE } from '@/lib/domain/events'
import { expiryOfInvitation, getInvitation, isOpen } from '@/lib/domain/invitation'
import type { Ids } from '@/lib/domain/kinds'
import { assertNoMember } from '@/lib/domain/membership'
import { getGroup, groupOf, scopeOfGroup } from '@/lib/domain/resolve'
import { GivenRole, Membership } from '@/lib/domain/schemas/group'
import { Invitation, NewInvitation } from '@/lib/domain/schemas/invitation'
import { Email } from '@/lib/domain/schemas/person'
import { IdReference, PathSegment } from '@/lib/domain/schemas/text'
import { membershipText } from '@/lib/domain/text/group'
import { invitationsText, invitationText, mailText, newInvitationText } from '@/lib/domain/text/invitation'
import { invitationMail } from '@/lib/domain/text/invitation-mail'
import { nameOfPrincipal } from '@/lib/domain/views/claim'
import { viewMembership } from '@/lib/domain/views/group'
import { viewInvitation } from '@/lib/domain/views/invitation'
import type { World } from '@/lib/domain/world'
import { log } from '@/lib/log.mjs'
import { decided, defineMutation, defineQuery, idIn } from './define'
import { GroupReference } from './fields'
import { findGroup } from './groups'
import { readOffer } from './people'

// O2: nobody becomes a member without having accepted an invitation, and nobody can sign up without one.

/** The page of an invitation, below the address of the instance. */
export const INVITATION_PATH = '/join/'

const viewIn = (world: World, ids: Ids): Invitation => {
  const invitation = world.find('invitation', idIn(ids, 'invitation_id'))
  if (!invitation) throw notFound('invitation')
  return viewInvitation(invitation, nameOfPrincipal(world, invitation.created_by))
}

/** Mails the link of a new invitation to the address that the call named, which is kept nowhere. The link works whatever becomes of the mail. */
const mailInvitation = async (instance: Instance, { link }: NewInvitation, email: string | null): Promise<NewInvitation['mail']> => {
  if (email === null || link === null) return null
  if (!instance.sendMail) return 'not_set_up'
  try {
    const offer = await readOffer(instance, tokenIn(link))
    // Whoever revoked it at once did not mean to send it.
    if (!offer) return 'failed'
    await instance.sendMail({ to: email, ...invitationMail(offer, link) })
    return 'sent'
  } catch (error) {
    log.warn('An invitation was not mailed, because the mail server did not take it.', undefined, mailFault(error))
    return 'failed'
  }
}

/** Says of an error only what has no address and no password in it. */
const mailFault = (error: unknown) => {
  const [code, status] = ['code', 'responseCode'].map((name) => (error instanceof Error ? Reflect.get(error, name) : null))
  return { ...(typeof code === 'string' && /^[A-Z_]{1,30}$/.test(code) && { code }), ...(typeof status === 'number' && { status }) }
}

/** The token follows from the ids of the call, so that it is known again in the answer and kept nowhere. A replay is another call, and shows none. */
const answerNew = (world: World, ids: Ids, { ids: source, origin }: Context): NewInvitation => {
  const token = source.newSecret()
  const isSame = world.find('invitation', idIn(ids, 'invitation_id'))?.hash === sha256(token)
  return { ...viewIn(world, ids), link: isSame ? `${origin}${INVITATION_PATH}${token}` : null, mail: null }
}

export const createInvitation = defineMutation({
  name: 'create_invitation',
  routes: ['POST /groups/:group_id/invitations'],
  permission: 'members:invite',
  summary: 'As an admin, invite somebody to a group by a link, which is shown once and works once',
  secret: true,
  repeats: true,
  input: z.strictObject({
    group_id: GroupReference,
    role: GivenRole.default('member'),
    expires_at: z.iso.datetime().optional().describe('when the link ends, within 30 days; default: in 7 days'),
    email: Email.nullish().describe('to which address the link is mailed too, if this instance sends mail; it is kept nowhere'),
  }),
  output: NewInvitation,
  errors: [],
  find: findGroup,
  needs: (_world, { role }) => (role === 'admin' ? ['admin', 'groups:admin'] : ['admin']),
  decide: (_world, { role, expires_at }, context, { scope }) => {
    const data = {
      invitation_id: context.ids.newId('inv'),
      role,
      hash: sha256(context.ids.newSecret()),
      expires_at: expiryOfInvitation(context, expires_at),
    }
    return decided([{ ...scope, type: 'invitation.created', data }], { invitation_id: data.invitation_id })
  },
  answer: answerNew,
  text: (world, ids, context) => newInvitationText(answerNew(world, ids, context)),
  afterwards: async (instance, answer, { email = null }) => {
    const mail = await mailInvitation(instance, answer, email)
    return { data: { mail }, text: mailText(mail) }
  },
})

export const listInvitations = defineQuery({
  name: 'list_invitations',
  routes: ['GET /groups/:group_id/invitations'],
  permission: 'members:invite',
  summary: 'As an admin, list the invitations to a group that can be accepted, newest first',
  command: 'invitations',
  input: z.strictObject({ group_id: GroupReference }),
  output: z.object({ invitations: z.array(Invitation) }),
  errors: [],
  find: findGroup,
  needs: () => ['admin'],
  read: async ({ select, now }, _input, _context, { group }) => {
    const rows = await select(listOpenInvitations, group.group_id, now)
    return { invitations: rows.map(({ invitation, created_by_name }) => viewInvitation(invitation, created_by_name)) }
  },
  text: invitationsText,
})

/** @throws not_found, also for an invitation that has ended */
const findOpenInvitation = (world: World, { invitation_id }: { invitation_id: string }, context: Context) => {
  const invitation = world.find('invitation', invitation_id)
  if (!invitation || !isOpen(invitation, context.now)) throw notFound('invitation')
  const group = getGroup(world, context, invitation.group_id)
  // Only those who may invite know of invitations.
  if (!findMember(world, group.group_id, context.caller.principal.principal_id)) throw notFound('invitation')
  return { scope: scopeOfGroup(group), invitation }
}

export const revokeInvitation = defineMutation({
  name: 'revoke_invitation',
  routes: ['DELETE /invitations/:invitation_id'],
  permission: 'members:invite',
  summary: 'As an admin, revoke an invitation, whose link then works no more',
  removes: true,
  input: z.strictObject({ invitation_id: PathSegment.describe('id of the invitation') }),
  output: Invitation,
  errors: [],
  find: findOpenInvitation,
  needs: () => ['admin'],
  decide: (_world, _input, _context, { scope, invitation: { invitation_id } }) =>
    decided([{ ...scope, type: 'invitation.revoked', data: { invitation_id } }], { invitation_id }),
  answer: viewIn,
  text: (world, ids) => invitationText(viewIn(world, ids)),
})

/** The token of a link, which may be given as a whole address. */
const tokenIn = (text: string): string => text.slice(text.lastIndexOf('/') + 1).trim()

/** The invited need not be able to read the group yet. @throws not_found */
const findInvitation = (world: World, { token }: { token: string }, context: Context) => {
  const invitation = getInvitation(world, context, sha256(tokenIn(token)))
  // The scope has no group, because it would be judged whether the caller is a member of it.
  return { scope: NOWHERE, invitation }
}

export const acceptInvitation = defineMutation({
  name: 'accept_invitation',
  routes: ['POST /invitations/accept'],
  permission: 'groups:admin',
  summary: 'Accept an invitation, and so become a member of its group',
  input: z.strictObject({ token: IdReference.describe('the link, or the last part of it') }),
  output: Membership,
  errors: ['already_member'],
  find: findInvitation,
  decide: (world, _input, context, { invitation }) => {
    const { invitation_id, group_id, role } = invitation
    const { principal } = context.caller
    const group = groupOf(world, group_id)
    const made = { group_id, principal_id: principal.principal_id }
    if (invitation.accepted_at !== null) return decided([], made)
    assertNoMember(world, group, principal, context)
    const scope = scopeOfGroup(group)
    const joined = join(world, context.now, group, principal.principal_id, role)
    return decided([{ ...scope, type: 'invitation.accepted', data: { invitation_id } }, ...joined], made)
  },
  answer: (world, ids) => viewMembership(world, idIn(ids, 'group_id'), idIn(ids, 'principal_id')),
  text: (world, ids) => membershipText(viewMembership(world, idIn(ids, 'group_id'), idIn(ids, 'principal_id'))),
})
