/** The colour of a project that was given none: slate. */
export const DEFAULT_COLOR = '#64748B'

/** A colour as the wire, the database and a browser's colour field write it. */
export const COLOR_SHAPE = /^#[0-9A-Fa-f]{6}$/
