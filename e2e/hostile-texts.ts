import { cookieOf, done as doneAs, forEach, type Owner } from './owner'
import { PAYLOADS, packed } from './payloads'

/** So many people are enough: a password costs a quarter of a second. They change their names. */
export const PEOPLE = 12

export type Field = { field: string; path: string; texts: readonly string[] }

/** Writes every payload into every field that somebody can write, and says on which page it is to be read. */
export async function writeEverywhere(owner: Owner): Promise<{ fields: Field[]; people: Owner[] }> {
  const { origin } = owner
  const done = (method: string, target: string, data: object | null, sent?: Parameters<typeof doneAs>[4]) =>
    doneAs(owner, method, target, data, sent)
  const [names, remarks, descriptions] = [packed(200), packed(2_000), packed(8_000)]
  const { group_id } = await done('POST', '/groups', { name: 'Ours', slug: 'ours' })
  const fields: Field[] = []
  const say = (field: string, where: string, texts: readonly string[]) => fields.push({ field, path: where, texts })

  const groups = await forEach(names, (name, at) => done('POST', '/groups', { name, slug: `g-${at}`, description: descriptions[at % 2] }))
  say('name of a group', '/', names)
  descriptions.forEach((text, at) => {
    say('description of a group', `/g/g-${at}/settings`, [text, names[at] ?? ''])
  })

  const projects = await forEach(PAYLOADS, (title, at) =>
    done('POST', `/groups/${group_id}/projects`, { title, description: descriptions[at % 2] }),
  )
  say('title of a project', '/?group=ours', PAYLOADS.slice(0, 100))
  say('title of a project', `/p/${projects[0].project_id}`, [PAYLOADS[0] ?? ''])

  const { project_id } = await done('POST', `/groups/${group_id}/projects`, { title: 'Work' })
  const make = (title: string, description: string, checkpoints: object[]) =>
    done('POST', `/groups/${group_id}/milestones`, { project_id, title, description, checkpoints })
  const listed = await make(
    names[0] ?? '',
    descriptions[0] ?? '',
    PAYLOADS.map((title) => ({ title })),
  )
  say('title of a checkpoint', `/m/${listed.milestone_id}?view=list`, [...PAYLOADS, names[0] ?? ''])
  say('description of a milestone', `/m/${listed.milestone_id}`, [descriptions[0] ?? ''])
  const milestones = await forEach(names, (title, at) => make(title, descriptions[at % 2] ?? '', [{ title: PAYLOADS[at] }]))
  say('title of a milestone', `/p/${project_id}?view=list`, names)
  say('description of a milestone', `/m/${milestones[1].milestone_id}`, [descriptions[1] ?? ''])

  const told = await make(
    'Told',
    '',
    remarks.map((_, at) => ({ title: `Step ${at}`, description: descriptions[at % 2] })),
  )
  await forEach(told.checkpoints, async ({ checkpoint_id }: { checkpoint_id: string }, at) => {
    const its = `/milestones/${told.milestone_id}/checkpoints/${checkpoint_id}`
    const text = remarks[at] ?? ''
    await done('POST', `${its}/fail`, { reason: text })
    await done('POST', `${its}/retry`, {})
    await done('POST', `${its}/complete`, { note: text })
    await done('POST', `${its}/reopen`, { reason: text })
    await done('POST', `${its}/complete`, {})
    for (const field of ['description of a checkpoint', 'reason of a failure', 'reason of a reopening', 'note'])
      say(field, `/m/${told.milestone_id}?cp=${checkpoint_id}`, [field.startsWith('d') ? (descriptions[at % 2] ?? '') : text])
  })
  const gone = await make('Withdrawn', '', remarks.map((_, at) => ({ title: `Gone ${at}` })).concat({ title: 'Stays' }))
  for (const [at, reason] of remarks.entries())
    await done('POST', `/milestones/${gone.milestone_id}/checkpoints/${gone.checkpoints[at].checkpoint_id}/withdraw`, { reason })

  const agents = await forEach(PAYLOADS, (name, at) =>
    done('POST', `/groups/${group_id}/agents`, { name, description: descriptions[at % 2] }),
  )
  say('name and description of an agent', '/g/ours/agents', [...PAYLOADS, ...descriptions])
  await forEach(PAYLOADS, async (name, at) => {
    const made = { name, agent_profile_id: agents[at].agent_profile_id }
    const { secret } = await done('POST', `/groups/${group_id}/keys`, made)
    const { checkpoint_id } = listed.checkpoints[at]
    await done(
      'POST',
      `/milestones/${listed.milestone_id}/checkpoints/${checkpoint_id}/claim`,
      {},
      {
        by: secret,
        headers: { 'user-agent': name, 'x-session-id': name },
      },
    )
  })
  say('name of a holder', `/m/${listed.milestone_id}?view=list`, PAYLOADS)
  await forEach(PAYLOADS.slice(0, 100), (name) => done('POST', '/api-keys', { name }))
  say('name of a key', '/settings/account', PAYLOADS.slice(0, 100))

  const people = await forEach(names.slice(0, PEOPLE), async (name, at) => {
    const { link } = await done('POST', `/groups/${group_id}/invitations`, {})
    const form = { token: link.split('/').at(-1), name, email: `person-${at}@example.com`, password: 'three quiet words' }
    const body = new URLSearchParams(form)
    const joined = await fetch(`${origin}/auth/join`, { method: 'POST', redirect: 'manual', headers: { origin, 'user-agent': name }, body })
    return { origin, cookie: cookieOf(joined) }
  })
  say('name of a person', '/g/ours', names.slice(0, PEOPLE))
  await done('PATCH', '/me', { name: names[0] })
  const links = await forEach(groups.slice(0, 10), (group) => done('POST', `/groups/${group.group_id}/invitations`, {}))
  for (const [at, { link }] of links.entries()) say('an invitation', new URL(link).pathname, [names[at] ?? '', names[0] ?? ''])
  await writeVotes(done, say)
  return { fields, people }
}

