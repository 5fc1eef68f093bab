/** The fields that have another name as an argument of a tool. These are the names that the tools of Clink have, so that prompts for these work here. */
const ARGUMENTS: ReadonlyMap<string, string> = new Map([['group_id', 'group']])

const FIELDS: ReadonlyMap<string, string> = new Map([...ARGUMENTS].map(([field, argument]) => [argument, field]))

/** The argument of a tool for a field of an operation's input. */
export const argumentOf = (field: string): string => ARGUMENTS.get(field) ?? field

/** The field of an operation's input for an argument of its tool. */
export const fieldOf = (argument: string): string => FIELDS.get(argument) ?? argument
