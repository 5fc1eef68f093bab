import type { Chapter } from '@/lib/transport/docs/guide'
import type { Reference } from '@/lib/transport/docs/reference'
import { Logo } from '../shell/logo'
import { CallSection } from './call'
import { Catalogue } from './catalogue'
import './docs.css'
import { Heading } from './heading'
import { Objects } from './objects'
import { Prose, Sentence } from './prose'
import { LanguageChoice } from './snippets'
import { Tree } from './tree'

/** The reference of all calls. It is read without signing in and without JavaScript, and is the same for everybody. */
export function ApiPage({ guide, reference }: { guide: readonly Chapter[]; reference: Reference }) {
  const { nouns, objects, codes, common } = reference
  const names = new Set(objects.map(({ name }) => name))
  const causes = new Map(codes.map(({ code, cause }) => [code, cause]))
  return (
    <div data-docs="" className="min-h-dvh">
      <header className="sticky top-0 z-20 flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-panel px-4 py-1.5 print:static">
        <a href="/" className="flex items-center gap-2 rounded text-sm font-semibold tracking-tight">
          <Logo />
          Cairn
        </a>
        <span aria-hidden="true" className="text-faint">
          /
        </span>
        <a href="#content" className="mr-auto rounded font-medium">
          API
        </a>
        <a href="#contents" className="rounded text-muted hover:text-text hover:underline lg:hidden print:hidden">
          Contents
        </a>
        <LanguageChoice />
      </header>
      <div className="grid lg:grid-cols-[240px_minmax(0,1fr)]">
        <div className="sticky top-12 h-[calc(100dvh-48px)] overflow-y-auto border-r border-line bg-panel p-2 pt-4 max-lg:hidden print:hidden">
          <Tree guide={guide} reference={reference} label="Contents" />
        </div>
        <main id="content" tabIndex={-1} className="min-w-0 scroll-mt-28 px-5 pt-7 pb-24 outline-none sm:scroll-mt-16 lg:px-8">
          <div className="mx-auto max-w-[72rem] leading-5">
            <h1 className="text-xl font-semibold tracking-tight">Cairn API</h1>
            <p className="max-w-[44rem] pt-2 text-muted">
              Every call of this instance. To get a key, <Link href="/settings/connect">connect an agent</Link>. Agents can read the{' '}
              <Link href="/docs/api.md">same text in Markdown</Link> and begin with <Link href="/llms.txt">llms.txt</Link>. For programs
              there is <Link href="/api/openapi.json">OpenAPI 3.1</Link>, which needs a key.
            </p>
            <div id="contents" className="scroll-mt-28 pt-4 lg:hidden print:hidden">
              <details className="group/contents">
                {/* Not an icon of the library, which would be a script. */}
                <summary className="inline-flex h-8 items-center gap-2 rounded-md font-medium text-muted select-none before:content-['▸'] group-open/contents:text-text group-open/contents:before:content-['▾'] hover:text-text">
                  Contents
                </summary>
                <Tree guide={guide} reference={reference} label="Contents of the page" />
              </details>
            </div>
            <div className="max-w-[44rem]">
              {guide.map(({ id, title, blocks }) => (
                <section key={id} aria-labelledby={id} className="grid gap-3 pt-9">
                  <Heading level={2} id={id} className="text-[15px]">
                    {title}
                  </Heading>
                  {blocks.map((block) => (
                    <Prose key={JSON.stringify(block)} block={block} />
                  ))}
                </section>
              ))}
            </div>
            {nouns.map(({ noun, description, calls }) => (
              <section key={noun} aria-labelledby={noun} className="pt-12">
                <Heading level={2} id={noun} className="text-lg">
                  <span className="inline-block first-letter:uppercase">{noun}</span>
                </Heading>
                <p className="max-w-[44rem] pt-2 pb-5 text-muted">
                  <Sentence text={description} />
                </p>
                {calls.map((call) => (
                  <CallSection key={`${call.method} ${call.path}`} call={call} objects={names} causes={causes} />
                ))}
              </section>
            ))}
            <Objects objects={objects} names={names} />
            <Catalogue codes={codes} common={common} />
          </div>
        </main>
      </div>
    </div>
  )
}

function Link({ href, children }: { href: string; children: string }) {
  return (
    <a href={href} className="rounded text-text underline underline-offset-2">
      {children}
    </a>
  )
}
