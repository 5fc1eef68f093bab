import * as z from 'zod'
import { PRINCIPAL_KINDS } from '../entities'
import { GateThreshold, GateVoters } from './proposal'

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
    gate_threshold: GateThreshold.describe('how many of those who may vote a gate needs'),
    gate_deadline_hours: z.int().nullable().describe('after how many hours the voting on a gate closes; null: never'),
    gate_voters: GateVoters.describe('whose ballots count for gates'),
    no_self_approval: z
      .boolean()
      .describe('whether those are left out of a gate who gated the checkpoint or completed or failed it last, and their agents'),
    gate_auto_finalize: z.boolean().describe('whether the ballot that decides a gate finalizes it'),
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