type Done = (method: string, target: string, data: object | null) => ReturnType<typeof doneAs>
type Say = (field: string, where: string, texts: readonly string[]) => void

/** Votes in a group of their own, in which one ballot decides a gate. */
async function writeVotes(done: Done, say: Say): Promise<void> {
  const [names, remarks, descriptions] = [packed(200), packed(2_000), packed(8_000)]
  const { group_id } = await done('POST', '/groups', { name: 'Asked', slug: 'asked' })
  const apart = new Map(PAYLOADS.map((text) => [text.normalize().trim().toLowerCase(), text.trim()]))
  const options = [...apart.values()].filter((text) => !text.includes(',') && text.length <= 200).slice(0, 20)
  const ballot = options.toReversed().join(',')
  await forEach(names, async (title, at) => {
    const [description, comment] = [descriptions[at % 2] ?? '', remarks[at % remarks.length] ?? '']
    const ask = { title, description, voting_type: at % 2 === 0 ? 'single' : 'ranked', options }
    const { proposal_id } = await done('POST', `/groups/${group_id}/proposals`, ask)
    await done('POST', `/proposals/${proposal_id}/vote`, { vote: at % 2 === 0 ? options[at % options.length] : ballot, comment, round: 1 })
    say('title, description, options and comment of a vote', `/proposals/${proposal_id}`, [title, description, comment, ...options])
  })
  say('title of a vote', '/proposals?group=asked', names)
  const { project_id } = await done('POST', `/groups/${group_id}/projects`, { title: 'Gated' })
  const checkpoints = remarks.map((_, at) => ({ title: `Gate ${at}`, requires_consensus: true }))
  const gated = await done('POST', `/groups/${group_id}/milestones`, { project_id, title: 'Gated', checkpoints })
  await forEach(gated.checkpoints, async ({ requires_proposal_id }: { requires_proposal_id: string }, at) => {
    const its = `/proposals/${requires_proposal_id}`
    await done('POST', `${its}/vote`, { vote: 'no', round: 1 })
    await done('POST', `${its}/finalize`, {})
    await done('POST', `${its}/rounds`, { reason: remarks[at] })
    say('reason of a round', its, [remarks[at] ?? ''])
  })
}
