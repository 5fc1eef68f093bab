import { lines, words } from './quote'

type Mine = { permissions: Record<string, boolean>; scope_type: string; scope_id: string; milestone_id: string | null; owner_type: string }

export const permissionsText = ({ permissions, scope_type, scope_id, milestone_id, owner_type }: Mine): string => {
  const having = (granted: boolean) => Object.keys(permissions).filter((name) => permissions[name] === granted)
  const scope = scope_type === 'group' ? `the group ${scope_id}` : 'all groups'
  return lines(
    words(owner_type === 'user' ? 'a person' : 'an agent', 'with', milestone_id !== null && `only the milestone ${milestone_id} of`, scope),
    words('may:', ...having(true)),
    having(false).length > 0 && words('may not:', ...having(false)),
  )
}
