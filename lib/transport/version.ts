import { version } from '@/package.json'

/** The version of Cairn that clients are told. */
export const VERSION = version
