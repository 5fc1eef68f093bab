/** The fields of `wanted` that are given and differ from the present values, so that an update that changes nothing writes nothing (E2). */
export const differing = <T extends object, W extends { [K in keyof W]: K extends keyof T ? T[K] | undefined : never }>(
  present: T,
  wanted: W,
): { [K in keyof W]?: Exclude<W[K], undefined> } => {
  const changes: { [K in keyof W]?: Exclude<W[K], undefined> } = {}
  for (const field in wanted) {
    const value = wanted[field]
    if (value !== undefined && !Object.is(value, Reflect.get(present, field))) changes[field] = value as Exclude<W[typeof field], undefined>
  }
  return changes
}
