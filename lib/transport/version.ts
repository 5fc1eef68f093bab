/** The version of Cairn that clients are told. */
export const VERSION = '0.1.0'
