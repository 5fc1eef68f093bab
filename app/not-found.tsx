import { PlainPage } from '@/components/shell/plain-page'
import { buttonClass } from '@/components/ui/button'

export default function NotFound() {
  return (
    <PlainPage title="There is nothing at this address">
      <p className="text-muted">It was deleted, the link is incomplete, or it belongs to a private group that you are not a member of.</p>
      <p>
        <a href="/" className={buttonClass()}>
          Go to the projects
        </a>
      </p>
    </PlainPage>
  )
}
