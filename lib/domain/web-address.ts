/** A host with a name under a top-level domain, then perhaps a port, then a path. Nothing that could be a scheme, a user name or a branch. */
const WITHOUT_SCHEME = /^(?:[\p{L}\p{N}][\p{L}\p{M}\p{N}-]*\.)+\p{L}[\p{L}\p{M}\p{N}-]+(?::\d+)?\//u

/**
 * What a person typed into a form as an address, with the `https://` that browsers leave out where they show one. Other texts stay as they are:
 * they may be refused.
 */
export const completedAddress = (text: string): string => {
  const trimmed = text.trim()
  return WITHOUT_SCHEME.test(trimmed) ? `https://${trimmed}` : text
}
