import type { Instance } from '@/db/instance'
import type { Actor } from '@/lib/domain/context'
import { DomainError } from '@/lib/domain/errors'
import { log } from '@/lib/log.mjs'
import type { Export, Query } from '@/lib/operations/define'
import { dataOf, execute } from '@/lib/operations/execute'
import { csvLine } from './csv'
import { prefers } from './preference'
import { findMatch } from './router'

type Row = Readonly<Record<string, unknown>>

/** The forms of a file in which everything that a query lists is answered. The end of an address asks for one as its type in an Accept header does. */
export const EXPORT_FORMS = {
  csv: {
    type: 'text/csv',
    description: 'everything up to the present end, without pages: a line with the names of the columns, and a line for each row',
    head: (columns: readonly string[]) => csvLine(columns),
    line: (row: Row, columns: readonly string[]) => csvLine(columns.map((column) => row[column])),
  },
  ndjson: {
    type: 'application/x-ndjson',
    description: 'everything up to the present end, without pages: each on a line, in JSON',
    head: () => '',
    line: (row: Row, _columns: readonly string[]) => `${JSON.stringify(row)}\n`,
  },
} as const

type Ending = keyof typeof EXPORT_FORMS
type Exporting = { operation: Query; how: Export; params: Record<string, string>; ending: Ending }

const ENDINGS: readonly Ending[] = ['csv', 'ndjson']

/** What a request asks for as a file, or null. */
export const exportFor = ({ method, headers }: Request, path: string): Exporting | null => {
  const named = ENDINGS.find((ending) => path.endsWith(`.${ending}`))
  const ending = named ?? preferredEnding(headers.get('accept'))
  if (!ending) return null
  const found = findMatch(method, named ? path.slice(0, -named.length - 1) : path)
  if (found?.operation.kind !== 'query' || !found.operation.export) return null
  return { operation: found.operation, how: found.operation.export, params: found.params, ending }
}

const preferredEnding = (accept: string | null): Ending | undefined =>
  ENDINGS.find((ending) => {
    const { type } = EXPORT_FORMS[ending]
    return prefers(accept, type) && prefers(accept, type, 'text/plain')
  })

type Call = { input: Readonly<Record<string, unknown>>; actor: Actor }

/**
 * Answers with all pages, one after another: the next one is read when the client has taken the last one. Each is judged anew, so the file of a caller
 * who may not read any more ends as a broken answer, and not as if it were whole. @throws DomainError if the first page is refused
 */
export const answerExport = async (
  instance: Instance,
  { operation, how, ending }: Exporting,
  call: Call,
  request_id: string,
): Promise<Response> => {
  const form = EXPORT_FORMS[ending]
  const read = async (place: Readonly<Record<string, unknown>>) => {
    const executed = await execute(instance, operation, { input: { ...call.input, ...how.pages, ...place }, actor: call.actor })
    return { data: dataOf(operation, executed), seq: executed.seq }
  }
  const first = await read({})
  const textOf = (data: unknown) => {
    const { rows, next } = how.page(data, first.seq)
    return { text: rows.map((row) => form.line(row, how.columns)).join(''), next }
  }
  let page = textOf(first.data)
  let text = form.head(how.columns) + page.text
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          // A page may have no row in the range, and a pull that adds nothing would be the last.
          while (text === '' && page.next) {
            page = textOf((await read(page.next)).data)
            text = page.text
          }
        } catch (error) {
          if (!(error instanceof DomainError)) log.error('An export ended because of an error in Cairn.', error, { request_id })
          throw error
        }
        if (text !== '') controller.enqueue(encoder.encode(text))
        text = ''
        if (!page.next) controller.close()
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, {
    headers: {
      'content-type': `${form.type}; charset=utf-8`,
      'content-disposition': `attachment; filename="cairn-${how.name}.${ending}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': request_id,
      vary: 'Accept',
    },
  })
}

const encoder = new TextEncoder()
