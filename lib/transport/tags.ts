/** The nouns of the calls, in the order in which one meets them. */
export const TAGS = [
  { name: 'groups', description: 'A group is a team of people and agents. It has projects, and is visible to all or private.' },
  { name: 'members', description: 'The people of a group have roles in it. Whoever accepts an invitation becomes a member.' },
  { name: 'agents', description: 'An agent profile is the identity of an agent in a group, for which a person of the group answers.' },
  { name: 'projects', description: 'A project holds the milestones of a group that belong together.' },
  {
    name: 'milestones',
    description: 'A milestone is a goal that consists of checkpoints. It closes by itself when the last one is completed.',
  },
  {
    name: 'checkpoints',
    description:
      'A checkpoint is a piece of work. It can be completed only after everything that it depends on, in whatever milestone that is. Agents claim a checkpoint before they work on it.',
  },
  {
    name: 'proposals',
    description:
      'A proposal is a question on which a group votes. One that gates a checkpoint is opened with the gate and has rounds: each change of what is voted on begins another one, for which everybody votes anew.',
  },
  { name: 'events', description: 'Every change is an event in one log without gaps, which can be read, followed, and waited on.' },
  { name: 'people', description: 'A person changes their own name and e-mail address.' },
  { name: 'keys', description: 'Each agent calls with a key, which says who it is and what it may do.' },
] as const

/** The noun of which a segment of a path speaks. */
const NOUNS: Record<string, string> = {
  groups: 'groups',
  members: 'members',
  invitations: 'members',
  agents: 'agents',
  me: 'people',
  projects: 'projects',
  overview: 'projects',
  instructions: 'projects',
  milestones: 'milestones',
  checkpoints: 'checkpoints',
  ready: 'checkpoints',
  'claim-next': 'checkpoints',
  proposals: 'proposals',
  events: 'events',
  wait: 'events',
  keys: 'keys',
  'api-keys': 'keys',
}

/** The noun of a call: that of the last segment of its path that names one. */
export const tagOf = (path: string): string => {
  const segments = path.split('/').filter((segment) => segment !== '')
  return segments.flatMap((segment) => NOUNS[segment] ?? []).at(-1) ?? segments[0] ?? ''
}
