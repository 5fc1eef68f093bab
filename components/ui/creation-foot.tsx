import Link from 'next/link'
import { Button, buttonClass } from './button'

type CreationFootProps = {
  /** What the form creates, as in "Create group". */
  noun: string
  busy: boolean
  /** The address of what was created; null until then. */
  created: string | null
  cancel: string
}

/** The end of a form that creates something. Without scripts, the browser does not go to what was created, so a link leads there. */
export function CreationFoot({ noun, busy, created, cancel }: CreationFootProps) {
  return (
    <>
      {created !== null && (
        <p>
          Created.{' '}
          <Link href={created} className="font-medium text-accent underline">
            Open the {noun}
          </Link>
        </p>
      )}
      <div className="flex gap-2">
        <Button type="submit" look="primary" busy={busy}>
          Create {noun}
        </Button>
        <Link href={cancel} className={buttonClass('quiet')}>
          Cancel
        </Link>
      </div>
    </>
  )
}
