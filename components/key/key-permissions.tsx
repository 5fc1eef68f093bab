import { isGrantedAtFirst, isReserved, mayHold, PERMISSION_NAMES, PERMISSIONS } from '@/lib/domain/permission'
import type { Key } from '@/lib/domain/schemas/key'
import { Disclosure } from '../ui/disclosure'

/** The permissions that mean something today. */
export const SHOWN_PERMISSIONS = PERMISSION_NAMES.filter((name) => !isReserved(name))

/** Those that a key of one group may have. */
export const GROUP_PERMISSIONS = SHOWN_PERMISSIONS.filter((name) => mayHold('user', { group_id: 'any' }, name))

/** What a key may do: in short, and all of it when asked for. */
export function KeyPermissions({ made: { permissions, owner_type, group_id } }: { made: Key }) {
  const possible = SHOWN_PERMISSIONS.filter((name) => mayHold(owner_type, { group_id }, name))
  const granted = possible.filter((name) => permissions[name])
  const isUsual = possible.every((name) => (permissions[name] ?? false) === isGrantedAtFirst(name))
  const count = granted.length === 1 ? 'one permission' : `${granted.length} of ${possible.length} permissions`
  const summary = isUsual ? 'The usual permissions' : granted.length === 0 ? 'No permissions' : `May do: ${count}`
  return (
    <Disclosure summary={permissions['milestones:relax'] ? `${summary}, may loosen plans` : summary}>
      <ul className="grid gap-x-6 gap-y-1 sm:grid-cols-2">
        {possible.map((name) => (
          <li key={name} className={permissions[name] ? '' : 'text-muted'}>
            <span className="font-medium">{permissions[name] ? 'Yes' : 'No'}:</span> {PERMISSIONS[name].description}{' '}
            <code className="font-mono text-xs text-muted">{name}</code>
          </li>
        ))}
      </ul>
    </Disclosure>
  )
}
