import { findMember, roleIn } from '../access'
import type { Context } from '../context'
import { groupOf } from '../resolve'
import type * as Wire from '../schemas/group'
import type { World } from '../world'

export const viewGroup = (world: World, group_id: string, { caller }: Context): Wire.Group => {
  const group = groupOf(world, group_id)
  return {
    group_id,
    name: group.name,
    slug: group.slug,
    description: group.description,
    owner_id: group.owner_id,
    role: roleIn(world, caller, group_id),
    created_at: group.created_at,
    updated_at: group.updated_at,
    visibility: group.visibility,
    max_failures: group.max_failures,
    gate_threshold: group.gate_threshold,
    gate_deadline_hours: group.gate_deadline_hours,
    gate_voters: group.gate_voters,
    no_self_approval: group.no_self_approval,
    gate_auto_finalize: group.gate_auto_finalize,
    member_count: world.list('group', group_id, 'member').length,
  }
}

export const viewMembership = (world: World, group_id: string, user_id: string): Wire.Membership => ({
  group_id,
  user_id,
  name: world.find('principal', user_id)?.name ?? '',
  role: findMember(world, group_id, user_id)?.role ?? null,
})
