import type { Role } from './schemas/group'

/** What a role allows in a group, in words, with the operations that it is about. A test compares this with what the operations need. */
export type Right = { does: string; roles: readonly Role[]; operations: readonly string[] }

const EVERYBODY: readonly Role[] = ['owner', 'admin', 'member']
const ADMINS: readonly Role[] = ['owner', 'admin']
const OWNER: readonly Role[] = ['owner']

export const RIGHTS: readonly Right[] = [
  {
    does: 'Plan and do work: projects, milestones and checkpoints',
    roles: EVERYBODY,
    operations: ['create_project', 'create_milestone', 'claim_checkpoint', 'complete_checkpoint'],
  },
  { does: 'See who belongs to the group, and its agents', roles: EVERYBODY, operations: ['list_members', 'list_agent_profiles'] },
  { does: 'Create keys for oneself, and revoke them', roles: EVERYBODY, operations: ['create_key', 'revoke_key'] },
  {
    does: 'Suspend, resume and edit the agents for which one answers',
    roles: EVERYBODY,
    operations: ['suspend_agent_profile', 'resume_agent_profile'],
  },
  {
    does: 'Invite people, and revoke invitations',
    roles: ADMINS,
    operations: ['create_invitation', 'list_invitations', 'revoke_invitation'],
  },
  { does: 'Change roles and remove members', roles: ADMINS, operations: ['update_member', 'remove_member'] },
  {
    does: 'Create and delete agents, and manage all agents and their keys',
    roles: ADMINS,
    operations: ['create_agent_profile', 'delete_agent_profile'],
  },
  { does: 'Change the settings of the group', roles: ADMINS, operations: ['update_group'] },
  { does: 'Leave the group', roles: ['admin', 'member'], operations: ['leave_group'] },
  { does: 'Give the group to another owner', roles: OWNER, operations: ['transfer_group'] },
]
