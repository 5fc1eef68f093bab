import { buttonClass } from '../ui/button'

/** Plain links: the browser is led elsewhere by them, which our policy does not allow after a form. */
export function ProviderLinks({ providers }: { providers: readonly { id: string; name: string }[] }) {
  if (providers.length === 0) return null
  return (
    <nav aria-label="Other ways to sign in" className="grid gap-2">
      {providers.map(({ id, name }) => (
        <a key={id} href={`/auth/start/${id}`} rel="nofollow" className={buttonClass('plain', 'w-full')}>
          Sign in with {name}
        </a>
      ))}
    </nav>
  )
}
