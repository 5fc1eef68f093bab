// @ts-check

// Characters that could steer a terminal, or show what is printed in another order. What people and agents wrote may be among it.
const CONTROLS = /[^\P{Cc}\t\n]|\p{Bidi_Control}/gu
const ESCAPED = /\p{Cc}|\p{Bidi_Control}/gu

/** @param {string} text */
export function printable(text) {
  return text.replace(CONTROLS, '')
}

/** Prints JSON that means the same, but cannot steer a terminal. @param {string} json */
export function printJson(json) {
  const escaped = json.trim().replace(ESCAPED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
  process.stdout.write(`${escaped}\n`)
}

/** Prints an answer. @param {string} text */
export function print(text) {
  process.stdout.write(text === '' || text.endsWith('\n') ? printable(text) : `${printable(text)}\n`)
}

/** Tells something that is no part of an answer. @param {string} text */
export function tell(text) {
  process.stderr.write(`${printable(text).trimEnd()}\n`)
}
