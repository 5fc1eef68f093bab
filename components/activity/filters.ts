import { VIAS, type Via } from '@/lib/domain/events'
import { isUuid } from '@/lib/domain/ids'
import { EVENT_TYPES } from './many-words'

/** What a person asks of the log, as the address has it. */
export const FILTERS = ['group', 'actor', 'action', 'ms', 'via', 'since', 'until'] as const
export type Filter = (typeof FILTERS)[number]
export type Filters = Partial<Record<Filter, string>>

export type Actor = { principal_id: string; name: string }

/** The qualifiers of the search, and the filters that they set. */
const QUALIFIERS: Readonly<Record<string, Filter>> = {
  actor: 'actor',
  action: 'action',
  ms: 'ms',
  group: 'group',
  via: 'via',
  after: 'since',
  before: 'until',
}

const TERMS = /(?:[^\s"]|"[^"]*"?)+/g
const HELP = 'Write terms such as actor:atlas action:completed ms:ms_x via:mcp after:2026-11-01.'

export type Understood = { filters: Filters; problem: null } | { filters: null; problem: string }

/** What a search such as `actor:atlas action:completed` asks for. A name may stand in quotation marks. */
export function understand(text: string, actors: readonly Actor[]): Understood {
  const filters: Filters = {}
  for (const term of text.match(TERMS) ?? []) {
    const cut = term.indexOf(':')
    const filter = QUALIFIERS[cut === -1 ? '' : term.slice(0, cut).toLowerCase()]
    const value = term.slice(cut + 1).replaceAll('"', '')
    if (!filter || value === '') return wrong(`“${term}” is no term of a search.`)
    if (filters[filter] !== undefined) return wrong(`“${term.slice(0, cut)}” is given twice.`)
    const read = READERS[filter](value, actors)
    if ('problem' in read) return wrong(read.problem)
    filters[filter] = read.value
  }
  return { filters, problem: null }
}

const wrong = (what: string): Understood => ({ filters: null, problem: `${what} ${HELP}` })

type Read = { value: string } | { problem: string }

const READERS: Record<Filter, (value: string, actors: readonly Actor[]) => Read> = {
  group: (value) =>
    isUuid(value) || /^[a-z0-9-]+$/.test(value) ? { value } : { problem: `“${value}” is neither the slug nor the id of a group.` },
  actor: (value, actors) => {
    if (/^(usr|ap)_/.test(value)) return { value }
    const named = actors.filter(({ name }) => name.toLowerCase() === value.toLowerCase())
    const [only] = named
    if (named.length > 1) return { problem: `${named.length} are named “${value}”: write the id, such as actor:${only?.principal_id}.` }
    return only ? { value: only.principal_id } : { problem: `Nobody whom you may see is named “${value}”.` }
  },
  action: (value) => {
    const types = typesFor(value)
    return types
      ? { value: types }
      : { problem: `“${value}” is no action. An action is such as completed, checkpoint.completed or claim.*.` }
  },
  ms: (value) => (value.startsWith('ms_') ? { value } : { problem: `“${value}” is not the id of a milestone, which begins with ms_.` }),
  via: (value) => (isVia(value) ? { value } : { problem: `“${value}” is no way by which calls come: these are ${VIAS.join(', ')}.` }),
  since: (value) => time(value),
  until: (value) => time(value),
}

const time = (value: string): Read =>
  isTime(value) ? { value } : { problem: `“${value}” is no day such as 2026-11-01, and no time such as 2026-11-01T09:30:00Z.` }

/** The types for an action: a type, all of a noun, or all whose verb it is. */
function typesFor(action: string): string | null {
  const wanted = action.split(',').map((part) => {
    if (/^\w+\.\*$/.test(part)) return EVENT_TYPES.some((type) => type.startsWith(part.slice(0, -1))) ? part : null
    const found = EVENT_TYPES.filter((type) => type === part || type.endsWith(`.${part}`))
    return found.length > 0 ? found.join(',') : null
  })
  return wanted.every((part) => part !== null) ? wanted.join(',') : null
}

const isVia = (value: string): value is Via => VIAS.some((via) => via === value)
const DAY = /^[1-9]\d{3}-\d\d-\d\d/
const TIME = /^(T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d))?$/

function isTime(value: string): boolean {
  const day = value.slice(0, 10)
  // JavaScript takes the 31st of a shorter month for a day of the next one.
  return DAY.test(value) && TIME.test(value.slice(10)) && new Date(Date.parse(day) || 0).toISOString().startsWith(day)
}

/** The filters that an address has. What cannot be understood is named, so that nobody takes a list for another one. */
export function filtersOf(parameters: Readonly<Record<string, string | string[] | undefined>>): Understood {
  const filters: Filters = {}
  for (const filter of FILTERS) {
    const value = parameters[filter]
    if (value === undefined || value === '') continue
    const read: Read =
      typeof value === 'string' && isShort(value)
        ? READERS[filter](value, [])
        : { problem: `The address has no single, readable “${filter}”.` }
    if ('problem' in read) return wrong(read.problem)
    filters[filter] = read.value
  }
  return { filters, problem: null }
}

const LONGEST = 200
const isShort = (value: string) => value.length <= LONGEST && value.isWellFormed() && !value.includes('\0')

/** The search that sets these filters. */
export function searchOf(filters: Filters, actors: readonly Actor[]): string {
  const nameOf = (id: string) => {
    const name = actors.find(({ principal_id }) => principal_id === id)?.name
    const isOnly = actors.filter((actor) => actor.name.toLowerCase() === name?.toLowerCase()).length === 1
    if (name === undefined || !isOnly || name.includes('"')) return id
    return /\s/.test(name) ? `"${name}"` : name
  }
  return Object.entries(QUALIFIERS)
    .flatMap(([qualifier, filter]) => {
      const value = filters[filter]
      return value === undefined ? [] : [`${qualifier}:${filter === 'actor' ? nameOf(value) : value}`]
    })
    .join(' ')
}

/** The address of the log with these filters. */
export function hrefOf(filters: Filters, more: Readonly<Record<string, string>> = {}): string {
  const parameters = new URLSearchParams()
  for (const filter of FILTERS) if (filters[filter]) parameters.set(filter, filters[filter])
  for (const [name, value] of Object.entries(more)) parameters.set(name, value)
  return parameters.size > 0 ? `/activity?${readable(parameters)}` : '/activity'
}

/** The input of the calls that read what is filtered. */
export function inputOf({ group, actor, action, ms, via, since, until }: Filters) {
  return {
    ...(group && { group_id: group }),
    ...(actor && { actor_id: actor }),
    ...(action && { type: action }),
    ...(ms && { milestone_id: ms }),
    ...(via && isVia(via) && { via }),
    ...(since && { since }),
    ...(until && { until }),
  }
}

/** A comma and a colon need no escape in a query, and are what people write. */
const readable = (parameters: URLSearchParams) => parameters.toString().replaceAll('%2C', ',').replaceAll('%3A', ':')
