import type { Tool } from '@modelcontextprotocol/server'
import { OPERATIONS } from '@/lib/operations'
import type { AnyOperation, Operation } from '@/lib/operations/define'
import { describeArguments } from './schema'

/** Whether an operation is a tool: it answers once, can be called from outside, and its answer may get into the context of a model. */
const isTool = (operation: AnyOperation): operation is Operation =>
  operation.kind !== 'stream' && operation.routes.length > 0 && !operation.secret

const TOOLS: ReadonlyMap<string, Operation> = new Map(OPERATIONS.filter(isTool).map((operation) => [operation.name, operation]))

/** The operation that is called by a tool of this name. A tool can be called where it is not listed, too. */
export const findTool = (name: string): Operation | undefined => TOOLS.get(name)

const describe = ({ name, summary, input }: Operation): Tool => ({ name, description: summary, inputSchema: describeArguments(input) })

/** An operation that only reads can neither destroy anything nor have a further effect, so nothing is said of that. */
const annotationsOf = (operation: Operation): Tool['annotations'] => {
  if (operation.kind !== 'mutation') return { readOnlyHint: true, openWorldHint: false }
  const { removes = false, repeats = false } = operation
  return { readOnlyHint: false, destructiveHint: removes, idempotentHint: !repeats, openWorldHint: false }
}

const all: readonly Tool[] = [...TOOLS.values()].map((operation) => ({ ...describe(operation), annotations: annotationsOf(operation) }))
const atWork: readonly Tool[] = all.filter(({ name }) => TOOLS.get(name)?.atWork)

/** The tools that are listed: those that an agent needs at its daily work, or all. */
export const listTools = (whole: boolean): Tool[] => [...(whole ? all : atWork)]
