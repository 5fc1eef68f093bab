/** The colour of a project that was given none: slate. */
export const DEFAULT_COLOR = '#64748B'

/** The form of a colour in the API, in the database and in a browser's colour field. */
export const COLOR_SHAPE = /^#[0-9A-Fa-f]{6}$/
