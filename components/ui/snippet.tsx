import clsx from 'clsx'
import { CopyAction } from './copy-action'

type SnippetProps = {
  /** Where it is to be put: the name of a file, or a phrase. */
  where: string
  text: string
  /** What is shown in its place, where it has something that is not for every eye. */
  shown?: string
  label: string
  byHand?: string | undefined
  onCopied?: (() => void) | undefined
}

/** A text to put somewhere exactly as it is. */
export function Snippet({ where, text, shown = text, label, byHand, onCopied }: SnippetProps) {
  return (
    <div className="min-w-0 overflow-hidden rounded-lg border border-line bg-panel">
      <div className="flex min-h-11 items-center justify-between gap-3 border-b border-line py-1.5 pr-1.5 pl-3">
        <p className={clsx('min-w-0 text-xs font-medium text-muted wrap-anywhere', !where.includes(' ') && 'font-mono')}>{where}</p>
        <CopyAction text={text} label={label} byHand={byHand} onCopied={onCopied} />
      </div>
      <pre className="overflow-x-auto bg-sunken px-3 py-2.5 font-mono text-xs leading-[19px] whitespace-pre-wrap wrap-anywhere">
        {shown}
      </pre>
    </div>
  )
}
