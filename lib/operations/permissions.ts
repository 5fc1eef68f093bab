import * as z from 'zod'
import { PRINCIPAL_KINDS } from '@/lib/domain/entities'
import { hasPermission, PERMISSION_NAMES, PERMISSIONS } from '@/lib/domain/permission'
import { permissionsText } from '@/lib/domain/text/permission'
import { defineQuery, nowhere } from './define'

export const getMyPermissions = defineQuery({
  name: 'get_my_permissions',
  routes: ['GET /api-keys/me/permissions'],
  permission: 'anyone',
  summary: 'Get your own permissions',
  command: 'permissions',
  atWork: true,
  beyondMilestone: true,
  input: z.strictObject({}),
  output: z.object({
    permissions: z.record(z.string(), z.boolean()),
    permissions_info: z.record(z.string(), z.object({ granted: z.boolean(), description: z.string() })),
    scope_type: z.enum(['user', 'group']),
    scope_id: z.string(),
    milestone_id: z.string().nullable().describe('the only milestone in which your key works; null: all of its scope'),
    owner_type: z.enum(PRINCIPAL_KINDS),
  }),
  errors: [],
  find: nowhere,
  read: async (_reading, _input, { caller: { principal, key } }) => {
    const granted = PERMISSION_NAMES.map((name) => ({ name, granted: hasPermission(principal.kind, key, name) }))
    return {
      permissions: Object.fromEntries(granted.map(({ name, granted }) => [name, granted])),
      permissions_info: Object.fromEntries(
        granted.map(({ name, granted }) => [name, { granted, description: PERMISSIONS[name].description }]),
      ),
      scope_type: key?.group_id ? ('group' as const) : ('user' as const),
      scope_id: key?.group_id ?? principal.principal_id,
      milestone_id: key?.milestone_id ?? null,
      owner_type: principal.kind,
    }
  },
  text: permissionsText,
})
