import clsx from 'clsx'
import type { Field } from '@/lib/transport/docs/fields'
import { Sentence } from './prose'

type FieldsProps = { caption: string; fields: readonly Field[]; objects: ReadonlySet<string>; demands?: boolean }

/** The fields of a call, an answer or an object. `demands` says whether some must be given, which is said only of what is sent. */
export function Fields({ caption, fields, objects, demands = false }: FieldsProps) {
  if (fields.length === 0) return null
  return (
    <table className="w-full table-fixed border-collapse text-left">
      <caption className="pb-1.5 text-left text-xs font-semibold text-muted">{caption}</caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Meaning</th>
        </tr>
      </thead>
      <tbody>
        {fields.map((field) => (
          <Row key={field.path} field={field} objects={objects} demands={demands} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ field, objects, demands }: { field: Field; objects: ReadonlySet<string>; demands: boolean }) {
  const { path, depth, type, required, fallback, bounds, description } = field
  const facts = [bounds, fallback !== null && `default \`${fallback}\``].filter((fact) => fact !== false && fact !== '')
  const cut = path.lastIndexOf('.') + 1
  return (
    <tr className="border-t border-line align-top max-sm:grid max-sm:py-1.5">
      <th scope="row" className={clsx('w-2/5 py-1.5 pr-3 font-normal max-sm:w-full max-sm:py-0', depth > 0 && 'pl-4', depth > 1 && 'pl-8')}>
        <code className="font-mono text-xs font-semibold wrap-anywhere">
          <span className="font-normal text-muted">{path.slice(0, cut)}</span>
          {path.slice(cut)}
        </code>
        <span className="block text-xs text-muted">
          <Type pieces={type} objects={objects} />
          {demands && required && <span className="text-claimed">{' · required'}</span>}
        </span>
      </th>
      <td className={clsx('py-1.5 max-sm:py-0', depth > 0 && 'max-sm:pl-4', depth > 1 && 'max-sm:pl-8')}>
        <Sentence text={description} />
        {facts.length > 0 && (
          <span className="block text-xs text-muted">
            <Sentence text={facts.join(' · ')} />
          </span>
        )}
      </td>
    </tr>
  )
}

/** A type in words, in which the names of objects lead to them. */
function Type({ pieces, objects }: { pieces: readonly string[]; objects: ReadonlySet<string> }) {
  // A type names an object once at most.
  return pieces.map((piece) => (objects.has(piece) ? <ObjectLink key={piece} name={piece} /> : piece))
}

export function ObjectLink({ name }: { name: string }) {
  return (
    <a href={`#${name}`} className="rounded text-accent underline decoration-line-strong underline-offset-2 hover:decoration-current">
      {name}
    </a>
  )
}
