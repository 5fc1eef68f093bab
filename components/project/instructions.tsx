import Link from 'next/link'
import { isolated } from '@/lib/domain/bidi'
import { PageTitle } from '../ui/page-title'
import { Snippet } from '../ui/snippet'
import { tabClass, tabsClass } from '../ui/tab'

type Target = 'agents' | 'cursor'

/** Whether it is a kind of file that the page knows. */
export const isTarget = (value: unknown): value is Target => value === 'agents' || value === 'cursor'

/** Cursor reads these lines before a rule, and applies it in every chat. */
const CURSOR_HEAD = '---\ndescription: Work is planned and tracked in Cairn\nalwaysApply: true\n---\n\n'

/** The title of the page, for the window. */
export const titleOfInstructions = (title: string): string => `Instructions for agents - ${isolated(title)}`

type InstructionsProps = { project: { project_id: string; text: string }; origin: string; target: Target }

/** The text that makes an agent work here by itself, and where it belongs. */
export function Instructions({ project: { project_id, text }, origin, target }: InstructionsProps) {
  const page = `/p/${project_id}/instructions`
  const isCursor = target === 'cursor'
  const file = isCursor ? '.cursor/rules/cairn.mdc' : 'AGENTS.md'
  const call = `curl -fsS ${origin}/api/projects/${project_id}/instructions \\\n  -H "Authorization: Bearer $CAIRN_KEY" -H "Accept: text/plain" >> ${file}`
  return (
    <div className="grid max-w-3xl gap-4 px-5 pt-4.5 pb-10">
      <PageTitle>Instructions for agents</PageTitle>
      <p className="text-muted">
        Agents read a file in the repository before they begin. With this text in it, they plan their work here, claim it before they start,
        and complete it in order. It costs at most 300 tokens in each session.
      </p>
      <div className="border-b border-line">
        <nav aria-label="File" className={tabsClass}>
          <Tab href={page} current={!isCursor}>
            CLAUDE.md, AGENTS.md
          </Tab>
          <Tab href={`${page}?for=cursor`} current={isCursor}>
            Cursor rule
          </Tab>
        </nav>
      </div>
      <Snippet
        where={isCursor ? file : 'In CLAUDE.md or AGENTS.md'}
        label="Copy the instructions"
        text={isCursor ? CURSOR_HEAD + text : text}
      />
      <section className="grid gap-2">
        <h2 className="font-semibold">Where to put it</h2>
        {isCursor ? (
          <p>
            In a file of its own, <Name>.cursor/rules/cairn.mdc</Name>, in the root of the repository. Cursor reads <Name>AGENTS.md</Name>{' '}
            too.
          </p>
        ) : (
          <ul className="grid list-disc gap-1 pl-5 marker:text-faint">
            <li>
              <Name>CLAUDE.md</Name> in the root of the repository, for Claude Code.
            </li>
            <li>
              <Name>AGENTS.md</Name> there, for Codex, Cursor, VS Code and most others.
            </li>
            <li>
              <Name>GEMINI.md</Name> there, for Gemini CLI.
            </li>
          </ul>
        )}
      </section>
      {!isCursor && (
        <section className="grid gap-2">
          <h2 className="font-semibold">From a shell</h2>
          <Snippet where="In a terminal, with a key in CAIRN_KEY" label="Copy the command" text={call} />
        </section>
      )}
      <p className="flex flex-wrap gap-x-5 gap-y-2 border-t border-line pt-4">
        <Link href="/settings/connect" className="rounded font-medium text-accent hover:underline">
          Connect an agent
        </Link>
        <a href={`${page}.txt`} className="rounded font-medium text-accent hover:underline">
          Plain text
        </a>
        <a href="/docs/api" className="rounded font-medium text-accent hover:underline">
          API reference
        </a>
      </p>
    </div>
  )
}

function Tab({ href, current, children }: { href: string; current: boolean; children: string }) {
  return (
    <Link href={href} replace scroll={false} aria-current={current ? 'page' : undefined} className={tabClass(current)}>
      {children}
    </Link>
  )
}

function Name({ children }: { children: string }) {
  return <code className="rounded bg-sunken px-1 py-px dark:bg-line font-mono text-xs wrap-anywhere">{children}</code>
}
