/** The cookies that a response sets, as a browser sends them back. */
export const cookiesOf = ({ headers }: Response): string =>
  headers
    .getSetCookie()
    .map((set) => set.split(';', 1)[0])
    .join('; ')
