/**
 * Says a call as this caller would make it: as a tool, as a command or as a request. So a text can tell its reader what to call next. Fields that the
 * text does not know are left out.
 */
export type Say = (operation: string, input: Readonly<Record<string, unknown>>) => string

/** The line that says what may be called next. */
export const next = (say: Say, operation: string, input: Readonly<Record<string, unknown>>): string => `next: ${say(operation, input)}`

/** How the next page of a list is asked for. */
export const nextPage = (
  say: Say,
  operation: string,
  input: Readonly<Record<string, unknown>>,
  next_cursor: string | null,
): string | null => next_cursor && next(say, operation, { ...input, cursor: next_cursor })
