import type { EmbeddedPostgres } from '@/db/embedded/server'
import { openInstance } from '@/db/instance'
import { authenticate } from '@/lib/auth/credentials'
import type { Actor } from '@/lib/domain/context'
import { createUserKey } from '@/lib/operations'
import { execute } from '@/lib/operations/execute'
import { ensureOwner } from '@/lib/operations/setup'
import { makeDatabase } from './scratch'
import { median } from './statistics'
import { atMost, type Row } from './table'

/** So many calls are timed together, because one takes less than a clock tells. */
const CALLS = 1_000
const KEYS = 100

/** Measures what it costs to recognise a key that was used before, of which the database is not asked. Whether it is live is judged with the call. */
export const measureAuthentication = async (server: EmbeddedPostgres, rounds: number): Promise<Row[]> => {
  const { url } = await makeDatabase(server, 'bench_authentication')
  const instance = await openInstance(url, 'http://127.0.0.1')
  try {
    const { principal_id } = await ensureOwner(instance)
    const actor: Actor = { actor_id: principal_id, key_id: null, session_id: null, via: 'rest' }
    const requests: Request[] = []
    for (let made = 0; made < KEYS; made++) {
      const { data } = await execute(instance, createUserKey, { input: { name: `Key ${made}` }, actor })
      const authorization = `Bearer ${JSON.parse(data).secret}`
      requests.push(new Request('http://127.0.0.1/api/groups', { headers: { authorization } }))
    }
    const round = async (): Promise<number> => {
      const began = performance.now()
      for (let call = 0; call < CALLS; call++) await authenticate(instance, requests[call % KEYS] ?? new Request(url), 'rest')
      return (performance.now() - began) / CALLS
    }
    await round()
    const times: number[] = []
    for (let at = 0; at < rounds; at++) times.push(await round())
    return [{ what: 'recognise a key that was used before', unit: 'ms', figure: median(times), target: atMost(0.3) }]
  } finally {
    await instance.close()
  }
}
