/** An element of a header that is a list, such as `gzip;q=0.5`. Names are in lower case, and a value that is not given is empty. */
export type Element = { name: string; value: string; parameters: ReadonlyMap<string, string> }

// A separator inside a quoted string separates nothing. A quoted string that is not closed ends with the header.
const ELEMENTS = /(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g
const PARTS = /(?:[^";]|"(?:[^"\\]|\\.)*"?)+/g
const QUOTED = /^"((?:[^"\\]|\\.)*)"$/

/** The elements of a header, in order. What cannot be understood is an element that nobody knows. */
export const elementsOf = (header: string | null): Element[] =>
  (header?.match(ELEMENTS) ?? []).map((element) => {
    const [[name, value] = ['', ''], ...parameters] = (element.match(PARTS) ?? []).map(pairOf)
    return { name, value, parameters: new Map(parameters) }
  })

const pairOf = (part: string): [name: string, value: string] => {
  const cut = part.indexOf('=')
  const [name, value] = cut === -1 ? [part, ''] : [part.slice(0, cut), part.slice(cut + 1).trim()]
  return [name.trim().toLowerCase(), QUOTED.exec(value)?.[1]?.replace(/\\(.)/g, '$1') ?? value]
}

/** The weight of an element, from 0 to 1. A weight that is not valid refuses. */
export const weightOf = ({ parameters }: Element): number => {
  const weight = parameters.get('q') ?? '1'
  return /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(weight) ? Number(weight) : 0
}
