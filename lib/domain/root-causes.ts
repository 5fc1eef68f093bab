/** What a checkpoint waits for in the end. */
export type RootCauses = {
  /** The checkpoints at which the edges end, nearest first, each with the number of edges on the shortest way to it. */
  roots: readonly { id: string; distance: number }[]
  /** The ids on a shortest way, from the checkpoint that was asked for to one that it waits for. It is always the same way. */
  pathTo: (id: string) => string[]
}

/** @param edges the ids on which each id depends. One that depends on nothing may be missing. */
export const findRootCauses = (from: string, edges: ReadonlyMap<string, readonly string[]>): RootCauses => {
  const steps = new Map<string, { back: string | null; distance: number }>([[from, { back: null, distance: 0 }]])
  const roots: { id: string; distance: number }[] = []
  // A Map is read in the order in which its entries are added, and those that are added meanwhile are read too.
  for (const [id, { distance }] of steps) {
    const targets = [...(edges.get(id) ?? [])].sort()
    if (targets.length === 0 && id !== from) roots.push({ id, distance })
    for (const target of targets) if (!steps.has(target)) steps.set(target, { back: id, distance: distance + 1 })
  }
  const pathTo = (id: string): string[] => {
    const path: string[] = []
    for (let at: string | null = id; at !== null; at = steps.get(at)?.back ?? null) path.push(at)
    return path.reverse()
  }
  return { roots, pathTo }
}
