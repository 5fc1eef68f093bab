'use client'
import clsx from 'clsx'
import { Pencil } from 'lucide-react'
import { useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { updateCheckpoint } from '@/app/actions'
import { useAct } from '@/lib/client/act'
import type { Checkpoint } from '@/lib/client/graph'
import type { PlanNode } from '@/lib/client/plan'
import { fieldError } from '@/lib/client/refusal'
import { hasUnsentIn, settle } from '@/lib/client/unsent'
import { isolated } from '@/lib/domain/bidi'
import { describeGitUrl } from '../git/address'
import { GIT_FIELDS, GIT_NOUNS, type GitField } from '../git/fields'
import { GitIcon } from '../git/icons'
import { usePlan } from '../plan/plan-context'
import { Outcome } from '../status/outcome'
import { Button, IconButton } from '../ui/button'
import { CopyButton } from '../ui/copy'
import { TextField } from '../ui/field'
import { GIT_WORDS } from './git-routing'
import { useGitRouting } from './use-git-routing'

const EXAMPLES: Record<GitField, string> = {
  git_branch_url: 'https://github.com/org/repo/tree/branch',
  git_pr_url: 'https://github.com/org/repo/pull/42',
  git_commit_url: 'https://github.com/org/repo/commit/abc123',
}

export function GitFields({ node, checkpoint }: { node: PlanNode; checkpoint: Checkpoint }) {
  const { section, said, unsay } = useGitRouting(checkpoint)
  return (
    <section {...section} aria-label="Git" className="px-5 py-4">
      <h3 className="mb-1 text-xs font-semibold text-muted">Git</h3>
      {GIT_FIELDS.map((name) => (
        <LinkField key={name} name={name} node={node} url={checkpoint[name]} onSaved={unsay} />
      ))}
      <p role="status" className="text-xs text-muted wrap-anywhere not-empty:mt-1">
        {said}
      </p>
    </section>
  )
}

type LinkFieldProps = { name: GitField; node: PlanNode; url: string | null; onSaved: () => void }

function LinkField({ name, node, url, onSaved }: LinkFieldProps) {
  const { plan } = usePlan()
  const [editing, setEditing] = useState(false)
  const [word, noun] = [GIT_WORDS[name], GIT_NOUNS[name]]
  const line = useRef<HTMLDivElement>(null)
  // What someone else enters meanwhile does not take away what is being typed.
  const isForm = !url || editing || hasUnsentIn(line.current)
  const [was, setWas] = useState(url)
  if (!isForm && was !== url) setWas(url)
  const act = useAct(updateCheckpoint, {
    said: () => `The ${noun} link is saved.`,
    leadsTo: () => line.current?.querySelector<HTMLElement>('a, input:not([type=hidden])') ?? null,
    onDone: () => {
      setEditing(false)
      onSaved()
    },
  })
  const error = fieldError(act.refusal, name)
  const label = url ? describeGitUrl(url).label : null

  function edit(next: boolean) {
    const form = line.current?.querySelector('form')
    if (form) settle(form)
    act.forget()
    flushSync(() => setEditing(next))
    line.current?.querySelector<HTMLElement>('input:not([type=hidden]), [data-edit]')?.focus()
  }

  return (
    <div ref={line} className="flex min-h-9 gap-2">
      <span className="flex h-9 w-20 flex-none items-center gap-2 text-muted">
        <GitIcon field={name} />
        {word}
      </span>
      {url && !isForm ? (
        <span className="flex min-w-0 flex-1 items-center">
          <a
            dir="auto"
            href={url}
            target="_blank"
            rel="noreferrer"
            title={url}
            className="mr-auto truncate rounded text-accent hover:underline"
          >
            {label}
          </a>
          <CopyButton text={url} label={`Copy the ${noun} link`} />
          {plan.graph.may.write && (
            <IconButton label={`Edit the ${noun} link`} data-edit onClick={() => edit(true)} className="needs-js size-7!">
              <Pencil size={13} />
            </IconButton>
          )}
        </span>
      ) : plan.graph.may.write ? (
        <form {...act.form} className="group/git flex min-w-0 flex-wrap flex-1 items-start gap-1.5 py-0.5">
          <input type="hidden" name="milestone_id" value={node.milestone_id ?? ''} />
          <input type="hidden" name="order" value={node.id} />
          <TextField
            label={`${word} URL`}
            hideLabel
            name={name}
            inputMode="url"
            defaultValue={act.sent(name) ?? url ?? ''}
            placeholder={`Paste a ${noun} URL`}
            title={`Such as ${EXAMPLES[name]}`}
            error={error}
            hint={url && url !== was && `Meanwhile, it was set to ${isolated(label ?? '')}.`}
            className={clsx(
              editing ? 'basis-full' : 'flex-1',
              '[&_input:placeholder-shown:not(:hover,:focus)]:border-transparent [&_input:placeholder-shown:not(:hover,:focus)]:bg-transparent [&_input]:-ml-2.5 [&_input]:w-[calc(100%+10px)]',
            )}
          />
          <Button
            type="submit"
            busy={act.pending}
            aria-label={`Save the ${noun} link`}
            className={clsx('px-2.5!', editing && '-ml-2.5 mb-1', !url && 'group-has-placeholder-shown/git:sr-only')}
          >
            Save
          </Button>
          {url && (
            <Button look="quiet" onClick={() => edit(false)} className="px-2!">
              Cancel
            </Button>
          )}
          <Outcome act={act} placed={error !== undefined} className="basis-full" />
        </form>
      ) : (
        <span className="flex items-center text-muted">none</span>
      )}
    </div>
  )
}
