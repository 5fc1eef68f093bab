import clsx from 'clsx'
import { isolated } from '@/lib/domain/bidi'
import { capital } from '@/lib/domain/words'
import { describeGitUrl, parseWebUrl } from './address'
import { GIT_FIELDS, GIT_NOUNS, type GitField, type GitFields } from './fields'
import { GitIcon } from './icons'

type GitLink = { field: GitField; url: string; name: string }

/** The links that a checkpoint has, in the order of the work, each with the name it is spoken by. */
export function gitLinksOf(fields: GitFields): GitLink[] {
  return GIT_FIELDS.flatMap((field) => {
    const url = fields[field]
    return url && parseWebUrl(url) ? [{ field, url, name: nameOf(field, url) }] : []
  })
}

function nameOf(field: GitField, url: string) {
  const shown = describeGitUrl(url)
  const place = shown.kind === 'pr' || shown.repo === null ? '' : ` of ${isolated(shown.repo)}`
  return `${capital(GIT_NOUNS[field])} ${isolated(shown.label)}${place}`
}

/** Icons that lead to the host: 14 px to see, 24 px to hit. */
export function GitLinks({
  checkpoint,
  className,
  tabIndex,
}: {
  checkpoint: GitFields
  className?: string
  tabIndex?: number | undefined
}) {
  const links = gitLinksOf(checkpoint)
  if (links.length === 0) return null
  return (
    <span className={clsx('inline-flex items-center', className)}>
      {links.map(({ field, url, name }) => (
        <a
          key={field}
          href={url}
          target="_blank"
          rel="noreferrer"
          aria-label={name}
          title={name}
          tabIndex={tabIndex}
          className="grid size-6 place-items-center rounded text-muted hover:bg-line hover:text-text focus-visible:outline-2 focus-visible:outline-focus"
        >
          <GitIcon field={field} />
        </a>
      ))}
    </span>
  )
}
