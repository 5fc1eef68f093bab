import { CopyBlock } from '../ui/copy'

/** What to look for when a client does not come through, by what the client says. */
export function Troubleshooting({ origin }: { origin: string }) {
  return (
    <div className="grid gap-2.5 border-t border-line pt-3">
      <h3 className="font-semibold">Nothing has arrived yet. What does your client say?</h3>
      <dl className="grid gap-x-4 gap-y-1.5 sm:grid-cols-[140px_minmax(0,1fr)]">
        <Cause said="Nothing at all">
          Restart it: most clients read their configuration only when they start. Some also ask whether they may use the server.
        </Cause>
        <Cause said="401">
          The key is not whole, or it is another one. Copy the configuration again; the header reads “Authorization: Bearer ” and the key.
        </Cause>
        <Cause said="404">
          The address is another one. It ends in /mcp, with nothing after it:{' '}
          <code className="font-mono text-xs wrap-anywhere">{origin}/mcp</code>
        </Cause>
        <Cause said="It cannot connect">
          The client runs where {origin} leads elsewhere or nowhere: in a container, or on another machine. Set CAIRN_URL to the address
          under which the server is reached from there, start Cairn again, and make the configuration anew.
        </Cause>
      </dl>
      <p className="text-muted">Whether the server is reached from where the client runs, this command tells:</p>
      <CopyBlock label="Copy the command" text={`curl -fsS ${origin}/api/health`} />
    </div>
  )
}

function Cause({ said, children }: { said: string; children: React.ReactNode }) {
  return (
    <>
      <dt className="font-medium">{said}</dt>
      <dd className="text-muted wrap-anywhere max-sm:pb-1.5">{children}</dd>
    </>
  )
}
