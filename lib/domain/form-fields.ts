/**
 * The names of form fields that are no fields of an operation's input. The server reads them in lib/transport, the forms have them. They begin with
 * $, as those do that Next adds itself.
 */

/** The idempotency key of the call. Only a script sends one, so a form without it was posted by the browser itself. */
export const KEY_FIELD = '$key'

/** What a field had in it when the form was shown. The field is left out of the call if it still has that, so that a form sends what was changed. */
export const wasField = (name: string): string => `$was.${name}`

/** A field of the input that belongs to another one, and is left out if the other is: the version of a milestone that goes with a position. */
export const withField = (name: string, belonging: string): string => `$with.${name}.${belonging}`

/**
 * The ids of the checkpoints that a form shows by their numbers, in this order. If the form comes back refused, the numbers in it can be understood,
 * even if they mean other checkpoints now.
 */
export const NUMBERS_FIELD = '$numbers'

/** What a form sent: the texts of each of its fields. */
export type Sent = Readonly<Record<string, readonly string[]>>
