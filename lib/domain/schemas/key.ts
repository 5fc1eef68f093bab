import * as z from 'zod'
import { PRINCIPAL_KINDS } from '../entities'
import { VIAS } from '../events'

/** A key without its secret, which is stored nowhere. */
export const Key = z
  .object({
    key_id: z.string(),
    name: z.string(),
    hint: z.string().describe('the last four characters of the secret, by which you tell keys apart'),
    scope_type: z.enum(['user', 'group']).describe('a key of user scope works in all groups of its owner'),
    group_id: z.string().nullable(),
    milestone_id: z.string().nullable().describe('the only milestone in which the key works; null: all of its scope'),
    owner_id: z.string(),
    owner_name: z.string(),
    owner_type: z.enum(PRINCIPAL_KINDS),
    permissions: z.record(z.string(), z.boolean()),
    created_at: z.string(),
    expires_at: z.string().nullable(),
    revoked_at: z.string().nullable(),
  })
  .meta({ id: 'Key' })

/** What a key was last used for. It is kept at most once a minute for each call, so it may be a minute old. */
const LastUse = z.object({
  last_used_at: z.string().nullable(),
  last_used_via: z.enum(VIAS).nullable(),
  last_client: z.string().nullable().describe('what the client called itself'),
  last_call: z
    .string()
    .nullable()
    .describe('the operation that it called last, or before the first one the method by which it made contact'),
})

export const UsedKey = Key.extend(LastUse.shape).meta({ id: 'UsedKey' })

export const NewKey = Key.extend({
  secret: z.string().nullable().describe('shown only in the first answer; null if the call is repeated with its idempotency key'),
}).meta({ id: 'NewKey' })

export type Key = z.infer<typeof Key>
export type UsedKey = z.infer<typeof UsedKey>
export type NewKey = z.infer<typeof NewKey>
