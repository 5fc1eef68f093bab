import { lines } from './quote'

/** The text of a change that was made already, perhaps by another. */
export const unchangedText = (text: string): string => lines('nothing changed: it was so already', text)
