import { mayRead } from '../access'
import type { Context } from '../context'
import type { EventNames } from '../schemas/activity'
import type { LoggedEvent } from '../schemas/event'
import { unitsOf } from '../state'
import type { World } from '../world'

const idsIn = (events: readonly LoggedEvent[], prefix: string): string[] => {
  const named = events.flatMap(({ project_id, milestone_id, checkpoint_id, data }) => [
    project_id,
    milestone_id,
    checkpoint_id,
    ...Object.values(data).flat(),
  ])
  return [...new Set(named)].filter((id): id is string => typeof id === 'string' && id.startsWith(prefix))
}

/** The names of what these events are about and of what their data names. Of groups that the reader may not read, nothing is named but people and agents. */
export const viewEventNames = (world: World, events: readonly LoggedEvent[], context: Context): EventNames => {
  const checkpoints = world.findAll('checkpoint', idsIn(events, 'cp_')).flatMap((found) => found ?? [])
  const ofCheckpoints = checkpoints.map(({ milestone_id }) => milestone_id)
  const milestones = world.findAll('milestone', [...new Set([...idsIn(events, 'ms_'), ...ofCheckpoints])]).flatMap((found) => found ?? [])
  const projects = world
    .findAll('project', [...new Set([...idsIn(events, 'proj_'), ...milestones.map(({ project_id }) => project_id)])])
    .flatMap((found) => found ?? [])
  const proposals = world
    .findAll('proposal', idsIn(events, 'prop_'))
    .flatMap((found) => (found && found.checkpoint_id === null ? [found] : []))
  const group_ids = new Set([...events, ...projects].flatMap(({ group_id }) => group_id ?? []))
  world.need(unitsOf('group', group_ids))
  const groups = [...group_ids].flatMap((id) => world.find('group', id) ?? []).filter((group) => mayRead(world, context, group))
  const readable = new Set(groups.map(({ group_id }) => group_id))
  const inReadable = milestones.filter(({ group_id }) => readable.has(group_id))
  const shown = new Set(inReadable.map(({ milestone_id }) => milestone_id))
  const principals = world.findAll('principal', [...idsIn(events, 'usr_'), ...idsIn(events, 'ap_')]).flatMap((found) => found ?? [])
  return {
    groups: Object.fromEntries(groups.map(({ group_id, slug, name }) => [group_id, { slug, name }])),
    projects: Object.fromEntries(
      projects.filter(({ group_id }) => readable.has(group_id)).map(({ project_id, title }) => [project_id, title]),
    ),
    milestones: Object.fromEntries(inReadable.map(({ milestone_id, title }) => [milestone_id, title])),
    checkpoints: Object.fromEntries(
      checkpoints
        .filter(({ milestone_id }) => shown.has(milestone_id))
        .map(({ checkpoint_id, milestone_id, order, title }) => [checkpoint_id, { milestone_id, order, title }]),
    ),
    proposals: Object.fromEntries(
      proposals.filter(({ group_id }) => readable.has(group_id)).map(({ proposal_id, title }) => [proposal_id, title]),
    ),
    principals: Object.fromEntries(principals.map(({ principal_id, name }) => [principal_id, name])),
  }
}
