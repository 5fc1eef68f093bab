import {
  type ListResourcesResult,
  type ReadResourceResult,
  ResourceNotFoundError,
  type ResourceTemplateType,
} from '@modelcontextprotocol/server'
import { DomainError } from '@/lib/domain/errors'
import { OPERATIONS } from '@/lib/operations'
import type { AnyOperation, Query, Resource } from '@/lib/operations/define'
import { dataOf } from '@/lib/operations/execute'
import { isRecord } from '../leniency'
import { sayTool } from '../say'
import { type Exchange, run } from './exchange'

const TEXT = 'text/plain'

type Reader = Query & { resource: Resource }

const isReader = (operation: AnyOperation): operation is Reader => operation.kind === 'query' && operation.resource !== undefined

const READERS: readonly Reader[] = OPERATIONS.filter(isReader)

const uriOf = ({ collection }: Resource, id: string): string => `cairn://${collection}/${id}`

export const listTemplates = (): ResourceTemplateType[] =>
  READERS.map(({ resource, summary }) => ({
    uriTemplate: uriOf(resource, `{${resource.id}}`),
    name: resource.collection,
    description: summary,
    mimeType: TEXT,
  }))

/** The resources that a client is shown, page by page: those of the one collection of which there is a list. */
export const listResources = async (exchange: Exchange, cursor: string | undefined): Promise<ListResourcesResult> => {
  const [resource] = READERS.flatMap(({ resource }) => (resource.listed ? [{ ...resource, list: resource.listed.by }] : []))
  if (!resource) return { resources: [] }
  const executed = await run(exchange, resource.list, { input: { cursor } })
  const { resources, next_cursor } = dataOf(resource.list, executed)
  return {
    resources: resources.map(({ id, title, updated_at }) => ({
      uri: uriOf(resource, id),
      name: id,
      title,
      mimeType: TEXT,
      annotations: { lastModified: updated_at },
    })),
    ...(next_cursor !== null && { nextCursor: next_cursor }),
  }
}

/** Reads the text of a resource. @throws ResourceNotFoundError, also for one that the caller may not read */
export const readResource = async (exchange: Exchange, uri: string): Promise<ReadResourceResult> => {
  const reader = READERS.find(({ resource }) => uri.startsWith(uriOf(resource, '')))
  if (!reader) throw new ResourceNotFoundError(uri)
  const id = uri.slice(uriOf(reader.resource, '').length)
  try {
    const { data } = await run(exchange, reader, { input: { [reader.resource.id]: id }, say: sayTool })
    return { contents: [{ uri, mimeType: TEXT, text: data }] }
  } catch (error) {
    if (error instanceof DomainError && (error.code === 'not_found' || error.code === 'invalid')) throw new ResourceNotFoundError(uri)
    throw error
  }
}

/** The resources about which an event is. */
export const urisOf = (event: unknown): string[] =>
  READERS.flatMap(({ resource }) => {
    const id = isRecord(event) ? event[resource.id] : null
    return typeof id === 'string' ? [uriOf(resource, id)] : []
  })

const CHANGING_LISTS: ReadonlySet<string> = new Set(READERS.flatMap(({ resource }) => resource.listed?.changedBy ?? []))

/** Whether the list of resources may be another one after an event of this type. */
export const changesList = (type: string): boolean => CHANGING_LISTS.has(type)
