import { Refused } from '../status/refused'
import { Button } from '../ui/button'
import { PresentPassword } from './email-form'

export type ProviderFacts = { id: string; name: string; linked: boolean }

type ProvidersProps = { providers: readonly ProviderFacts[]; asksPassword: boolean; canLink: boolean; refused: string | null }

/** The accounts elsewhere by which one can come in. All forms are posted by the browser, so that no script ever holds a password. */
export function Providers({ providers, asksPassword, canLink, refused }: ProvidersProps) {
  const open = providers.filter(({ linked }) => !linked)
  return (
    <>
      {refused && <Refused message={refused} />}
      <ul className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-panel">
        {providers.map(({ id, name, linked }) => (
          <li key={id} className="flex min-h-12 flex-wrap items-center gap-x-4 gap-y-1 px-3.5 py-2">
            <p className="flex-1 basis-40 font-medium">
              {name} <span className="font-normal text-muted">{linked ? 'is linked' : 'is not linked'}</span>
            </p>
            {linked && (
              <form action="/auth/unlink" method="post">
                <input type="hidden" name="provider" value={id} />
                <Button type="submit" look="danger">
                  Unlink<span className="sr-only"> {name}</span>
                </Button>
              </form>
            )}
          </li>
        ))}
      </ul>
      {open.length > 0 && canLink && (
        <form action={`/auth/link/${open[0]?.id}`} method="post" className="grid max-w-md gap-3">
          {asksPassword && <PresentPassword />}
          <div className="flex flex-wrap gap-2">
            {open.map(({ id, name }) => (
              <Button key={id} type="submit" formAction={`/auth/link/${id}`}>
                Link {name}
              </Button>
            ))}
          </div>
        </form>
      )}
      {open.length > 0 && !canLink && <p className="max-w-[60ch] text-muted">To link one, come in by a new sign-in link first.</p>}
    </>
  )
}
