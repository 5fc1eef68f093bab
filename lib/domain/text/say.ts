/**
 * Says a call as this caller would make it: as a tool, as a command or as a request. So a text can tell its reader what to call next. Fields that the
 * text does not know are left out.
 */
export type Say = (operation: string, input: Readonly<Record<string, unknown>>) => string
