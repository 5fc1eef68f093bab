import type { Group, Member, Membership } from '../schemas/group'
import { titled } from './checkpoint'
import { counted, lines, quote, words } from './quote'

const THRESHOLDS = { majority: 'a majority', two_thirds: 'two thirds', unanimous: 'all' } as const

const YOURS = { owner: 'you are its owner', admin: 'you are an admin', member: 'you are a member' } as const

/** A group is named by its slug, which every call takes in place of its id. */
const groupLine = ({ slug, name, role, visibility, member_count }: Group): string =>
  words(
    slug,
    titled(name),
    visibility === 'private' && 'private',
    `${counted(member_count, 'member')},`,
    role === null ? 'you are not a member' : YOURS[role],
  )

export const groupText = (group: Group): string =>
  lines(
    words(groupLine(group), `${counted(group.max_failures, 'failure')} in a row allowed`),
    words(
      `gates need ${THRESHOLDS[group.gate_threshold]} of`,
      group.gate_voters === 'people' ? 'the people' : 'the people and agents',
      group.no_self_approval && 'without whose work it is',
      group.gate_deadline_hours !== null && `within ${counted(group.gate_deadline_hours, 'hour')}`,
      group.gate_auto_finalize && 'and finalize by themselves',
    ),
    group.group_id,
    group.description !== '' && `description ${quote(group.description)}`,
  )

export const groupsText = ({ groups }: { groups: Group[] }): string => lines(groups.length === 0 && 'no groups', groups.map(groupLine))

const memberLine = ({ user_id, name, role, member_type, email }: Member): string =>
  words(user_id, titled(name), role, member_type === 'agent_profile' && 'agent', email !== '' && quote(email))

export const membersText = ({ members }: { members: Member[] }): string =>
  lines(members.length === 0 && 'no members', members.map(memberLine))

export const membershipText = ({ user_id, name, role }: Membership): string => words(user_id, titled(name), role ?? 'is not a member')
