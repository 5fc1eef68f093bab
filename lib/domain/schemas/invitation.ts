import * as z from 'zod'
import { GivenRole } from './group'

/** An invitation without its token, which is stored nowhere. */
export const Invitation = z
  .object({
    invitation_id: z.string(),
    group_id: z.string(),
    role: GivenRole,
    created_by_name: z.string(),
    created_at: z.string(),
    expires_at: z.string(),
    accepted_at: z.string().nullable(),
    revoked_at: z.string().nullable(),
  })
  .meta({ id: 'Invitation' })

export const NewInvitation = Invitation.extend({
  link: z
    .string()
    .nullable()
    .describe(
      'shown only in the first answer; whoever opens it can join the group once; null if the call is repeated with its idempotency key',
    ),
  mail: z
    .enum(['sent', 'failed', 'not_set_up'])
    .nullable()
    .describe(
      'whether the link was mailed too: failed if the mail server did not take it, not_set_up if this instance sends no mail, null if the call named no address',
    ),
}).meta({ id: 'NewInvitation' })

export type Invitation = z.infer<typeof Invitation>
export type NewInvitation = z.infer<typeof NewInvitation>
