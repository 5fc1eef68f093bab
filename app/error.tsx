'use client'
import { PlainPage } from '@/components/shell/plain-page'
import { Button } from '@/components/ui/button'

/** Shown when a page itself fails. An action that fails never leads here: it says so in its form. */
export default function Failure({ error }: { error: Error & { digest?: string } }) {
  return (
    <PlainPage title="This page could not be shown">
      <p className="text-muted">
        Something went wrong in Cairn, and this page cannot be shown at the moment. Everything that was saved is kept.
      </p>
      {error.digest && (
        <p className="text-muted">
          Whoever runs Cairn can find the reason in the server's log under the number{' '}
          <span className="font-mono text-xs">{error.digest}</span>.
        </p>
      )}
      <p>
        <Button onClick={() => location.reload()}>Load the page again</Button>
      </p>
    </PlainPage>
  )
}
