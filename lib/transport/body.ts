import { DomainError } from '@/lib/domain/errors'
import { LIMITS } from '@/lib/domain/limits'

const tooLarge = () =>
  new DomainError('too_large', `The body is larger than ${LIMITS.body_bytes.toLocaleString('en')} bytes. Send a smaller one.`, {
    limit_bytes: LIMITS.body_bytes,
  })

/** Parses the JSON body of a request, and limits its size while it is read. No body means `{}`. @throws too_large, unsupported_media_type, malformed */
export const readBody = async (request: Request): Promise<unknown> => {
  const bytes = await bounded(request)
  if (bytes.length === 0) return {}
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw new DomainError('unsupported_media_type', 'Send the body as Content-Type: application/json.')
  if (request.headers.has('content-encoding')) throw new DomainError('unsupported_media_type', 'Send the body without Content-Encoding.')
  return parse(bytes)
}

/** @throws invalid */
export const asObject = (value: unknown): Record<string, unknown> => {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.fromEntries(Object.entries(value))
  throw new DomainError('invalid', 'The body is not a JSON object.', { fields: [{ path: '', message: 'is not a JSON object' }] })
}

const bounded = async (request: Request): Promise<Uint8Array> => {
  if (Number(request.headers.get('content-length') ?? 0) > LIMITS.body_bytes) throw tooLarge()
  if (!request.body) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = request.body.getReader()
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    size += read.value.byteLength
    if (size > LIMITS.body_bytes) {
      await reader.cancel()
      throw tooLarge()
    }
    chunks.push(read.value)
  }
  return Buffer.concat(chunks)
}

const parse = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new DomainError('malformed', 'The body is not valid JSON in UTF-8.')
  }
}
