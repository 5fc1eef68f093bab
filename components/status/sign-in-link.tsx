/** Opens in another tab, so that this page keeps what was entered. */
export function SignInLink() {
  return (
    <a href="/sign-in" target="_blank" className="font-medium text-accent underline" rel="noopener">
      Sign in
      <span className="sr-only"> (opens in a new tab)</span>
    </a>
  )
}
