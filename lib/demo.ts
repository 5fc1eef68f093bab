import { alone, beginDemo, findPerson, finishDemo } from '@/db/first-start'
import type { Instance } from '@/db/instance'
import type { Actor } from '@/lib/domain/context'
import { DomainError } from '@/lib/domain/errors'
import { LIMITS } from '@/lib/domain/limits'
import type { Milestone } from '@/lib/domain/schemas/milestone'
import { log } from '@/lib/log.mjs'
import * as operations from '@/lib/operations'
import { createAgentProfile } from '@/lib/operations/agents'
import type { Operation } from '@/lib/operations/define'
import { execute } from '@/lib/operations/execute'
import { addMember } from '@/lib/operations/members'
import { registerPerson } from '@/lib/operations/setup'

// The demo data of a first start: three teams in the middle of their work. It is written by the same operations as any other change.

type Step = { title: string; on?: (number | string)[]; vote?: boolean; description?: string }

const person = (actor_id: string): Actor => ({ actor_id, key_id: null, session_id: null, via: 'web' })
const agent = (actor_id: string, name: string): Actor => ({ actor_id, key_id: null, session_id: `${name}-1`, via: 'mcp' })

/** A key is valid for 7 days (H4), and only the keys tell which steps an earlier start has made. */
const MOST_AGE_MS = 6 * 24 * 3_600_000

/** Runs one step and returns the data of its answer. */
type Act = (operation: Operation, input: object, actor: Actor) => ReturnType<typeof JSON.parse>

/**
 * Makes a step known by its place in the demo: each gets its own idempotency key, which is the same at every start. So a start that makes the
 * demo after another one was killed repeats the steps that were made, without effect, and gets their answers.
 */
const stepsOf = (instance: Instance): Act => {
  let step = 0
  return async (operation, input, actor) => {
    step++
    return JSON.parse((await execute(instance, operation, { input, actor, idempotency_key: `cairn-demo-${step}` })).data)
  }
}

/** Adds the demo data to an empty database, and completes it if an earlier start was ended before it was whole. */
export const seedDemo = async (instance: Instance, owner_id: string): Promise<void> => {
  if (!(await beginDemo(instance))) return
  await alone(instance, async () => {
    const begun = await beginDemo(instance)
    if (!begun) return
    if (Date.now() - begun.getTime() < MOST_AGE_MS) await fill(instance, owner_id)
    else log.warn('The demo data is incomplete and stays so, because the start that began to make it was too long ago.')
    await finishDemo(instance)
  })
}

const fill = async (instance: Instance, owner_id: string): Promise<void> => {
  try {
    await makeDemo(instance, stepsOf(instance), owner_id)
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === 'busy' || error.code === 'unavailable') throw error
    // People may have worked in the meantime, with CAIRN_DEMO=off. Their work matters more than the demo, and the start goes on.
    log.warn('The demo data stays incomplete, because the workspace has changed since it was begun.', error)
  }
}

