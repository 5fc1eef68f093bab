import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server'
import type { Instance } from '@/db/instance'
import type { Refusal } from '@/lib/domain/answer'
import type { Actor } from '@/lib/domain/context'
import { DomainError, type ProblemCode } from '@/lib/domain/errors'
import type { Operation } from '@/lib/operations/define'
import { type Executed, execute, type Invocation } from '@/lib/operations/execute'
import { toProblem } from '../problem'

/** One request and all that its handlers need of it. */
export type Exchange = {
  readonly instance: Instance
  readonly request: Request
  readonly request_id: string
  readonly actor: Actor
  /** Whether an operation has judged the credentials, as each does in the step in which it is run. */
  isJudged: boolean
  /** Set once the credentials turn out to be wrong. The whole request is then answered with 401. */
  refused: DomainError | null
}

/** Runs an operation for whoever sent the request. @throws DomainError */
export const run = (exchange: Exchange, operation: Operation, call: Omit<Invocation, 'actor'>): Promise<Executed> => {
  exchange.isJudged = true
  return execute(exchange.instance, operation, { ...call, actor: exchange.actor })
}

/** The refusal of a call by an operation. It is noted if it refuses the whole request. */
export const refusalOf = (exchange: Exchange, error: unknown): Refusal => {
  if (error instanceof DomainError && error.code === 'unauthenticated') exchange.refused = error
  return toProblem(error, exchange.request_id)
}

/** The protocol's codes of errors. What has none of its own has the first that is free for servers. */
const SERVER_ERROR = -32_000

const CODES: { [C in ProblemCode]?: ProtocolErrorCode } = {
  malformed: ProtocolErrorCode.ParseError,
  invalid: ProtocolErrorCode.InvalidParams,
  internal: ProtocolErrorCode.InternalError,
  busy: ProtocolErrorCode.InternalError,
  unavailable: ProtocolErrorCode.InternalError,
}

/** A refusal as an error of the protocol. */
export const errorOf = ({ error, message, request_id }: Refusal): { code: number; message: string; data: object } => ({
  code: CODES[error] ?? SERVER_ERROR,
  message,
  data: { error, request_id },
})

/** Runs what answers a request of the protocol. What it throws becomes an error of the protocol. */
export const answering = async <T>(exchange: Exchange, answer: () => Promise<T>): Promise<T> => {
  try {
    return await answer()
  } catch (error) {
    if (error instanceof ProtocolError) throw error
    const { code, message, data } = errorOf(refusalOf(exchange, error))
    throw new ProtocolError(code, message, data)
  }
}
