import { CopyBlock } from '../ui/copy'

/** What to look for when a client does not come through, by what the client says. */
export function Troubleshooting({ origin }: { origin: string }) {
  return (
    <div className="grid gap-2.5 border-t border-line pt-3">
      <h3 className="font-semibold">Nothing has arrived yet. What does your client say?</h3>
      {/* Beside the steps there is no room for two columns. */}
      <dl className="grid gap-x-4 sm:max-xl:grid-cols-[140px_minmax(0,1fr)] sm:max-xl:gap-y-1.5">
        <Cause said="Nothing at all">
          Restart it: most clients read their configuration only when they start. Some also ask you to allow the server first.
        </Cause>
        <Cause said="401">
          The key is wrong or incomplete. Copy the configuration again. The header must be “Authorization: Bearer ” followed by the key.
        </Cause>
        <Cause said="403">
          The client calls Cairn by a name that it does not know. Use the address below, or add that name to CAIRN_HOSTS and restart Cairn.
        </Cause>
        <Cause said="404">
          The path is wrong. The address is <code className="font-mono text-xs wrap-anywhere">{origin}/mcp</code>, with nothing after it.
        </Cause>
        <Cause said="It cannot connect">
          From where the client runs, in a container or on another machine, {origin} leads elsewhere or nowhere. Set HOST so that Cairn
          listens there and CAIRN_URL to the address that reaches it, restart Cairn, and copy the configuration again.
        </Cause>
      </dl>
      <p className="text-muted">Run this where the client runs, to see whether it reaches Cairn:</p>
      <CopyBlock label="Copy the command" text={`curl -fsS ${origin}/api/health`} />
    </div>
  )
}

function Cause({ said, children }: { said: string; children: React.ReactNode }) {
  return (
    <>
      <dt className="font-medium">{said}</dt>
      <dd className="text-muted wrap-anywhere max-sm:pb-2 xl:pb-2">{children}</dd>
    </>
  )
}
