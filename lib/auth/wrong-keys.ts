import type { Instance } from '@/db/instance'
import { countAttempt, type Patience } from '@/db/sign-in/attempts'
import { DomainError } from '@/lib/domain/errors'

/** The front tells in it from which address a request came, whatever the client wrote. */
const ADDRESS = 'x-cairn-address'

/** A secret cannot be guessed, so this only bounds what somebody costs who tries. It is gentle, because others may share the address. */
const PATIENCE: Patience = { free: 20, mostSeconds: 60 }

/** Until when an address is refused. While it is, the database need not be asked. */
const refusedUntil = new Map<string, number>()
const MOST_KNOWN = 10_000

/**
 * Counts a wrong key by the address that sent it, in the database and so over all processes. It is called only after the key turned out to be
 * wrong: a right key is never slowed by what others send from the same address. @throws rate_limited
 */
export const countWrongKey = async (instance: Instance, headers: Headers): Promise<void> => {
  const address = headers.get(ADDRESS)
  if (instance.rate === null || address === null) return
  const seconds = leftOf(address) ?? (await countInTurn(instance, address))
  if (seconds === 0) return
  throw new DomainError('rate_limited', 'Too many wrong keys came from this address. Check the key, and send it again after this time.', {
    retry_after_seconds: seconds,
  })
}

/** The count that came last for each address. They wait for one another here, because in the database each would take a connection to wait. */
const counting = new Map<string, Promise<number>>()

const countInTurn = async (instance: Instance, address: string): Promise<number> => {
  const before = counting.get(address)
  const count = async () => {
    await before?.catch(() => {})
    return leftOf(address) ?? countAttempt(instance, `key|${address}`, PATIENCE)
  }
  const turn = count().then((seconds) => {
    if (seconds > 0) remember(address, seconds)
    return seconds
  })
  counting.set(address, turn)
  try {
    return await turn
  } finally {
    if (counting.get(address) === turn) counting.delete(address)
  }
}

const leftOf = (address: string): number | null => {
  const left = (refusedUntil.get(address) ?? 0) - Date.now()
  return left > 0 ? Math.ceil(left / 1_000) : null
}

const remember = (address: string, seconds: number) => {
  if (refusedUntil.has(address) && leftOf(address) !== null) return
  if (refusedUntil.size >= MOST_KNOWN) refusedUntil.clear()
  refusedUntil.set(address, Date.now() + seconds * 1_000)
}
