import type { Snippets } from '@/lib/transport/docs/snippets'
import { Listing } from './prose'

/** The languages of the examples, by the ids of their radio buttons. docs.css shows the one that is chosen. */
const LANGUAGES = [
  { language: 'curl', word: 'curl' },
  { language: 'typescript', word: 'TypeScript' },
  { language: 'mcp', word: 'MCP' },
  { language: 'shell', word: 'Command line' },
] as const

/** One choice for all examples of the page. It needs no JavaScript. */
export function LanguageChoice() {
  return (
    <fieldset className="flex rounded-md border border-line-strong bg-sunken p-0.5 print:hidden">
      <legend className="sr-only">Language of the examples</legend>
      {LANGUAGES.map(({ language, word }) => (
        <label
          key={language}
          className="flex h-6.5 items-center rounded px-2 text-xs font-medium whitespace-nowrap text-muted select-none hover:text-text has-checked:bg-panel has-checked:text-text has-checked:shadow-(--shadow) has-focus-visible:outline-2 has-focus-visible:outline-focus forced-colors:has-checked:outline-1"
        >
          <input type="radio" name="language" id={`in-${language}`} defaultChecked={language === 'curl'} className="sr-only" />
          {word}
        </label>
      ))}
    </fieldset>
  )
}

export function SnippetPane({ snippets, isStream }: { snippets: Snippets; isStream: boolean }) {
  return (
    <div className="grid min-w-0 content-start gap-2 xl:sticky xl:top-16 xl:self-start">
      {LANGUAGES.map(({ language, word }) => (
        <div key={language} data-in={language} className="min-w-0">
          <h4 className="pb-1 text-xs font-semibold text-muted">{word}</h4>
          {snippets[language] === null ? (
            <p className="text-muted">
              {isStream
                ? 'It is no tool, because a tool answers once: wait_for waits for what you name.'
                : 'It is no tool, because its answer holds a secret, which is for people only.'}
            </p>
          ) : (
            <Listing text={snippets[language]} />
          )}
        </div>
      ))}
    </div>
  )
}
