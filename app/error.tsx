'use client'
import { PlainPage } from '@/components/shell/plain-page'
import { Button } from '@/components/ui/button'

export default function Failure({ error }: { error: Error & { digest?: string } }) {
  return (
    <PlainPage title="This page could not be shown">
      <p className="text-muted">
        {error.digest ? 'Something failed on the server.' : error.message} What you saved before is kept; what you were sending may not have
        been saved.
      </p>
      {error.digest && (
        <p>
          Its number in the server's log: <span className="font-mono text-xs">{error.digest}</span>
        </p>
      )}
      <p>
        <Button onClick={() => location.reload()}>Try again</Button>
      </p>
    </PlainPage>
  )
}
