import * as z from 'zod'
import { PRINCIPAL_KINDS } from '../entities'

export const Visibility = z.enum(['workspace', 'private'])
export const Role = z.enum(['owner', 'admin', 'member'])

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

export type Visibility = z.infer<typeof Visibility>
export type Role = z.infer<typeof Role>
export type Group = z.infer<typeof Group>
export type Member = z.infer<typeof Member>
