import { roleIn } from '../access'
import { groupOf } from '../resolve'
import type * as Wire from '../schemas/group'
import type { World } from '../world'
import type { View } from './view'

export const viewGroup = (world: World, group_id: string, { caller }: View): Wire.Group => ({
  ...groupOf(world, group_id),
  role: roleIn(world, caller, group_id),
  member_count: world.members(group_id).length,
})
