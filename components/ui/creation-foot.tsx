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

/**
 * The end of a form that creates something, which it does once. The browser does not go to what was created without scripts, nor if something was entered
 * into the form since. Then a link leads there.
 */
export function CreationFoot({ noun, busy, created, cancel }: CreationFootProps) {
  if (created !== null) {
    return (
      <div className="flex flex-wrap items-center gap-3">
        <p>The {noun} is created.</p>
        <Link href={created} className={buttonClass('primary')}>
          Open the {noun}
        </Link>
      </div>
    )
  }
  return (
    <div className="flex gap-2">
      <Button type="submit" look="primary" busy={busy}>
        Create {noun}
      </Button>
      <Link href={cancel} className={buttonClass('quiet')}>
        Cancel
      </Link>
    </div>
  )
}
