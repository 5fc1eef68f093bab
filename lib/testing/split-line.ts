/** Splits a line into words as a shell does, as far as single quotes and backslashes go. */
export const splitLine = (line: string): string[] => {
  const words = line.match(/(?:'[^']*'|\\.|[^\s'\\])+/gs) ?? []
  return words.map((word) => word.replace(/'([^']*)'|\\(.)/gs, (_all, quoted?: string, escaped?: string) => quoted ?? escaped ?? ''))
}
