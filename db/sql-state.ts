/**
 * What an error of the database means for a caller and for the lane:
 * - `lost`: the connection is lost or in an unknown state, and with it the outcome of a commit that was on its way.
 * - `contended`: another transaction was in the way. The same batch may succeed at once.
 * - `slow`: the statement took too long. A batch may have asked for too much at once, so each of its calls is worth a try alone.
 * - `server`: the server refuses everybody because of its state, which no call has caused.
 */
export type Meaning = 'lost' | 'contended' | 'slow' | 'server'

/** Why the database does not do what it is asked. `cause` is a clause for the caller. `reads` says whether reads fail for it too. */
export type Fault = { meaning: Meaning; cause: string; reads: boolean }

const lost: Fault = { meaning: 'lost', cause: 'The database is out of reach', reads: true }
const contended: Fault = { meaning: 'contended', cause: 'Another process keeps the database occupied', reads: false }
const server = (cause: string, reads = true): Fault => ({ meaning: 'server', cause, reads })

/** A key is a SQLSTATE or the beginning of several. The longest one that fits counts. A state without a row is a refused statement, which is a bug of ours. */
export const FAULTS: { readonly [start: string]: Fault } = {
  '08': lost,
  '25P03': lost,
  '25P04': lost,
  '57P': lost,
  '57P03': { ...lost, cause: 'The database is starting or stopping' },
  '40': contended,
  '40003': lost,
  '55P03': contended,
  '57014': { meaning: 'slow', cause: 'The database took too long', reads: false },
  '25006': server('The database accepts no changes at present, because it is read-only', false),
  '28': server("The database refuses Cairn's sign-in"),
  '3D000': server('The database that Cairn uses does not exist at present'),
  '53': server('The database has no resources left'),
  '53100': server("The database's disk is full", false),
  '53200': server('The database has no memory left'),
  '53300': server('The database has no connections left'),
  '58': server("The database cannot use its server's files"),
}

/** Constraints that are checked at the commit belong to class 23 even so, and 40002 says that one of them was violated. */
const REFUSED = ['40002']

export const OUT_OF_REACH = lost

export const faultOfState = (state: string): Fault | null =>
  REFUSED.includes(state) ? null : (FAULTS[state] ?? FAULTS[state.slice(0, 3)] ?? FAULTS[state.slice(0, 2)] ?? null)
