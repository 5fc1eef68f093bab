import type { Code as Explained, Reference } from '@/lib/transport/docs/reference'
import { Heading } from './heading'
import { Listing, Sentence } from './prose'

/** Why calls are refused: what any of them may meet, and each code with its cause and remedy. */
export function Catalogue({ codes, common }: Pick<Reference, 'codes' | 'common'>) {
  return (
    <section aria-labelledby="codes">
      <Heading level={2} id="codes" className="pt-10 text-lg">
        Codes
      </Heading>
      <p className="pt-2">
        <Sentence text="A refused call has changed nothing. Its answer has the code in the field `error`: a program acts on that, and never on the sentence." />
      </p>
      <div id="refusals" className="grid scroll-mt-28 gap-1 py-4 sm:scroll-mt-16">
        <p>
          Any call may be refused as <Links codes={common.calls} />.
        </p>
        <p>
          Any change may also be refused as <Links codes={common.changes} />.
        </p>
      </div>
      {codes.map((code) => (
        <CodeSection key={code.code} code={code} />
      ))}
    </section>
  )
}

function Links({ codes }: { codes: readonly string[] }) {
  return codes.map((code, at) => (
    <span key={code}>
      {at > 0 && (at === codes.length - 1 ? ' or ' : ', ')}
      <a
        href={`#code-${code}`}
        className="font-mono text-xs text-accent underline decoration-line-strong underline-offset-2 hover:decoration-current"
      >
        {code}
      </a>
    </span>
  ))
}

function CodeSection({ code: { code, status, cause, remedy, example } }: { code: Explained }) {
  return (
    <section
      aria-labelledby={`code-${code}`}
      className="grid gap-x-8 gap-y-3 border-t border-line py-5 xl:grid-cols-[minmax(0,1fr)_minmax(0,26rem)]"
    >
      <div className="grid content-start gap-2">
        <Heading level={3} id={`code-${code}`} className="font-mono text-sm">
          {code} <span className="font-normal text-muted">{status}</span>
        </Heading>
        <p>
          <Sentence text={cause} />
        </p>
        <p className="text-muted">
          <Sentence text={remedy} />
        </p>
      </div>
      <Listing text={example} />
    </section>
  )
}
