import type { Refusal } from '@/lib/domain/answer'
import type { AnyOperation } from '@/lib/operations/define'
import { describeInput, isRecord, kindsOf, schemaAt } from './leniency'

/** What the first wrong field of a refused call has to be, or null if there is none or nothing is known about it. */
export const formOf = ({ input }: AnyOperation, { details: { fields } }: Refusal, nameOf = (field: string) => field): string | null => {
  const [first]: unknown[] = Array.isArray(fields) ? fields : []
  if (!isRecord(first) || typeof first.path !== 'string') return null
  const schema = schemaAt(describeInput(input), first.path.split('.'))
  const kinds = kindsOf(schema).filter((kind) => kind !== undefined && kind !== 'null')
  if (kinds.length === 0) return null
  const { description } = schema
  return `${nameOf(first.path)}: ${kinds.join(' or ')}${typeof description === 'string' ? `, ${description}` : ''}`
}