const makeDemo = async (instance: Instance, act: Act, owner_id: string): Promise<void> => {
  const owner = person(owner_id)
  const people = await makePeople(instance)
  const backend = await makeTeam(act, owner, 'backend-team', 'Backend', 'Services, data and their deployment.', [people.jonas], 'atlas')
  const frontend = await makeTeam(act, owner, 'frontend-team', 'Frontend', 'Everything that people see.', [people.mara], 'nova')
  const product = await makeTeam(
    act,
    owner,
    'product-team',
    'Product',
    'What we build, and when it is good enough.',
    [people.mara, people.priya],
    'juno',
  )

  // An agent votes on checkpoints if it has a key. Nobody knows the secret of this one.
  await act(operations.createKey, { group_id: product.group_id, agent_profile_id: product.agent.actor_id, name: 'juno' }, owner)

  const platform = await makeProject(
    act,
    person(people.jonas),
    backend.group_id,
    'Platform',
    '#3B82F6',
    'The services that every team builds on.',
  )
  const web = await makeProject(
    act,
    person(people.mara),
    frontend.group_id,
    'Web app',
    '#A855F7',
    'The dashboard and what stands around it.',
  )
  const roadmap = await makeProject(
    act,
    person(people.priya),
    product.group_id,
    'Q1 Roadmap',
    '#0D9488',
    'What we promised for the first quarter.',
  )

  const plan = (
    actor: Actor,
    group_id: string,
    project_id: string,
    title: string,
    description: string,
    steps: Step[],
  ): Promise<Milestone> => {
    const checkpoints = steps.map(({ title, on, vote, description }) => ({
      title,
      depends_on: on ?? [],
      requires_consensus: vote ?? false,
      description: description ?? '',
    }))
    return act(operations.createMilestone, { group_id, project_id, title, description, checkpoints }, actor)
  }
  const done = (actor: Actor, { milestone_id }: Milestone, order: number, links: object = {}) =>
    act(operations.completeCheckpoint, { milestone_id, order, ...links }, actor)
  const link = (actor: Actor, { milestone_id }: Milestone, order: number, links: object) =>
    act(operations.updateCheckpoint, { milestone_id, order, ...links }, actor)
  const claimed = (actor: Actor, { milestone_id }: Milestone, order: number) =>
    act(operations.claimCheckpoint, { milestone_id, order, ttl_seconds: LIMITS.lease_seconds }, actor)
  const voted = (actor: Actor, proposal_id: string | null | undefined, vote: string, comment = '') =>
    act(operations.castVote, { proposal_id, vote, comment, round: 1 }, actor)
  const failed = async (actor: Actor, { milestone_id }: Milestone, order: number, reason: string) => {
    await act(operations.claimCheckpoint, { milestone_id, order }, actor)
    await act(operations.failCheckpoint, { milestone_id, order, reason }, actor)
  }

  const api = await plan(
    person(people.jonas),
    backend.group_id,
    platform,
    'API v2',
    'The second version of the public API. The dashboard waits for it on staging.',
    [{ title: 'Design API schema' }, { title: 'Implement endpoints', on: [1] }, { title: 'Deploy to staging', on: [2] }],
  )
  await done(backend.agent, api, 1, git('api', 'feature/schema-v2', 118, '9f1c2ab'))
  await link(backend.agent, api, 2, git('api', 'feature/endpoints-v2', 124))
  await claimed(backend.agent, api, 2)

  const parallel = await plan(
    person(people.jonas),
    backend.group_id,
    platform,
    'Billing export',
    'Finance gets its numbers every night, without asking.',
    [
      { title: 'Design approved' },
      { title: 'Backend implementation', on: [1] },
      { title: 'Frontend implementation', on: [1] },
      { title: 'Integration tests', on: [2, 3] },
      { title: 'Deploy', on: [4] },
    ],
  )
  await done(person(people.jonas), parallel, 1)
  await done(backend.agent, parallel, 2, git('api', 'feature/billing-export', 121, '5b7e0d4'))
  await link(backend.agent, parallel, 3, git('web', 'feature/billing-export', 342))
  await failed(backend.agent, parallel, 3, 'For March, the table has two rows more than the export. Which is right?')

  const dashboard = await plan(person(people.mara), frontend.group_id, web, 'New Dashboard', 'One page that answers what happened today.', [
    { title: 'Design mockups' },
    { title: 'Build components', on: [1] },
    {
      title: 'Integrate with API',
      on: [2, `${api.milestone_id}:3`],
      description: 'Replace the fixtures by the real endpoints; nothing else changes.',
    },
    { title: 'Deploy', on: [3] },
  ])
  await done(person(people.mara), dashboard, 1, git('design', 'dashboard', 17, 'c04fe12'))
  await done(frontend.agent, dashboard, 2, git('web', 'feature/dashboard', 351, '1d90c77'))
  await link(frontend.agent, dashboard, 3, { git_branch_url: branch('web', 'feature/dashboard-api') })

  const ship = await plan(person(people.priya), product.group_id, roadmap, 'Ship Feature X', 'Saved filters, for everybody.', [
    { title: 'Design approved' },
    { title: 'Implementation complete', on: [1] },
    { title: 'Tests passing', on: [2] },
    { title: 'Deployed to production', on: [3] },
  ])
  await done(person(people.priya), ship, 1)
  await done(product.agent, ship, 2, git('web', 'feature/saved-filters', 338, 'e7a4410'))
  await done(product.agent, ship, 3, git('web', 'feature/saved-filters', 340, 'b2285fd'))
  await done(person(people.mara), ship, 4, { git_commit_url: commit('infra', '77ac09e') })

  const authentication = await plan(
    person(people.priya),
    product.group_id,
    roadmap,
    'User Authentication',
    'Sign-in by e-mail link and passkey, with sessions that can be revoked.',
    [
      { title: 'Database schema design' },
      { title: 'API endpoints', on: [1] },
      { title: 'Frontend components', on: [1] },
      { title: 'Integration tests', on: [2, 3] },
      { title: 'Security review of the sign-in and session flow', on: [4] },
      { title: 'Deploy to staging', on: [5] },
      { title: 'Deploy to production', on: [6], vote: true },
    ],
  )
  await done(product.agent, authentication, 1, git('api', 'feature/auth-schema', 109, '3c55d1e'))
  await done(product.agent, authentication, 2, git('api', 'feature/auth', 131, 'abc1230'))
  await link(product.agent, authentication, 3, git('web', 'feature/auth', 347))
  await claimed(product.agent, authentication, 3)

  const launch = await plan(
    person(people.priya),
    product.group_id,
    roadmap,
    'Docs and launch',
    'What has to be true on the day that we tell people.',
    [
      { title: 'Write the guide' },
      { title: 'Record the demo' },
      { title: 'Pricing decision', vote: true, description: 'Keep the free plan at three projects, or lift the limit.' },
      { title: 'Announce', on: [1, 2, 3, `${authentication.milestone_id}:7`, `${dashboard.milestone_id}:4`] },
    ],
  )
  await link(product.agent, launch, 1, { git_branch_url: branch('docs', 'launch-guide') })
  await failed(product.agent, launch, 2, 'The sign-in page is not on staging yet, so there is nothing to record.')
  await failed(product.agent, launch, 2, 'The passkey dialog of the browser does not appear in the recording.')
  await failed(product.agent, launch, 2, 'The passkey dialog is still missing. Somebody has to record it with a camera.')

  // One ballot each way, so that the owner's decides it: Priya, who asked for the vote, has none.
  const pricing = launch.checkpoints[2]?.requires_proposal_id
  await voted(person(people.mara), pricing, 'yes', 'Three projects are enough to see what it is worth.')
  await voted(product.agent, pricing, 'no', 'One trial in three reaches a fourth project in its first week.')

  const { proposal_id } = await act(
    operations.createProposal,
    {
      group_id: product.group_id,
      title: 'What do we build after the launch?',
      description: 'Only the first is planned now. The order tells what may follow.',
      voting_type: 'ranked',
      options: ['Comments', 'Calendar view', 'Offline mode'],
    },
    person(people.priya),
  )
  await voted(person(people.priya), proposal_id, 'Comments,Calendar view,Offline mode', 'Asked for in every second interview.')
  await voted(person(people.mara), proposal_id, 'Calendar view,Comments,Offline mode')
  await voted(product.agent, proposal_id, 'Offline mode,Comments,Calendar view', 'It makes the tests of the others faster too.')
  await act(operations.finalizeProposal, { proposal_id }, person(people.priya))
}

