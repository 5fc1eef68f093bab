import type { Plan, PlanNode } from '@/lib/client/plan'

/** The references in a text such as `1, ms_x:3 cp_y`. */
export const refsOf = (value: string): string[] => value.split(/[\s,]+/).filter(Boolean)

const NUMBER = /^[1-9]\d{0,5}$/
const CROSS = /^([^:]+):([1-9]\d{0,5})$/

/** The checkpoints that a text names, and what in it names none that is known here. `numbering` has the ids of the own milestone by their numbers. */
export function readReferences(plan: Plan, numbering: readonly string[], text: string): { ids: string[]; unknown: string } {
  const found = new Set<string>()
  const unknown: string[] = []
  for (const ref of refsOf(text)) {
    const id = idOf(plan, numbering, ref)
    if (id === undefined) unknown.push(ref)
    else found.add(id)
  }
  return { ids: [...found], unknown: unknown.join(', ') }
}

function idOf(plan: Plan, numbering: readonly string[], ref: string): string | undefined {
  if (NUMBER.test(ref)) return numbering[Number(ref) - 1]
  if (plan.nodes.has(ref)) return ref
  const [, milestone_id, number] = CROSS.exec(ref) ?? []
  if (!milestone_id) return undefined
  for (const node of plan.nodes.values()) {
    if (node.milestone_id === milestone_id && node.order === Number(number)) return node.id
  }
  return undefined
}

/** A checkpoint as it is written in the milestone `milestone_id`: `2` there, `ms_x:3` from elsewhere, and its id if it is private. */
function referenceTo(node: PlanNode | undefined, id: string, milestone_id: string | null): string {
  if (!node || node.private || node.order === null) return id
  return node.milestone_id === milestone_id ? String(node.order) : `${node.milestone_id}:${node.order}`
}

export const writeReferences = (plan: Plan, milestone_id: string | null, ids: readonly string[]): string =>
  ids.map((id) => referenceTo(plan.nodes.get(id), id, milestone_id)).join(', ')

/** Whether two lists name the same checkpoints, in whatever order. */
export const isSameSet = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((id) => b.includes(id))
