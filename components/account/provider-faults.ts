/** What is said of a provider that did not sign somebody in or was not linked, by the reason in the address. */
const WORDS: Record<string, (provider: string) => string> = {
  NOT_LINKED: (name) =>
    `That account of ${name} is not linked with anybody here. Come in by your password or a link, and link it in your account.`,
  NOT_LINKABLE: (name) => `It was not linked. Your e-mail address is not confirmed at ${name}, or you were signed out here meanwhile.`,
  LINKED_TO_ANOTHER: (name) => `That account of ${name} is linked with another person here. It can be that of one person only.`,
  DENIED: (name) => `You did not allow it at ${name}, so nothing was done.`,
  STARTED_ELSEWHERE: () => 'This was begun in another browser, or more than 10 minutes ago. Begin again here.',
  PROVIDER_SILENT: (name) => `${name} did not answer in time. Look whether it worked all the same, and else try again shortly.`,
  PROVIDER_FAILED: (name) => `${name} did not say who you are. Try again shortly.`,
}

/** The reason as a sentence, or null for none that is known. */
export const sayProviderFault = (error: string | undefined, provider: string): string | null =>
  error !== undefined && Object.hasOwn(WORDS, error) ? (WORDS[error]?.(provider) ?? null) : null
