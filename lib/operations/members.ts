import * as z from 'zod'
import { listMembers as selectMembers } from '@/db/queries'
import { roleIn } from '@/lib/domain/access'
import { getGroup } from '@/lib/domain/resolve'
import { Member } from '@/lib/domain/schemas/group'
import { GroupReference } from './fields'
import { defineQuery } from './operation'

export const listMembers = defineQuery({
  name: 'list_members',
  routes: ['GET /groups/:group_id/members'],
  permission: 'members:read',
  summary: 'List the people and agents of a group',
  input: z.strictObject({ group_id: GroupReference }),
  output: z.object({ members: z.array(Member) }),
  errors: [],
  read: async (reading, { group_id: reference }) => {
    const { caller } = reading.view
    const { group_id, role } = await reading.world((world) => {
      const group = getGroup(world, caller, reference)
      return { group_id: group.group_id, role: roleIn(world, caller, group.group_id) }
    })
    const admin = role === 'owner' || role === 'admin'
    const members = await selectMembers(reading, group_id)
    return { members: members.map((member) => ({ ...member, email: admin ? member.email : '' })) }
  },
})
