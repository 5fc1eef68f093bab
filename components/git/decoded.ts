export const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/** The text without percent-encoding, unless that is broken or hides a character that cannot be seen. */
export function decoded(text: string) {
  try {
    const plain = decodeURIComponent(text)
    return INVISIBLE.test(plain) ? text : plain
  } catch {
    return text
  }
}
