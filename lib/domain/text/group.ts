import type { Group, Member } from '../schemas/group'
import { lines, quote, words } from './quote'

/** A group is named by its slug, which every call takes in place of its id. */
const groupLine = ({ slug, name, role, visibility, member_count }: Group): string =>
  words(slug, quote(name), role ?? 'not a member', visibility === 'private' && 'private', `${member_count} members`)

export const groupText = (group: Group): string =>
  lines(groupLine(group), group.group_id, group.description !== '' && `description ${quote(group.description)}`)

export const groupsText = ({ groups }: { groups: Group[] }): string => lines(groups.length === 0 && 'no groups', groups.map(groupLine))

const memberLine = ({ user_id, name, role, member_type, email }: Member): string =>
  words(user_id, quote(name), role, member_type === 'agent_profile' && 'agent', email !== '' && quote(email))

export const membersText = ({ members }: { members: Member[] }): string => lines(members.map(memberLine))