const makePeople = async (instance: Instance) => {
  const register = async (name: string, email: string) =>
    (await findPerson(instance, email)) ?? (await registerPerson(instance, { name, email, instance_owner: false }))
  return {
    mara: await register('Mara Roth', 'mara@acme.example'),
    jonas: await register('Jonas Weber', 'jonas@acme.example'),
    priya: await register('Priya Nair', 'priya@acme.example'),
  }
}

const makeTeam = async (act: Act, owner: Actor, slug: string, name: string, description: string, people: string[], agentName: string) => {
  const { group_id } = await act(operations.createGroup, { slug, name, description }, owner)
  for (const principal_id of people) await act(addMember, { group_id, principal_id, role: 'admin' }, owner)
  const { agent_profile_id } = await act(createAgentProfile, { group_id, name: agentName }, owner)
  return { group_id, agent: agent(agent_profile_id, agentName) }
}

const makeProject = async (
  act: Act,
  actor: Actor,
  group_id: string,
  title: string,
  color: string,
  description: string,
): Promise<string> => {
  const { project_id } = await act(operations.createProject, { group_id, title, color, description }, actor)
  return project_id
}

const branch = (repository: string, name: string) => `https://github.com/acme/${repository}/tree/${name}`
const commit = (repository: string, hash: string) => `https://github.com/acme/${repository}/commit/${hash}`
const git = (repository: string, name: string, pull: number, hash?: string) => ({
  git_branch_url: branch(repository, name),
  git_pr_url: `https://github.com/acme/${repository}/pull/${pull}`,
  ...(hash ? { git_commit_url: commit(repository, hash) } : {}),
})
