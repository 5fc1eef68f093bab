import pg from 'pg'
import { connect, sqlState } from './client'
import type { Clock } from './clock'
import type { Position, Remembered } from './store'

/** The data that a batch reads under the lock. `now` is never before the time of the last event, so that time in the log does not go back. */
export type Opened = Position & { now: string; remembered: Remembered[] }

export type RememberedKey = { principal_id: string; idempotency_key: string }

const LOCK_NOT_AVAILABLE = '55P03'
/** The first half of the advisory lock's key: "lane" in ASCII. The second half is a hash of the workspace's id. */
const LOCK_CLASS = 0x6c_61_6e_65

const selectRemembered = (keys: readonly RememberedKey[], workspace_id: string) => {
  if (keys.length === 0) return ''
  const wanted = keys.map(
    ({ principal_id, idempotency_key }) => `(${pg.escapeLiteral(principal_id)}, ${pg.escapeLiteral(idempotency_key)})`,
  )
  return `; select principal_id, idempotency_key, fingerprint, seq, changed, needs, ids from remembered_answers
    where workspace_id = ${workspace_id} and (principal_id, idempotency_key) in (${wanted.join(', ')}) and created_at > now() - interval '7 days'`
}

/**
 * The lane's own connection and its transactions. One round trip begins a transaction, takes the workspace's lock, and then reads what must never be
 * cached. At read committed, each statement of a message has its own snapshot, so the reads see what the previous holder of the lock committed.
 */
export class LaneSession {
  private client: pg.Client | null = null
  /** The process id and start time of the last connection's backend. As long as this backend runs, the outcome of its last transaction is unknown. */
  private backend: [unknown, unknown] | null = null

  constructor(
    private readonly url: string,
    private readonly workspace_id: string,
    private readonly clock: Clock,
  ) {}

  get connection(): pg.Client {
    if (!this.client) throw new Error('the lane has no open transaction')
    return this.client
  }

  /** Begins the transaction of a batch, which holds the lock until the commit, `release` or `rollback`. */
  async open(keys: readonly RememberedKey[]): Promise<Opened> {
    const client = await this.connected()
    const workspace = pg.escapeLiteral(this.workspace_id)
    const text = `begin isolation level read committed; select pg_advisory_xact_lock(${LOCK_CLASS}, hashtext(${workspace}));
      select seq, head, clock_timestamp() as clock, last_event_at from workspaces where workspace_id = ${workspace}${selectRemembered(keys, workspace)}`
    try {
      const results = statements(await client.query(text))
      const [position] = results[2]?.rows ?? []
      if (!position) throw new Error(`there is no workspace ${this.workspace_id}`)
      const { seq, head, clock, last_event_at } = position
      return { seq, head, now: this.clock.now(clock, last_event_at), remembered: results[3]?.rows ?? [] }
    } catch (error) {
      if (sqlState(error) === LOCK_NOT_AVAILABLE) await this.endHolder()
      throw error
    }
  }

  /** Ends a transaction that changed nothing. */
  async release(): Promise<void> {
    await this.connection.query('commit')
  }

  /** Rolls the transaction back. If the connection cannot even do that, it is dropped. */
  async rollback(): Promise<void> {
    try {
      await this.client?.query('rollback')
    } catch {
      this.drop()
    }
  }

  /** Drops a connection whose state is unknown, such as after a lost commit or a timeout. The next connection first ends its backend. */
  drop(): void {
    const { client } = this
    this.client = null
    client?.end().catch(() => undefined)
  }

  /** Tries in the open transaction whether the database takes changes, and leaves none. @throws an error of a full disk or of a read-only server */
  async tryToWrite(): Promise<void> {
    await this.connection.query('update workspaces set head = head where workspace_id = $1', [this.workspace_id])
    // The update may find room in the files that exist. Only something new of about a megabyte shows that the disk is full.
    await this.connection.query(`create temporary table room on commit drop as select repeat('x', 100) from generate_series(1, 8000)`)
    await this.connection.query('rollback')
  }

  /** Whether the batch with this `head` is in the log or among the remembered answers. */
  async wasStored(head: string, after: number): Promise<boolean> {
    const { rows } = await this.connection.query(
      `select exists (select from events where workspace_id = $1 and seq > $2 and batch = $3)
        or exists (select from remembered_answers where workspace_id = $1 and batch = $3) as stored`,
      [this.workspace_id, after, head],
    )
    return rows[0]?.stored === true
  }

  private async connected(): Promise<pg.Client> {
    if (this.client) return this.client
    const client = await connect(this.url, 'cairn lane')
    try {
      if (this.backend)
        await client.query('select pg_terminate_backend(pid) from pg_stat_activity where pid = $1 and backend_start = $2', this.backend)
      const { rows } = await client.query('select pid, backend_start::text from pg_stat_activity where pid = pg_backend_pid()')
      this.backend = [rows[0]?.pid, rows[0]?.backend_start]
    } catch (error) {
      client.end().catch(() => undefined)
      throw error
    }
    client.on('end', () => {
      if (this.client === client) this.client = null
    })
    this.client = client
    return client
  }

  /** Ends the backend that holds the lock, after a wait that was too long: one process that hangs must not stop all others. */
  private async endHolder(): Promise<void> {
    await this.rollback()
    const client = await this.connected()
    await client.query(
      `select pg_terminate_backend(pid) from pg_locks
       where locktype = 'advisory' and classid = $1 and objid = (hashtext($2)::bigint & 4294967295)::oid and granted and pid <> pg_backend_pid()
         and database = (select oid from pg_database where datname = current_database())`,
      [LOCK_CLASS, this.workspace_id],
    )
  }
}

/** For a message with several statements, pg returns an array of results, which its types do not say. */
const statements = (result: unknown): pg.QueryResult[] => (Array.isArray(result) ? result : [])
