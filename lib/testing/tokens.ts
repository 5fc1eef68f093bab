import { countTokens as count } from 'gpt-tokenizer/encoding/o200k_base'

/** The number of tokens that a model pays for a text, in the encoding o200k. */
export const countTokens = (text: string): number => count(text)
