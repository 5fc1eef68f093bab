import anyAscii from 'any-ascii'
import type { Transliterate } from './slug'

/** Its tables are large, so a browser loads this file only for a title that needs them. */
export const transliterate: Transliterate = anyAscii
