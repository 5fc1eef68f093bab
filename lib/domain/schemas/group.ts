import * as z from 'zod'
import { PRINCIPAL_KINDS } from '../entities'

export const Visibility = z.enum(['workspace', 'private'])
export const Role = z.enum(['owner', 'admin', 'member'])
/** The roles that can be given. A group has one owner, who gives that role to another only together with the group (O1). */
export const GivenRole = Role.exclude(['owner'])

export const Group = z
  .object({
    group_id: z.string(),
    name: z.string(),
    slug: z.string(),
    description: z.string(),
    owner_id: z.string(),
    role: Role.nullable().describe('your role, or null if you are not a member'),
    created_at: z.string(),
    updated_at: z.string(),
    visibility: Visibility,
    member_count: z.int(),
    max_failures: z.int().describe('how many failed attempts in a row make a checkpoint need the attention of a person'),
  })
  .meta({ id: 'Group' })

export const Member = z
  .object({
    user_id: z.string(),
    name: z.string(),
    email: z.string().describe('empty unless you are an admin of the group'),
    role: Role,
    member_type: z.enum(PRINCIPAL_KINDS),
    joined_at: z.string(),
  })
  .meta({ id: 'Member' })

/** What a person is in a group now. */
export const Membership = z
  .object({
    group_id: z.string(),
    user_id: z.string(),
    name: z.string(),
    role: Role.nullable().describe('null: not a member'),
  })
  .meta({ id: 'Membership' })

export type Visibility = z.infer<typeof Visibility>
export type Role = z.infer<typeof Role>
export type Group = z.infer<typeof Group>
export type Membership = z.infer<typeof Membership>
export type Member = z.infer<typeof Member>
