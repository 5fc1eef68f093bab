import type { Call } from '@/lib/transport/docs/reference'
import { Fields, ObjectLink } from './fields'
import { Heading } from './heading'
import { Code, Sentence } from './prose'
import { SnippetPane } from './snippets'

type CallProps = { call: Call; objects: ReadonlySet<string>; causes: ReadonlyMap<string, string> }

export function CallSection({ call, objects, causes }: CallProps) {
  const { name, method, path, summary, needs, tool, parameters, body, answer, prefersMinimal, refusals, isChange } = call
  const inPath = parameters.filter(({ place }) => place === 'path')
  const inQuery = parameters.filter(({ place }) => place === 'query')
  return (
    <section aria-labelledby={name} className="grid gap-x-8 gap-y-4 border-t border-line py-7 xl:grid-cols-[minmax(0,1fr)_minmax(0,26rem)]">
      <div className="grid min-w-0 content-start gap-4">
        <Heading level={3} id={name} className="font-mono text-sm">
          {name}
        </Heading>
        <p className="font-mono text-xs wrap-anywhere">
          <span className="mr-2 rounded border border-line-strong bg-panel px-1.5 py-0.5 font-semibold">{method}</span>
          <span className="text-muted">/api</span>
          {path}
        </p>
        <p>
          <Sentence text={`${summary}.`} />
        </p>
        <p className="text-muted">
          <Sentence text={`${needs} ${toolWords(tool)}`} />
        </p>
        <Fields caption="Path" fields={inPath} objects={objects} demands />
        <Fields caption="Query" fields={inQuery} objects={objects} demands />
        <Fields caption="Body" fields={body} objects={objects} demands />
        <Answer answer={answer} objects={objects} prefersMinimal={prefersMinimal} />
        {refusals.length > 0 && <Refusals codes={refusals} causes={causes} />}
        <p className="text-xs text-muted">
          {refusals.length > 0 ? 'And the' : 'The'} refusals of{' '}
          <a href="#refusals" className="underline underline-offset-2">
            {isChange ? 'any call and of any change' : 'any call'}
          </a>
          .
        </p>
      </div>
      <SnippetPane snippets={call.snippets} isStream={answer.isStream} />
    </section>
  )
}

function toolWords(tool: Call['tool']): string {
  if (tool === 'none') return 'It is no tool over MCP.'
  return tool === 'work' ? 'Over MCP, every client is shown it as a tool.' : 'Over MCP, it is among the tools of /mcp?tools=all.'
}

function Answer({ answer, objects, prefersMinimal }: { answer: Call['answer']; objects: ReadonlySet<string>; prefersMinimal: boolean }) {
  if (answer.objects.length === 0) return <Fields caption="Answer" fields={answer.fields} objects={objects} />
  const [whole = '', brief] = answer.objects
  return (
    <div>
      <h4 className="pb-1 text-xs font-semibold text-muted">Answer</h4>
      <p>
        {answer.isStream ? 'A stream of ' : ''}
        <ObjectLink name={whole} />
        {prefersMinimal && brief !== undefined && (
          <>
            , or <ObjectLink name={brief} /> with <Code>Prefer: return=minimal</Code>
          </>
        )}
      </p>
    </div>
  )
}

function Refusals({ codes, causes }: { codes: readonly string[]; causes: ReadonlyMap<string, string> }) {
  return (
    <div>
      <h4 className="pb-1 text-xs font-semibold text-muted">Refused as</h4>
      <dl className="grid gap-1.5">
        {codes.map((code) => (
          <div key={code} className="sm:grid sm:grid-cols-[10.5rem_minmax(0,1fr)] sm:gap-3">
            <dt>
              <a
                href={`#code-${code}`}
                className="rounded font-mono text-xs text-accent underline decoration-line-strong underline-offset-2 hover:decoration-current"
              >
                {code}
              </a>
            </dt>
            <dd>
              <Sentence text={causes.get(code) ?? ''} />
            </dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
